//! The chain as a deployment sees it: what is there. Nothing here sends.

use std::time::Duration;

use alloy::{
    primitives::{Address, Bytes},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    sol,
    transports::TransportError,
};
use stoa_contracts::Vault;
use url::Url;

use super::{Deployment, Error, Parameters, plan::text_as_bytes32};
use crate::cli::{self, endpoint::innermost, explain, origin};

sol! {
    /// The part of the Deployer that a deployment uses.
    #[sol(rpc)]
    #[derive(Debug, PartialEq, Eq)]
    interface IDeployer {
        struct Parameters {
            uint256 timelockDelay;
            address[] proposers;
            address[] executors;
            uint16 feeBps;
            address stoaHolder;
            address weth;
            address bridgedStoa;
        }

        struct Child {
            bytes32 name;
            bytes32 initCodeHash;
        }

        error Deployer_NotConfigured();
        error Deployer_UnknownChild(bytes32 name);
        error Deployer_AlreadyConfigured();

        function configure(Parameters calldata parameters_, Child[] calldata children) external;
        function deploy(bytes32 name, bytes calldata creationCode) external returns (address child);
        function addressOf(bytes32 name) external view returns (address);
        function parameters() external view returns (Parameters memory);
        function operator() external view returns (address);
    }
}

/// An endpoint that takes longer than this for an answer does not answer.
const ANSWER: Duration = Duration::from_secs(60);

/// A connection that looks.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(super) provider: DynProvider,
    pub id: u64,
}

impl Chain {
    /// Connects and asks for the chain's id.
    ///
    /// # Errors
    /// When no chain answers.
    pub async fn connect(url: &Url) -> Result<Self, Error> {
        let unreachable = |reason: String| Error::Unreachable { url: origin(url), reason };
        let client = reqwest::Client::builder().timeout(ANSWER).build();
        let client = client.map_err(|error| unreachable(error.to_string()))?;
        let provider = ProviderBuilder::new().connect_client(cli::client(url, client)).erased();
        let id = provider.get_chain_id().await.map_err(|error| unreachable(reason(&error)))?;
        Ok(Self { provider, id })
    }

    pub(super) async fn code(&self, address: Address) -> Result<Bytes, Error> {
        self.provider.get_code_at(address).await.map_err(rpc("eth_getCode"))
    }

    pub(super) async fn has_code(&self, address: Address) -> Result<bool, Error> {
        Ok(!self.code(address).await?.is_empty())
    }

    /// The tokens that parameters name are there: constructors keep them for good, and a typo with them.
    pub(super) async fn has_tokens(&self, parameters: &Parameters) -> Result<(), Error> {
        let named = [("--weth", parameters.weth), ("--bridged-stoa", parameters.bridged_stoa)];
        for (option, address) in named {
            if address != Address::ZERO && !self.has_code(address).await? {
                return Err(Error::NoToken { option, address, chain_id: self.id });
            }
        }
        Ok(())
    }

    pub(super) async fn head(&self) -> Result<u64, Error> {
        self.provider.get_block_number().await.map_err(rpc("eth_blockNumber"))
    }

    /// Whether nothing of a deployment is here: the chain was started anew since. One that holds contracts of older
    /// code is not new.
    pub(super) async fn is_new_to(&self, known: &Deployment) -> Result<bool, Error> {
        for placed in known.contracts.values() {
            if self.has_code(placed.address).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether `configure` has run: until then the Deployer knows no child.
    pub(super) async fn is_configured(&self, deployer: Address, child: &str) -> Result<bool, Error> {
        if !self.has_code(deployer).await? {
            return Ok(false);
        }
        let deployer = IDeployer::new(deployer, &self.provider);
        match deployer.addressOf(text_as_bytes32(child)).call().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_decoded_error::<IDeployer::Deployer_NotConfigured>().is_some()
                    || error.as_decoded_error::<IDeployer::Deployer_UnknownChild>().is_some() =>
            {
                Ok(false)
            }
            Err(error) => Err(call("addressOf")(error)),
        }
    }

    /// Whether the Vault has told this token's name.
    pub(super) async fn is_described(&self, vault: Address, token: Address) -> Result<bool, Error> {
        if !self.has_code(vault).await? {
            return Ok(false);
        }
        Vault::new(vault, &self.provider).isDescribed(token).call().await.map_err(call("isDescribed"))
    }

    pub(super) async fn address_of(&self, deployer: Address, child: &str) -> Result<Address, Error> {
        let deployer = IDeployer::new(deployer, &self.provider);
        deployer.addressOf(text_as_bytes32(child)).call().await.map_err(call("addressOf"))
    }

    pub(super) async fn parameters(&self, deployer: Address) -> Result<IDeployer::Parameters, Error> {
        IDeployer::new(deployer, &self.provider).parameters().call().await.map_err(call("parameters"))
    }

    pub(super) async fn operator_of(&self, deployer: Address) -> Result<Address, Error> {
        IDeployer::new(deployer, &self.provider).operator().call().await.map_err(call("operator"))
    }
}

/// Turns a transport error into ours, naming the request.
pub(super) fn rpc(what: &'static str) -> impl Fn(TransportError) -> Error {
    move |error| Error::Rpc { what: what.to_owned(), reason: reason(&error) }
}

/// The same for a call of a contract.
pub(super) fn call(what: &'static str) -> impl Fn(alloy::contract::Error) -> Error {
    move |error| Error::Rpc { what: what.to_owned(), reason: error.to_string() }
}

/// What went wrong, without the request that led to it: a contract's reason in words, else what the node says, else
/// "Connection refused" rather than "error sending request".
pub fn reason(error: &TransportError) -> String {
    match error.as_error_resp() {
        Some(response) => match response.as_revert_data() {
            Some(data) => explain(&data),
            None => response.message.to_string(),
        },
        None => match std::error::Error::source(error) {
            Some(source) => innermost(source),
            None => error.to_string(),
        },
    }
}
