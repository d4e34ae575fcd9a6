//! Who holds powers over a deployment: the Timelock, whoever may propose and execute in it, perhaps a guardian, and
//! nobody else.

use std::collections::{BTreeMap, BTreeSet};

use alloy::{
    primitives::{Address, B256, keccak256},
    providers::Provider as _,
    rpc::types::{Filter, TransactionRequest},
    sol_types::{SolError as _, SolEvent as _},
};
use stoa_contracts::{Revenue, Staking, Timelock};

use super::{
    Chain, Deployment, Error, Parameters, Plan,
    chain::{IDeployer, call, reason, rpc},
};

/// Blocks that every endpoint gives logs of in one request.
const SMALLEST_RANGE: u64 = 500;

/// Sentences about powers that are not as the parameters say; none, when all are. `guardian` is who may pause sales.
pub(super) async fn problems(
    chain: &Chain,
    plan: &Plan,
    deployment: &Deployment,
    guardian: Option<Address>,
) -> Result<Vec<String>, Error> {
    let mut problems = owners(chain, plan).await?;
    problems.extend(guardians(chain, plan, guardian).await?);
    problems.extend(roles(chain, plan, deployment).await?);
    problems.extend(operator(chain, plan).await?);
    Ok(problems)
}

/// Everything that has an owner belongs to the Timelock, and nobody is about to take it over.
async fn owners(chain: &Chain, plan: &Plan) -> Result<Vec<String>, Error> {
    let timelock = plan.address("Timelock");
    let mut problems = Vec::new();
    for item in plan.items().filter(|item| item.artifact.abi.functions.contains_key("owner")) {
        // All that are owned answer alike.
        let owned = Revenue::new(item.address, &chain.provider);
        let owner = owned.owner().call().await.map_err(call("owner"))?;
        let name = &item.name;
        if owner != timelock {
            problems.push(format!("{name} is owned by {owner}, not by the Timelock {timelock}"));
        }
        if item.artifact.abi.functions.contains_key("pendingOwner") {
            let next = owned.pendingOwner().call().await.map_err(call("pendingOwner"))?;
            if next != Address::ZERO {
                problems.push(format!("{name} is offered to {next}, who may become its owner"));
            }
        }
    }
    Ok(problems)
}

async fn guardians(chain: &Chain, plan: &Plan, expected: Option<Address>) -> Result<Vec<String>, Error> {
    let revenue = Revenue::new(plan.address("Revenue"), &chain.provider);
    let found = revenue.guardian().call().await.map_err(call("guardian"))?;
    let shown = |account: Address| match account {
        Address::ZERO => "nobody".to_owned(),
        account => account.to_string(),
    };
    if found == expected.unwrap_or_default() {
        return Ok(Vec::new());
    }
    let expected = shown(expected.unwrap_or_default());
    Ok(vec![format!("the guardian, who may pause sales, is {}, not {expected}", shown(found))])
}

/// The Timelock's roles, from its whole history: nobody has one but whom the parameters name, and it governs itself.
async fn roles(chain: &Chain, plan: &Plan, deployment: &Deployment) -> Result<Vec<String>, Error> {
    let timelock = plan.address("Timelock");
    let birth = deployment.contracts.get("Timelock").map_or(0, |placed| placed.block);
    let (found, mut problems) = role_history(chain, timelock, birth).await?;
    let expected = expected_roles(timelock, &deployment.parameters);
    let roles: BTreeSet<&B256> = found.keys().chain(expected.keys()).collect();
    let contract = Timelock::new(timelock, &chain.provider);
    let nobody = BTreeSet::new();
    for role in roles {
        let (wanted, told) = (expected.get(role).unwrap_or(&nobody), found.get(role).unwrap_or(&nobody));
        for account in wanted.union(told) {
            // The contract has the last word: an endpoint may have lost logs.
            let has = contract.hasRole(*role, *account).call().await.map_err(call("hasRole"))?;
            match (wanted.contains(account), has) {
                (false, true) => problems.push(format!(
                    "{account} is {} of the Timelock, which the parameters do not say",
                    role_name(role)
                )),
                (true, false) => problems
                    .push(format!("{account} is not {} of the Timelock, as it should be", role_name(role))),
                _ => {}
            }
        }
    }
    Ok(problems)
}

type Members = BTreeMap<B256, BTreeSet<Address>>;

fn expected_roles(timelock: Address, parameters: &Parameters) -> Members {
    let set = |accounts: &[Address]| accounts.iter().copied().collect::<BTreeSet<_>>();
    [
        (B256::ZERO, set(&[timelock])),
        (keccak256("PROPOSER_ROLE"), set(&parameters.proposers)),
        (keccak256("CANCELLER_ROLE"), set(&parameters.proposers)),
        (keccak256("EXECUTOR_ROLE"), set(&parameters.executors)),
    ]
    .into()
}

fn role_name(role: &B256) -> String {
    let known =
        [("PROPOSER_ROLE", "proposer"), ("CANCELLER_ROLE", "canceller"), ("EXECUTOR_ROLE", "executor")];
    match known.iter().find(|(name, _)| keccak256(name) == *role) {
        Some((_, word)) => (*word).to_owned(),
        None if role.is_zero() => "admin".to_owned(),
        None => format!("holder of role {role}"),
    }
}

/// Everybody who was ever given a role, and what is wrong with who may give roles.
async fn role_history(chain: &Chain, timelock: Address, birth: u64) -> Result<(Members, Vec<String>), Error> {
    let (mut members, mut problems) = (Members::new(), Vec::new());
    let topics = vec![Timelock::RoleGranted::SIGNATURE_HASH, Timelock::RoleAdminChanged::SIGNATURE_HASH];
    let (mut from, head) = (birth, chain.head().await?);
    let mut range = head.saturating_sub(birth).saturating_add(1);
    while from <= head {
        let to = head.min(from.saturating_add(range - 1));
        let filter =
            Filter::new().address(timelock).event_signature(topics.clone()).from_block(from).to_block(to);
        let logs = match chain.provider.get_logs(&filter).await {
            Ok(logs) => logs,
            Err(_) if range > SMALLEST_RANGE => {
                range = (range / 4).max(SMALLEST_RANGE);
                continue;
            }
            Err(error) => return Err(rpc("eth_getLogs")(error)),
        };
        for log in logs {
            if let Ok(granted) = Timelock::RoleGranted::decode_log(&log.inner) {
                members.entry(granted.role).or_default().insert(granted.account);
            } else if let Ok(changed) = Timelock::RoleAdminChanged::decode_log(&log.inner) {
                let (role, admin) = (role_name(&changed.role), role_name(&changed.newAdminRole));
                problems.push(format!("who is {role} of the Timelock is decided by: {admin}"));
            }
        }
        from = to + 1;
    }
    Ok((members, problems))
}

/// The operator has done what it may do once, and can do nothing again.
async fn operator(chain: &Chain, plan: &Plan) -> Result<Vec<String>, Error> {
    let deployer = plan.deployer.address;
    let operator = chain.operator_of(deployer).await?;
    let mut problems = Vec::new();
    let ask = |data| TransactionRequest::default().from(operator).to(deployer).input(data);
    let configure = ask(plan.configure_call().data.into());
    match chain.provider.call(configure).await {
        Ok(_) => problems.push(format!("{operator} can still configure the Deployer {deployer}")),
        Err(error) => {
            let data = error.as_error_resp().and_then(|answer| answer.as_revert_data());
            let expected = IDeployer::Deployer_AlreadyConfigured::SELECTOR;
            if data.is_none_or(|data| !data.starts_with(&expected)) {
                return Err(Error::Rpc { what: "configure".to_owned(), reason: reason(&error) });
            }
        }
    }
    for child in &plan.children {
        let again = ask(child.by_deployer(deployer).data.into());
        if chain.provider.call(again).await.is_ok() {
            problems.push(format!("{operator} can still place {} by the Deployer {deployer}", child.name));
        }
    }
    Ok(problems)
}

/// What governance may have changed since birth: the fee and the delay.
pub(super) async fn drifted(chain: &Chain, plan: &Plan) -> Result<Vec<String>, Error> {
    let parameters = &plan.parameters;
    let revenue = Revenue::new(plan.address("Revenue"), &chain.provider);
    let fee = revenue.feeBps().call().await.map_err(call("feeBps"))?;
    let timelock = Timelock::new(plan.address("Timelock"), &chain.provider);
    let delay = timelock.getMinDelay().call().await.map_err(call("getMinDelay"))?;
    let mut problems = Vec::new();
    if fee != parameters.fee_bps {
        problems.push(format!("the protocol fee is {fee} bps, the file says {}", parameters.fee_bps));
    }
    if delay != alloy::primitives::U256::from(parameters.timelock_delay) {
        problems
            .push(format!("the Timelock's delay is {delay} s, the file says {}", parameters.timelock_delay));
    }
    let staking = Staking::new(plan.address("Staking"), &chain.provider);
    let listed = staking.tokens().call().await.map_err(call("tokens"))?;
    let stoa = plan.stoa();
    if listed.first() != Some(&stoa) {
        problems.push(format!("Staking's first fee token is not STOA, which is {stoa} here"));
    }
    Ok(problems)
}
