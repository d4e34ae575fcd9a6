//! Checks a deployment against its file: code, addresses, parameters, powers.

use alloy::{
    primitives::{Address, keccak256},
    providers::Provider as _,
};
use serde::Serialize;
use stoa_contracts::{Revenue, Vault};

use super::{Artifact, Chain, Deployment, Error, Plan, chain::call, powers};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub what: String,
    /// What is wrong with it, in sentences.
    pub problems: Vec<String>,
}

/// Looks at everything and says what is not as the file has it. `guardian` is who may pause sales; nobody by default.
///
/// # Errors
/// When the chain does not answer, or holds so little of the deployment that it cannot be looked at.
pub async fn verify(
    chain: &Chain,
    deployment: &Deployment,
    guardian: Option<Address>,
) -> Result<Vec<Check>, Error> {
    let code = code(chain, deployment).await?;
    let code_differs = !code.is_empty();
    let mut checks = vec![Check { what: "code".to_owned(), problems: code }];
    let deployer = deployment.address("Deployer").unwrap_or_default();
    if code_differs && !chain.has_code(deployer).await? {
        return Ok(checks);
    }
    let operator = chain.operator_of(deployer).await?;
    let plan = Plan::new(operator, &deployment.parameters, deployment.address("DemoUSD").is_some())?;
    let addresses = addresses(&plan, deployment);
    let placed_elsewhere = !addresses.is_empty();
    checks.push(Check { what: "addresses".to_owned(), problems: addresses });
    // Other contracts would answer what follows, or none.
    if code_differs || placed_elsewhere {
        return Ok(checks);
    }
    let mut parameters = parameters(chain, &plan).await?;
    parameters.extend(powers::drifted(chain, &plan).await?);
    checks.push(Check { what: "parameters".to_owned(), problems: parameters });
    let powers = powers::problems(chain, &plan, deployment, guardian).await?;
    checks.push(Check { what: "powers".to_owned(), problems: powers });
    Ok(checks)
}

/// The code of every contract in the file, and of the one that share contracts run.
async fn code(chain: &Chain, deployment: &Deployment) -> Result<Vec<String>, Error> {
    let mut problems = Vec::new();
    for (name, placed) in &deployment.contracts {
        let (address, code) = (placed.address, chain.code(placed.address).await?);
        if code.is_empty() {
            problems.push(format!("{name} is not there: {address} has no code"));
        } else if !Artifact::read(name)?.matches(&code) {
            problems.push(format!("the code of {name} at {address} is not that of the artifact"));
        } else if keccak256(&code) != placed.code_hash {
            problems.push(format!("the code of {name} at {address} is not the one that the file recorded"));
        }
        let receipt = chain.provider.get_transaction_receipt(placed.transaction).await;
        // Endpoints forget old transactions; those that they know must be where the file says.
        if let Ok(Some(receipt)) = receipt
            && receipt.block_number != Some(placed.block)
        {
            let block = placed.block;
            problems.push(format!("the transaction that placed {name} is not in block {block}"));
        }
    }
    if problems.is_empty()
        && let Some(revenue) = deployment.address("Revenue")
    {
        let revenue = Revenue::new(revenue, &chain.provider);
        let shares = revenue.shareImplementation().call().await.map_err(call("shareImplementation"))?;
        if !Artifact::read("RevenueShare")?.matches(&chain.code(shares).await?) {
            problems.push(format!("the code of share contracts at {shares} is not that of the artifact"));
        }
    }
    Ok(problems)
}

/// Addresses follow from code and operator; the file must name these and no others.
fn addresses(plan: &Plan, deployment: &Deployment) -> Vec<String> {
    let differs = |item: &super::plan::Item| match deployment.address(&item.name) {
        Some(found) if found == item.address => None,
        Some(found) => {
            let (name, expected) = (&item.name, item.address);
            Some(format!("{name} is at {found}, but its code and the operator give {expected}"))
        }
        None => Some(format!("the file names no {}", item.name)),
    };
    plan.items().filter_map(differs).collect()
}

/// What the Deployer told the constructors, and what they made of it.
async fn parameters(chain: &Chain, plan: &Plan) -> Result<Vec<String>, Error> {
    let mut problems = Vec::new();
    let deployer = plan.deployer.address;
    if chain.parameters(deployer).await? != plan.parameters.to_solidity() {
        problems
            .push(format!("the Deployer {deployer} was configured with other parameters than the file's"));
    }
    let vault = plan.children.iter().find(|child| child.name == "Vault");
    let vault = Vault::new(vault.map(|child| child.address).unwrap_or_default(), &chain.provider);
    let weth = vault.weth().call().await.map_err(call("weth"))?;
    if weth != plan.parameters.weth {
        problems.push(format!("the Vault's WETH is {weth}, the file says {}", plan.parameters.weth));
    }
    Ok(problems)
}
