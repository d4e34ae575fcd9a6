//! The real contracts on a chain of their own, asked in batches.

use std::collections::BTreeMap;

use alloy::json_abi::JsonAbi;
use alloy::primitives::{Address, B256, Bytes, hex, keccak256};
use alloy::sol_types::SolValue;
use serde_json::{Value, json};
use stoa_scripts::checkout;
use stoa_scripts::deploy::{Artifact, CREATE2_DEPLOYER, Deployment};
use stoa_scripts::testing::Anvil;
use stoa_tests::model::{Account, Earner, Token};

use crate::support::Stack;

/// Enough for any action here; given so that the node does not try each transaction out first.
const GAS: &str = "0x989680";
/// Salt of the second play token.
const SECOND: B256 = B256::repeat_byte(2);

/// A question: whom, and what.
pub(super) type Call = (Address, Bytes);

#[derive(Debug)]
pub(super) struct Chain {
    pub(super) stack: Stack,
    http: reqwest::Client,
    contracts: BTreeMap<String, Address>,
    errors: BTreeMap<[u8; 4], String>,
    colossal: Address,
    users: Vec<Address>,
}

impl Chain {
    pub(super) async fn start() -> Self {
        let stack = Stack::start().await;
        let code = Artifact::read("DemoUSD").expect("the artifact").bytecode;
        let chain = Self {
            http: reqwest::Client::new(),
            contracts: addresses(&stack.deployment),
            errors: error_names(),
            colossal: CREATE2_DEPLOYER.create2(SECOND, keccak256(&code)),
            users: (0..Anvil::keys().len()).map(|n| Anvil::signer(n).address()).collect(),
            stack,
        };
        let second = [SECOND.as_slice(), &code].concat().into();
        let now = chain.now().await;
        chain.send(chain.users[0], (CREATE2_DEPLOYER, second), now + 1).await.expect("a second token");
        let timelock = chain.contract("Timelock");
        chain.request("anvil_impersonateAccount", json!([timelock])).await;
        chain.request("anvil_setBalance", json!([timelock, "0xde0b6b3a7640000"])).await;
        chain
    }

    pub(super) fn contract(&self, name: &str) -> Address {
        self.contracts[name]
    }

    pub(super) fn token(&self, token: Token) -> Address {
        match token {
            Token::Dollar => self.contract("DemoUSD"),
            Token::Colossal => self.colossal,
            Token::Stoa => self.contract("StoaToken"),
            Token::Absent => Address::repeat_byte(0xab),
        }
    }

    pub(super) fn account(&self, account: Account) -> Address {
        match account {
            Account::Zero => Address::ZERO,
            Account::User(user) => self.users[usize::from(user)],
            Account::Timelock => self.contract("Timelock"),
            Account::Vault => self.contract("Vault"),
            Account::Staking => self.contract("Staking"),
            Account::Shares(listing) => self.shares(listing),
            Account::Key { listing, earner } => {
                let salt =
                    keccak256((alloy::primitives::U256::from(listing), self.earner(earner)).abi_encode());
                sub_account(self.contract("Revenue"), salt)
            }
            Account::Pocket { user, salt } => {
                sub_account(self.account(Account::User(user)), B256::with_last_byte(salt))
            }
        }
    }

    /// The share contract of a listing: an EIP-1167 clone of the first contract that Revenue created.
    pub(super) fn shares(&self, listing: u64) -> Address {
        let revenue = self.contract("Revenue");
        let head = hex!("3d602d80600a3d3981f3363d3d373d3d3d363d73");
        let code =
            [&head[..], revenue.create(1).as_slice(), &hex!("5af43d82803e903d91602b57fd5bf3")].concat();
        revenue.create2(B256::from(alloy::primitives::U256::from(listing)), keccak256(code))
    }

    pub(super) fn earner(&self, earner: Earner) -> Address {
        self.account(earner.into())
    }

    /// Time of the newest block.
    pub(super) async fn now(&self) -> u64 {
        self.of_newest_block("timestamp").await
    }

    /// Number of the newest block.
    pub(super) async fn head(&self) -> u64 {
        self.of_newest_block("number").await
    }

    async fn of_newest_block(&self, field: &str) -> u64 {
        let block = self.request("eth_getBlockByNumber", json!(["latest", false])).await;
        let number = block[field].as_str().expect("a number").trim_start_matches("0x");
        u64::from_str_radix(number, 16).expect("hex")
    }

    /// One transaction in a block of its own at `time`; the error's name if it reverted.
    pub(super) async fn send(&self, from: Address, (to, data): Call, time: u64) -> Result<(), String> {
        self.request("anvil_setNextBlockTimestamp", json!([time])).await;
        let transaction = json!({ "from": from, "to": to, "data": data, "gas": GAS });
        let receipt = self.request("eth_sendTransactionSync", json!([transaction])).await;
        if receipt["status"] == "0x1" {
            return Ok(());
        }
        let hash = receipt["transactionHash"].clone();
        let options = json!({ "tracer": "callTracer", "tracerConfig": { "onlyTopCall": true } });
        let trace = self.request("debug_traceTransaction", json!([hash, options])).await;
        Err(self.error_name(trace["output"].as_str().unwrap_or_default()))
    }

    fn error_name(&self, output: &str) -> String {
        let data = hex::decode(output).unwrap_or_default();
        let selector = data.first_chunk::<4>();
        let name = selector.and_then(|selector| self.errors.get(selector)).cloned();
        name.unwrap_or_else(|| format!("an unknown error {output:?}"))
    }

    /// The answers to many questions about the newest block.
    pub(super) async fn ask(&self, calls: &[Call]) -> Vec<Bytes> {
        let batch: Vec<Value> = calls
            .iter()
            .enumerate()
            .map(|(id, (to, data))| {
                let params = json!([{ "to": to, "data": data }, "latest"]);
                json!({ "jsonrpc": "2.0", "id": id, "method": "eth_call", "params": params })
            })
            .collect();
        let mut answers = self.post(&Value::Array(batch)).await;
        let answers = answers.as_array_mut().expect("as many answers as questions");
        answers.sort_by_key(|answer| answer["id"].as_u64());
        assert_eq!(answers.len(), calls.len(), "as many answers as questions");
        answers
            .iter()
            .map(|answer| {
                let text = answer["result"].as_str().unwrap_or_else(|| panic!("no figure but {answer}"));
                text.parse().expect("hex")
            })
            .collect()
    }

    async fn request(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut answer = self.post(&body).await;
        assert!(answer.get("error").is_none(), "{method} failed: {answer}");
        answer["result"].take()
    }

    async fn post(&self, body: &Value) -> Value {
        let sent = self.http.post(self.stack.chain.rpc_url()).json(body).send().await.expect("Anvil answers");
        sent.json().await.expect("JSON")
    }
}

fn addresses(deployment: &Deployment) -> BTreeMap<String, Address> {
    deployment.contracts.iter().map(|(name, placed)| (name.clone(), placed.address)).collect()
}

fn sub_account(controller: Address, salt: B256) -> Address {
    Address::from_slice(&keccak256((controller, salt).abi_encode())[12..])
}

/// Every error that any contract's ABI declares, by selector.
fn error_names() -> BTreeMap<[u8; 4], String> {
    let mut names = BTreeMap::from([([0x4e, 0x48, 0x7b, 0x71], "Panic".to_owned())]);
    let folder = checkout::root().join("contracts/artifacts");
    for file in std::fs::read_dir(folder).expect("the artifacts' folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("an artifact");
        let artifact: Value = serde_json::from_str(&text).expect("JSON");
        let abi: JsonAbi = serde_json::from_value(artifact["abi"].clone()).expect("an ABI");
        names.extend(abi.errors().map(|error| (error.selector().0, error.name.clone())));
    }
    names
}
