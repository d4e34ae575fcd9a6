//! Places the contracts at addresses that depend only on their code and on the operator.
//!
//! Every step first looks whether it is done already, so a deployment that was interrupted anywhere goes on
//! where it stopped, and one that is complete is only verified. What was signed and is not in a block yet is
//! remembered in a journal beside the deployment file.

mod artifact;
mod birth;
mod chain;
mod create2;
mod error;
mod fee;
mod file;
mod journal;
mod pending;
mod plan;
mod powers;
mod run;
mod send;
mod simulate;
mod sources;
mod verify;

use std::path::PathBuf;

use alloy::signers::local::PrivateKeySigner;
use url::Url;

pub use artifact::Artifact;
pub use chain::{Chain, reason};
pub use error::Error;
pub use fee::{Asked, Caps, Fee};
pub use file::{Deployment, Parameters, Placed, default_path};
pub use plan::{CREATE2_DEPLOYER, Plan};
pub use send::Terms;
pub use simulate::{Forecast, ForecastStep};
pub use sources::{path_of as sources_path, write as write_sources};
pub use verify::{Check, verify};

use crate::{cli::origin, key::Key};

/// The chain id of local chains: there, and only there, the well-known keys and the demo token are used.
pub use crate::anvil::CHAIN_ID as LOCAL_CHAIN_ID;

/// What to deploy, where, as whom, in the usual way.
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
    let chain = Chain::connect(&options.rpc_url).await?;
    chain.expect(&options.rpc_url, options.chain_id)?;
    let key = Key::from(options.signer.clone());
    let job = Job::new(chain, key.address(), options.file.clone(), options.parameters.clone()).await?;
    job.run(&key, &Terms::default(), report).await
}

impl Chain {
    /// # Errors
    /// When another chain is wanted than this one.
    pub fn expect(&self, url: &Url, wanted: Option<u64>) -> Result<(), Error> {
        match wanted {
            Some(expected) if expected != self.id => {
                Err(Error::WrongChain { url: origin(url), expected, found: self.id })
            }
            _ => Ok(()),
        }
    }
}

/// A deployment that is planned and not begun, or not finished.
#[derive(Clone, Debug)]
pub struct Job {
    chain: Chain,
    plan: Plan,
    path: PathBuf,
    known: Option<Deployment>,
    /// The file is of a local chain that was started anew since.
    outdated: bool,
}

impl Job {
    /// Reads the deployment file, if there is one, and computes what will be where. Nothing is sent.
    ///
    /// # Errors
    /// When the file is of another chain, parameters are missing or name tokens that are not there, or the operator's
    /// key is a well-known one.
    pub async fn new(
        chain: Chain,
        operator: alloy::primitives::Address,
        file: Option<PathBuf>,
        parameters: Option<Parameters>,
    ) -> Result<Self, Error> {
        let local = chain.id == LOCAL_CHAIN_ID;
        if !local && crate::anvil::is_well_known(operator) {
            return Err(Error::WellKnownKey { chain_id: chain.id });
        }
        let path = file.unwrap_or_else(|| file::default_path(chain.id));
        let known = Deployment::read(&path)?;
        if let Some(known) = &known
            && known.chain_id != chain.id
        {
            return Err(Error::OtherChain { file: path, expected: known.chain_id, found: chain.id });
        }
        let parameters = parameters
            .or_else(|| known.as_ref().map(|known| known.parameters.clone()))
            .or_else(|| local.then(|| Parameters::local(operator)))
            .ok_or(Error::NoParameters { chain_id: chain.id })?;
        let plan = Plan::new(operator, &parameters, local)?;
        let outdated = match &known {
            Some(known) => local && chain.is_new_to(known).await?,
            None => false,
        };
        let known = known.filter(|_| !outdated);
        // On a local chain nothing is for good, and what is named may be placed later.
        if !local && known.is_none() {
            chain.has_tokens(&plan.parameters).await?;
        }
        Ok(Self { chain, plan, path, known, outdated })
    }

    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.chain.id
    }

    /// What the constructors read.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.plan.parameters
    }
}
