//! What a deployment would do, tried on the chain's present state. Nothing is sent.

use alloy::{
    eips::BlockNumberOrTag,
    network::TransactionBuilder as _,
    primitives::{Address, U256},
    providers::Provider as _,
    rpc::types::{
        BlockOverrides, Header, TransactionRequest,
        simulate::{SimBlock, SimCallResult, SimulatePayload},
        state::{AccountOverride, StateOverride},
    },
};
use serde::Serialize;

use super::{
    CREATE2_DEPLOYER, Caps, Error, Job,
    chain::{reason, rpc},
    create2,
    fee::Asked,
    plan::Step,
    send::Call,
};
use crate::cli::explain;

/// More than any deployment costs: whether the operator has enough is said apart from what would happen.
const PLENTY: U256 = U256::from_limbs([0, 0, 1_000, 0]);

/// One step that is still to be done.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForecastStep {
    pub what: String,
    /// What it places, where, with the checksum in the letters' case.
    pub address: Option<String>,
    /// Bytes of its data: rollups charge for these besides gas.
    pub bytes: usize,
    /// Absent where somebody else than the operator pays for it.
    pub gas: Option<u64>,
}

/// What a deployment would do now.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Forecast {
    pub chain_id: u64,
    pub operator: String,
    /// Names of contracts that are there already.
    pub present: Vec<String>,
    pub steps: Vec<ForecastStep>,
    pub gas: u64,
    /// Per unit of gas, in wei: now, and the most that would be offered.
    #[serde(with = "as_text")]
    pub gas_price: u128,
    #[serde(with = "as_text")]
    pub max_gas_price: u128,
    /// In wei.
    pub cost: U256Text,
    pub max_cost: U256Text,
    pub balance: U256Text,
}

/// A number of wei, as a decimal string in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct U256Text(pub U256);

impl Serialize for U256Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

mod as_text {
    pub(super) fn serialize<S: serde::Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }
}

/// A step and the transaction that would do it.
struct Todo {
    what: String,
    address: Option<Address>,
    /// Absent for what is not the operator's to send.
    request: Option<TransactionRequest>,
    bytes: usize,
    /// Paid beside the gas.
    value: U256,
}

impl Job {
    /// Tries all steps that are still to be done, one after the other, on the newest block.
    ///
    /// # Errors
    /// When the endpoint cannot simulate, or a step would fail.
    pub async fn forecast(&self, operator: Address, caps: &Caps) -> Result<Forecast, Error> {
        let (present, todo) = self.todo(operator).await?;
        let results = self.simulate(operator, &todo).await?;
        let Asked { base, fee } = caps.ask(&self.chain.provider).await?;
        let price = base + fee.tip;
        let balance = self.chain.provider.get_balance(operator).await.map_err(rpc("eth_getBalance"))?;
        let value: U256 = todo.iter().map(|todo| todo.value).sum();
        let steps: Vec<ForecastStep> = todo
            .into_iter()
            .zip(results)
            .map(|(todo, gas)| ForecastStep {
                what: todo.what,
                address: todo.address.map(|at| at.to_string()),
                bytes: todo.bytes,
                gas,
            })
            .collect();
        let gas = steps.iter().filter_map(|step| step.gas).sum();
        let cost = |price: u128| U256Text(U256::from(gas) * U256::from(price) + value);
        Ok(Forecast {
            chain_id: self.chain.id,
            operator: operator.to_string(),
            present,
            steps,
            gas,
            gas_price: price,
            max_gas_price: fee.most,
            cost: cost(price),
            max_cost: cost(fee.most),
            balance: U256Text(balance),
        })
    }

    /// Names of what is there, and what is to be done.
    async fn todo(&self, operator: Address) -> Result<(Vec<String>, Vec<Todo>), Error> {
        let (mut present, mut todo) = (Vec::new(), Vec::new());
        if !self.chain.has_code(CREATE2_DEPLOYER).await? {
            todo.extend(self.create2_deployer(operator).await?);
        }
        for step in self.plan.steps() {
            match step {
                Step::Place(item, call) if !self.chain.has_code(item.address).await? => {
                    todo.push(Todo::new(operator, call, Some(item.address)));
                }
                Step::Place(item, _) => present.push(item.name.clone()),
                Step::Configure(call) => {
                    if !self.chain.is_configured(call.to, &self.plan.children[0].name).await? {
                        todo.push(Todo::new(operator, call, None));
                    }
                }
                Step::Describe(call) => {
                    if !self.chain.is_described(call.to, self.plan.stoa()).await? {
                        todo.push(Todo::new(operator, call, None));
                    }
                }
            }
        }
        Ok((present, todo))
    }

    async fn create2_deployer(&self, operator: Address) -> Result<Vec<Todo>, Error> {
        let mut todo = Vec::new();
        let missing = create2::missing_funds(&self.chain).await?;
        if !missing.is_zero() {
            todo.push(Todo::new(operator, create2::funding(missing), None));
        }
        todo.push(Todo {
            what: "placing the canonical CREATE2 deployer, which its one-time sender pays".to_owned(),
            address: Some(CREATE2_DEPLOYER),
            request: None,
            bytes: create2::PRESIGNED.len(),
            value: U256::ZERO,
        });
        Ok(todo)
    }

    /// The gas of each.
    async fn simulate(&self, operator: Address, todo: &[Todo]) -> Result<Vec<Option<u64>>, Error> {
        let calls: Vec<&Todo> = todo.iter().filter(|todo| todo.request.is_some()).collect();
        if calls.is_empty() {
            return Ok(vec![None; todo.len()]);
        }
        let mut blocks = self.blocks_for(&calls).await?;
        let rich = AccountOverride { balance: Some(PLENTY), ..AccountOverride::default() };
        let there = AccountOverride { code: Some(create2::CODE), ..AccountOverride::default() };
        blocks[0].state_overrides =
            Some(StateOverride::from_iter([(operator, rich), (CREATE2_DEPLOYER, there)]));
        let payload = SimulatePayload {
            block_state_calls: blocks,
            trace_transfers: false,
            validation: false,
            return_full_transactions: false,
        };
        let blocks = self.chain.provider.simulate(&payload).await;
        let blocks = blocks.map_err(|error| Error::NoSimulation { reason: reason(&error) })?;
        let results: Vec<SimCallResult> = blocks.into_iter().flat_map(|block| block.calls).collect();
        if results.len() != calls.len() {
            let reason = format!("it answers {} results to {} calls", results.len(), calls.len());
            return Err(Error::NoSimulation { reason });
        }
        for (todo, result) in calls.into_iter().zip(&results) {
            succeeded(&todo.what, result)?;
        }
        let mut gas = results.into_iter().map(|result| result.gas_used);
        Ok(todo.iter().map(|todo| todo.request.as_ref().and_then(|_| gas.next())).collect())
    }

    /// A block for each: together they may be more than one block holds. Numbers and times are told, because not every
    /// node makes them up well.
    async fn blocks_for(&self, calls: &[&Todo]) -> Result<Vec<SimBlock>, Error> {
        let head = self.head().await?;
        let block = |(n, todo): (u64, &&Todo)| SimBlock {
            block_overrides: Some(BlockOverrides {
                number: Some(U256::from(head.number + n)),
                time: Some(head.timestamp + n),
                ..BlockOverrides::default()
            }),
            state_overrides: None,
            calls: todo.request.iter().cloned().collect(),
        };
        Ok((1..).zip(calls).map(block).collect())
    }

    async fn head(&self) -> Result<Header, Error> {
        let head = self.chain.provider.get_block_by_number(BlockNumberOrTag::Latest).await;
        let head = head.map_err(rpc("eth_getBlockByNumber"))?;
        let missing =
            || Error::Rpc { what: "eth_getBlockByNumber".to_owned(), reason: "no block".to_owned() };
        Ok(head.ok_or_else(missing)?.header)
    }
}

impl Todo {
    fn new(operator: Address, call: Call, address: Option<Address>) -> Self {
        let bytes = call.data.len();
        let request = TransactionRequest::default()
            .with_from(operator)
            .with_to(call.to)
            .with_input(call.data)
            .with_value(call.value);
        Self { what: call.what, address, request: Some(request), bytes, value: call.value }
    }
}

fn succeeded(what: &str, result: &SimCallResult) -> Result<(), Error> {
    if result.status {
        return Ok(());
    }
    let reason = match &result.error {
        Some(error) if result.return_data.is_empty() => error.message.clone(),
        _ => explain(&result.return_data),
    };
    Err(Error::WouldFail { what: what.to_owned(), reason })
}
