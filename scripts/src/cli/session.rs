//! A chain, the suite on it, and perhaps somebody who signs.

use std::path::PathBuf;

use alloy::{
    primitives::{Address, Bytes, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    sol_types::{Eip712Domain, SolStruct},
};
use anyhow::Context as _;
use serde::Serialize;
use url::Url;

use super::{Contracts, Failure, Network, Networks, Output, SignerArgs, Token, client, origin};
use crate::{
    checkout,
    deploy::{Deployment, reason},
    key::Key,
};

/// Which chain, and how to answer.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Chain")]
pub struct ChainArgs {
    /// The chain, by its name in networks.toml or its id.
    #[arg(long, env = "STOA_NETWORK", default_value = "local")]
    pub network: String,
    /// A file of networks instead of the one that comes with stoa.
    #[arg(long, env = "STOA_NETWORKS", value_name = "FILE")]
    pub networks: Option<PathBuf>,
    /// The chain's JSON-RPC endpoint; else STOA_RPC_URL_<NETWORK>, for a local chain http://127.0.0.1:8545.
    #[arg(long, env = "STOA_RPC_URL", value_name = "URL")]
    pub rpc_url: Option<Url>,
    /// The deployment file; else that of `cargo dev` or scripts/deployments/<chainId>.json.
    #[arg(long, env = "STOA_DEPLOYMENT", value_name = "FILE")]
    pub deployment: Option<PathBuf>,
    /// Answer with one JSON document instead of tables.
    #[arg(long)]
    pub json: bool,
}

/// A connection to the suite on one chain.
#[derive(Clone, Debug)]
pub struct Session {
    pub network: Network,
    pub provider: DynProvider,
    pub deployment: Deployment,
    pub contracts: Contracts,
    pub output: Output,
    pub(super) signer: Option<Key>,
    pub(super) limits: SignerArgs,
}

impl ChainArgs {
    /// # Errors
    /// When there is no network of that name.
    pub fn network(&self) -> anyhow::Result<Network> {
        Ok(Networks::read(self.networks.as_deref())?.find(&self.network)?.clone())
    }

    /// Connects to look only.
    ///
    /// # Errors
    /// When the chain does not answer, is another one, or nothing is known to be deployed on it.
    pub async fn connect(&self) -> anyhow::Result<Session> {
        self.open(None, SignerArgs::default()).await
    }

    /// Connects to send.
    ///
    /// # Errors
    /// As [`Self::connect`], and when nobody can sign.
    pub async fn connect_to_send(&self, signing: &SignerArgs) -> anyhow::Result<Session> {
        let signer = signing.signer(&self.network()?).await?;
        self.open(Some(signer), signing.clone()).await
    }

    async fn open(&self, signer: Option<Key>, limits: SignerArgs) -> anyhow::Result<Session> {
        let network = self.network()?;
        let url = network.endpoint(self.rpc_url.as_ref())?;
        let client = client(&url, reqwest::Client::new());
        let provider = match &signer {
            Some(signer) => ProviderBuilder::new()
                .with_simple_nonce_management()
                .wallet(signer.wallet())
                .connect_client(client)
                .erased(),
            None => ProviderBuilder::new().connect_client(client).erased(),
        };
        let found = provider
            .get_chain_id()
            .await
            .map_err(|error| Failure::Unreachable { url: origin(&url), reason: reason(&error) })?;
        if found != network.chain_id {
            let (network, expected) = (network.name, network.chain_id);
            return Err(Failure::WrongChain { network, expected, found }.into());
        }
        let deployment = self.deployment(&network)?;
        let contracts = Contracts::new(&deployment, &provider)?;
        Ok(Session {
            network,
            provider,
            deployment,
            contracts,
            output: Output { json: self.json },
            signer,
            limits,
        })
    }

    fn deployment(&self, network: &Network) -> anyhow::Result<Deployment> {
        let of_dev = checkout::state_dir().join("dev/deployment.json");
        let committed =
            checkout::root().join("scripts/deployments").join(format!("{}.json", network.chain_id));
        let path = match &self.deployment {
            Some(path) => path.clone(),
            None if network.is_local() && of_dev.is_file() => of_dev,
            None => committed,
        };
        Deployment::read(&path)?.with_context(|| {
            format!(
                "{} does not exist: deploy with `stoa deploy`, or name another file with --deployment",
                path.display()
            )
        })
    }
}

impl Session {
    /// Who signs.
    ///
    /// # Errors
    /// When the session is one that only looks.
    pub fn signer(&self) -> anyhow::Result<&Key> {
        self.signer.as_ref().context("nobody signs: give --wallet")
    }

    /// The address of who signs.
    ///
    /// # Errors
    /// As [`Self::signer`].
    pub fn account(&self) -> anyhow::Result<Address> {
        Ok(self.signer()?.address())
    }

    /// Signs a typed message (EIP-712) of one of the suite's contracts.
    ///
    /// # Errors
    /// When nobody signs, or the key refuses.
    pub async fn sign<M: SolStruct + Serialize + Send + Sync>(
        &self,
        message: &M,
        domain: &Eip712Domain,
    ) -> anyhow::Result<Bytes> {
        let signature = self.signer()?.sign_typed(message, domain).await;
        Ok(signature.context("the wallet does not sign")?.as_bytes().into())
    }

    /// A token by its address, or by its symbol where the network or the suite names it.
    ///
    /// # Errors
    /// When it is not known, does not describe itself, or calls itself otherwise.
    pub async fn token(&self, name: &str) -> anyhow::Result<Token> {
        if let Ok(address) = name.parse::<Address>() {
            return self.token_at(address).await;
        }
        let known = self.known_tokens();
        let found = known.iter().find(|(symbol, _)| symbol.eq_ignore_ascii_case(name));
        let (_, address) = found.with_context(|| {
            let symbols: Vec<_> = known.iter().map(|(symbol, _)| symbol.as_str()).collect();
            format!(
                "no token is called {name:?} on {}: give its address, or one of {}",
                self.network.name,
                symbols.join(", ")
            )
        })?;
        let token = self.token_at(*address).await?;
        anyhow::ensure!(
            token.symbol.eq_ignore_ascii_case(name),
            "the token at {address} calls itself {:?}, not {name:?}: correct networks.toml",
            token.symbol
        );
        Ok(token)
    }

    fn known_tokens(&self) -> Vec<(String, Address)> {
        let deployed = [("STOA", self.deployment.stoa()), ("dUSD", self.deployment.address("DemoUSD"))]
            .into_iter()
            .filter_map(|(symbol, address)| Some((symbol.to_owned(), address?)));
        let stable = self.network.tokens.iter().map(|(symbol, address)| (symbol.clone(), *address));
        // What the Vault takes for coin, where that is told.
        let weth = Some(self.deployment.parameters.weth).filter(|address| *address != Address::ZERO);
        let weth = weth.or(self.network.weth).map(|address| ("WETH".to_owned(), address));
        deployed.chain(stable).chain(weth).collect()
    }

    /// A token by its address.
    ///
    /// # Errors
    /// When there is none, or it does not tell its decimals.
    pub async fn token_at(&self, address: Address) -> anyhow::Result<Token> {
        let contract = self.contracts.token(address);
        let decimals = contract.decimals().call().await;
        let decimals =
            decimals.with_context(|| format!("{address} is no ERC-20 token that tells its decimals"))?;
        let symbol = contract.symbol().call().await.unwrap_or_else(|_| address.to_string());
        Ok(Token { address, symbol, decimals })
    }

    /// The number in a public id of this chain: `31337-4`, or just `4`.
    ///
    /// # Errors
    /// When it is none, or of another chain.
    pub fn number(&self, what: &str, id: &str) -> anyhow::Result<U256> {
        let id_of_chain = format!("{}-", self.network.chain_id);
        let digits = id.strip_prefix(&id_of_chain).unwrap_or(id);
        if digits.contains('-') {
            anyhow::bail!("{what} {id} is not of chain {}", self.network.chain_id);
        }
        let number: u64 = digits.parse().map_err(|_| {
            anyhow::anyhow!("{id:?} is no {what}: write its number, such as 4 or {id_of_chain}4")
        })?;
        Ok(U256::from(number))
    }
}
