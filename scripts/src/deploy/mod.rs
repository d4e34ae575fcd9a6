//! Places the contracts at addresses that depend only on their code and on the operator.
//!
//! Every step first looks whether it is done already, so a deployment that was interrupted anywhere goes on
//! where it stopped, and one that is complete is only verified.

mod artifact;
mod birth;
mod chain;
mod error;
mod file;
mod plan;

use std::path::PathBuf;

use alloy::{primitives::Address, signers::local::PrivateKeySigner};
use url::Url;

pub use artifact::Artifact;
pub use chain::Chain;
pub use error::Error;
pub use file::{Deployment, Parameters, Placed};
pub use plan::{CREATE2_DEPLOYER, Plan};

/// The chain id of local chains: there, and only there, the well-known keys and the demo token are used.
pub use crate::anvil::CHAIN_ID as LOCAL_CHAIN_ID;

/// What to deploy, where, as whom.
#[derive(Clone, Debug)]
pub struct Options {
    pub rpc_url: Url,
    /// Pays for the deployment; its address is the operator that all addresses depend on.
    pub signer: PrivateKeySigner,
    /// The deployment file's path; `None` puts it to `scripts/deployments/<chainId>.json`.
    pub file: Option<PathBuf>,
    /// The chain id that the endpoint must have, if one is expected.
    pub chain_id: Option<u64>,
    /// What the constructors read; `None` takes the file's, on a local chain the defaults.
    pub parameters: Option<Parameters>,
}

/// What a run did.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub deployment: Deployment,
    pub file: PathBuf,
    /// Names of the contracts that this run placed; empty when all were there.
    pub placed: Vec<String>,
}

/// Deploys, or verifies what is deployed, and writes the deployment file. `report` hears of each step.
///
/// # Errors
/// See [`Error`]; nothing that was placed needs to be undone, running again continues.
pub async fn deploy(options: &Options, report: &(dyn Fn(&str) + Sync)) -> Result<Outcome, Error> {
    let chain = Chain::connect(&options.rpc_url, options.signer.clone()).await?;
    check_chain(&chain, options)?;
    let path = options.file.clone().unwrap_or_else(|| file::default_path(chain.id));
    let known = Deployment::read(&path)?;
    if let Some(known) = &known
        && known.chain_id != chain.id
    {
        return Err(Error::OtherChain { file: path, expected: known.chain_id, found: chain.id });
    }
    let local = chain.id == LOCAL_CHAIN_ID;
    let parameters = options
        .parameters
        .clone()
        .or_else(|| known.as_ref().map(|known| known.parameters.clone()))
        .or_else(|| local.then(|| Parameters::local(chain.operator)))
        .ok_or(Error::NoParameters { chain_id: chain.id })?;
    let plan = Plan::new(chain.operator, &parameters, local)?;
    let known = match known {
        Some(known) if local && chain.is_new_to(&known).await? => {
            report(&format!("the chain is new: {} is written again", path.display()));
            None
        }
        known => known,
    };
    let run = Run { chain: &chain, plan: &plan, known: known.as_ref(), path: &path, report };
    let (contracts, placed) = run.place_all().await?;
    let block = contracts.values().map(|placed| placed.block).min().unwrap_or_default();
    let deployment = Deployment { chain_id: chain.id, block, contracts, parameters };
    if known.as_ref() != Some(&deployment) {
        deployment.write(&path)?;
    }
    Ok(Outcome { deployment, file: path, placed })
}

fn check_chain(chain: &Chain, options: &Options) -> Result<(), Error> {
    if let Some(expected) = options.chain_id
        && expected != chain.id
    {
        let url = options.rpc_url.to_string();
        return Err(Error::WrongChain { url, expected, found: chain.id });
    }
    if chain.id != LOCAL_CHAIN_ID && crate::anvil::is_well_known(chain.operator) {
        return Err(Error::WellKnownKey { chain_id: chain.id });
    }
    Ok(())
}

type Contracts = std::collections::BTreeMap<String, Placed>;

struct Run<'a> {
    chain: &'a Chain,
    plan: &'a Plan,
    known: Option<&'a Deployment>,
    path: &'a std::path::Path,
    report: &'a (dyn Fn(&str) + Sync),
}

impl Run<'_> {
    async fn place_all(&self) -> Result<(Contracts, Vec<String>), Error> {
        let (mut contracts, mut new) = (Contracts::new(), Vec::new());
        if !self.chain.has_code(CREATE2_DEPLOYER).await? {
            return Err(Error::NoCreate2Deployer { chain_id: self.chain.id, address: CREATE2_DEPLOYER });
        }
        let deployer = &self.plan.deployer;
        self.place(deployer, CREATE2_DEPLOYER, deployer.create2_call(), &mut contracts, &mut new).await?;
        self.configure().await?;
        for child in &self.plan.children {
            let call = child.deploy_call();
            self.place(child, deployer.address, call, &mut contracts, &mut new).await?;
        }
        for extra in &self.plan.extras {
            self.place(extra, CREATE2_DEPLOYER, extra.create2_call(), &mut contracts, &mut new).await?;
        }
        Ok((contracts, new))
    }

    /// Sees to it that one contract is there with the right code, and notes where it came from.
    async fn place(
        &self,
        item: &plan::Item,
        to: Address,
        call: alloy::primitives::Bytes,
        contracts: &mut Contracts,
        new: &mut Vec<String>,
    ) -> Result<(), Error> {
        let name = &item.name;
        let known = self.known.and_then(|known| known.contracts.get(name));
        if let Some(known) = known
            && known.address != item.address
        {
            return Err(Error::AddressDiffers {
                name: name.clone(),
                file: self.path.to_owned(),
                recorded: known.address,
                expected: item.address,
            });
        }
        let birth = match (self.chain.has_code(item.address).await?, known) {
            (true, Some(known)) => (known.transaction, known.block),
            (true, None) => birth::find(self.chain, item.address, name).await?,
            (false, Some(_)) => return Err(Error::CodeGone { name: name.clone(), address: item.address }),
            (false, None) => {
                (self.report)(&format!("placing {name} at {}", item.address));
                let receipt = self.chain.send(&format!("placing {name}"), to, call).await?;
                new.push(name.clone());
                receipt
            }
        };
        let code = self.chain.code(item.address).await?;
        if !item.artifact.matches(&code) {
            return Err(Error::CodeDiffers { name: name.clone(), address: item.address });
        }
        let code_hash = alloy::primitives::keccak256(&code);
        if let Some(known) = known
            && known.code_hash != code_hash
        {
            return Err(Error::CodeDiffers { name: name.clone(), address: item.address });
        }
        let (transaction, block) = birth;
        contracts.insert(name.clone(), Placed { address: item.address, transaction, block, code_hash });
        Ok(())
    }

    /// Names parameters and children to the Deployer, or checks that those it has are these.
    async fn configure(&self) -> Result<(), Error> {
        let deployer = self.plan.deployer.address;
        if !self.chain.is_configured(deployer, &self.plan.children[0].name).await? {
            (self.report)("configuring the Deployer");
            let call = self.plan.configure_call();
            self.chain.send("configuring the Deployer", deployer, call).await?;
        }
        for child in &self.plan.children {
            let announced = self.chain.address_of(deployer, &child.name).await?;
            if announced != child.address {
                return Err(Error::OtherCode {
                    name: child.name.clone(),
                    announced,
                    expected: child.address,
                });
            }
        }
        let found = self.chain.parameters(deployer).await?;
        if found != self.plan.parameters.to_solidity() {
            return Err(Error::OtherParameters { deployer });
        }
        Ok(())
    }
}
