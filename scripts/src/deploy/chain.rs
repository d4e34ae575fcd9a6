//! The chain as a deployment sees it.

use std::time::Duration;

use alloy::{
    network::{EthereumWallet, TransactionBuilder as _},
    primitives::{Address, B256, Bytes},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
    signers::local::PrivateKeySigner,
    sol,
};
use url::Url;

use super::{Deployment, Error, plan::text_as_bytes32};

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

        function configure(Parameters calldata parameters_, Child[] calldata children) external;
        function deploy(bytes32 name, bytes calldata creationCode) external returns (address child);
        function addressOf(bytes32 name) external view returns (address);
        function parameters() external view returns (Parameters memory);
    }
}

/// How long a transaction may wait for its block.
const INCLUSION: Duration = Duration::from_secs(600);

/// A connection that signs as the operator.
#[derive(Clone, Debug)]
pub struct Chain {
    pub(super) provider: DynProvider,
    pub id: u64,
    pub operator: Address,
}

impl Chain {
    /// Connects and asks for the chain's id.
    ///
    /// # Errors
    /// When no chain answers.
    pub async fn connect(url: &Url, signer: PrivateKeySigner) -> Result<Self, Error> {
        let operator = signer.address();
        let provider =
            ProviderBuilder::new().wallet(EthereumWallet::from(signer)).connect_http(url.clone()).erased();
        let id = provider
            .get_chain_id()
            .await
            .map_err(|error| Error::Unreachable { url: url.to_string(), reason: reason(&error) })?;
        Ok(Self { provider, id, operator })
    }

    pub(super) async fn code(&self, address: Address) -> Result<Bytes, Error> {
        self.provider.get_code_at(address).await.map_err(rpc("eth_getCode"))
    }

    pub(super) async fn has_code(&self, address: Address) -> Result<bool, Error> {
        Ok(!self.code(address).await?.is_empty())
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

    /// Sends a transaction and waits for its block; returns its hash and that block's number.
    pub(super) async fn send(&self, what: &str, to: Address, data: Bytes) -> Result<(B256, u64), Error> {
        let failed = |reason: String| Error::Transaction { what: what.to_owned(), reason };
        let request = TransactionRequest::default().with_to(to).with_input(data);
        let pending =
            self.provider.send_transaction(request).await.map_err(|error| failed(reason(&error)))?;
        let receipt = pending
            .with_timeout(Some(INCLUSION))
            .get_receipt()
            .await
            .map_err(|error| failed(error.to_string()))?;
        let transaction = receipt.transaction_hash;
        if !receipt.status() {
            return Err(Error::Reverted { what: what.to_owned(), transaction });
        }
        let block = receipt.block_number.ok_or_else(|| failed("its receipt names no block".to_owned()))?;
        Ok((transaction, block))
    }

    /// Whether `configure` has run: until then the Deployer knows no child.
    pub(super) async fn is_configured(&self, deployer: Address, child: &str) -> Result<bool, Error> {
        let deployer = IDeployer::new(deployer, &self.provider);
        match deployer.addressOf(text_as_bytes32(child)).call().await {
            Ok(_) => Ok(true),
            Err(error)
                if error.as_decoded_error::<IDeployer::Deployer_NotConfigured>().is_some()
                    || error.as_decoded_error::<IDeployer::Deployer_UnknownChild>().is_some() =>
            {
                Ok(false)
            }
            Err(error) => Err(Error::Rpc { what: "addressOf".to_owned(), reason: error.to_string() }),
        }
    }

    pub(super) async fn address_of(&self, deployer: Address, child: &str) -> Result<Address, Error> {
        let deployer = IDeployer::new(deployer, &self.provider);
        let answer = deployer.addressOf(text_as_bytes32(child)).call().await;
        answer.map_err(|error| Error::Rpc { what: "addressOf".to_owned(), reason: error.to_string() })
    }

    pub(super) async fn parameters(&self, deployer: Address) -> Result<IDeployer::Parameters, Error> {
        let answer = IDeployer::new(deployer, &self.provider).parameters().call().await;
        answer.map_err(|error| Error::Rpc { what: "parameters".to_owned(), reason: error.to_string() })
    }
}

/// Turns a transport error into ours, naming the call.
pub(super) fn rpc(what: &'static str) -> impl Fn(alloy::transports::TransportError) -> Error {
    move |error| Error::Rpc { what: what.to_owned(), reason: reason(&error) }
}

/// The error's first sentence, without the request that led to it.
fn reason(error: &alloy::transports::TransportError) -> String {
    match error.as_error_resp() {
        Some(response) => response.message.to_string(),
        None => match std::error::Error::source(error) {
            Some(source) => innermost(source),
            None => error.to_string(),
        },
    }
}

/// The cause that all others only wrap: "Connection refused" rather than "error sending request".
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
