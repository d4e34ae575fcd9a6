//! `stoa deploy`

mod parameters;
mod place;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;
use stoa_scripts::{
    cli::{Network, Networks},
    deploy::Chain,
};
use url::Url;

/// Place the contracts on a chain and write its deployment file; a second run checks and changes nothing.
///
/// Addresses follow from the code and from who signs, the operator, and are equal on every chain. What differs between
/// chains is told to the Deployer once: the parameters below. On a local chain all of them have defaults, and the
/// first well-known key signs.
///
/// A run that ends early, however, is gone on with by running the same again: contracts that are there are not placed
/// again, and a transaction that waits is waited for, sent again where it was lost, or replaced by a dearer one at the
/// same nonce. Beside the file, `<chainId>.journal` remembers what was signed until all is done, and
/// `<chainId>.sources.json` has what explorers ask for to verify the sources of each contract (Standard JSON; compiler
/// and contract names are in it).
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  stoa deploy --network local
  stoa deploy --network base --wallet operator --dry-run --fee-bps 250 --timelock-delay 172800 \\
      --proposer 0x… --stoa-holder 0x…
  stoa deploy --network base --wallet operator --max-fee 0.2 --confirmations 10 --fee-bps 250 …
  stoa deploy verify --network base
  KEY=0x… stoa deploy --rpc-url https://… --chain-id 8453 --key-env KEY --yes --fee-bps 250 …"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    place: place::PlaceArgs,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check a deployment against its file: code, addresses, parameters, and who holds powers. Sends nothing.
    Verify(verify::VerifyArgs),
}

/// Which chain.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Chain")]
struct ChainArgs {
    /// The chain, by its name in networks.toml or its id; without it whatever chain --rpc-url is.
    #[arg(long, env = "STOA_NETWORK")]
    network: Option<String>,
    /// A file of networks instead of the one that comes with stoa.
    #[arg(long, env = "STOA_NETWORKS", value_name = "FILE")]
    networks: Option<PathBuf>,
    /// The chain's JSON-RPC endpoint; else STOA_RPC_URL_<NETWORK>, for a local chain http://127.0.0.1:8545.
    #[arg(long, env = "STOA_RPC_URL", value_name = "URL")]
    rpc_url: Option<Url>,
    /// Refuse the endpoint unless its chain has this id.
    #[arg(long)]
    chain_id: Option<u64>,
    /// The folder for the deployment file [default: scripts/deployments].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Answer with one JSON document instead of tables.
    #[arg(long)]
    json: bool,
}

impl ChainArgs {
    /// The chain behind the endpoint, and what is known of it.
    async fn connect(&self) -> anyhow::Result<(Chain, Network)> {
        let networks = Networks::read(self.networks.as_deref())?;
        let named = self.network.as_deref().map(|name| networks.find(name)).transpose()?;
        let url = match (named, &self.rpc_url) {
            (Some(network), url) => network.endpoint(url.as_ref())?,
            (None, Some(url)) => url.clone(),
            (None, None) => anyhow::bail!("no chain is named: give --network, or --rpc-url"),
        };
        let chain = Chain::connect(&url).await?;
        chain.expect(&url, self.chain_id)?;
        chain.expect(&url, named.map(|network| network.chain_id))?;
        let network = match named {
            Some(network) => network.clone(),
            None => {
                networks.find(&chain.id.to_string()).cloned().unwrap_or_else(|_| Network::unknown(chain.id))
            }
        };
        Ok((chain, network))
    }

    /// The deployment file's path, unless it is the usual one.
    fn file(&self, chain_id: u64) -> Option<PathBuf> {
        self.out.as_ref().map(|folder| folder.join(format!("{chain_id}.json")))
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Some(Action::Verify(verify)) => verify::run(verify).await,
        None => place::run(&args.place).await,
    }
}
