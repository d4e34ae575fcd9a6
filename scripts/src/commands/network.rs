//! `stoa network`

use std::{path::PathBuf, time::Duration};

use alloy::providers::{Provider as _, ProviderBuilder};
use clap::Subcommand;
use serde::Serialize;
use stoa_scripts::cli::{Failure, Network, Networks, Output, Table, client, origin};
use url::Url;

/// An endpoint that takes longer than this to tell its chain id is of no use.
const PATIENCE: Duration = Duration::from_secs(10);

/// Networks: the chains that are known by name, and whether their endpoints are what they should be.
///
/// An endpoint comes from --rpc-url or from the environment variable of its network, STOA_RPC_URL_<NAME>; it is never
/// written into the file of networks, since it often carries a key.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa network list
  STOA_RPC_URL_BASE=https://… stoa network check base
  stoa network check")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The known networks.
    List(CommonArgs),
    /// Ask endpoints for their chain id and newest block. Fails (code 5) when one does not answer or is another chain.
    Check {
        /// The network, by name or chain id; all that have an endpoint, when none is named.
        network: Option<String>,
        /// Its endpoint, instead of the environment's.
        #[arg(long, value_name = "URL", requires = "network")]
        rpc_url: Option<Url>,
        #[command(flatten)]
        common: CommonArgs,
    },
}

#[derive(Debug, clap::Args)]
struct CommonArgs {
    /// A file of networks instead of the one that comes with stoa.
    #[arg(long, env = "STOA_NETWORKS", value_name = "FILE")]
    networks: Option<PathBuf>,
    /// Answer with one JSON document instead of tables.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Known {
    name: String,
    chain_id: u64,
    /// The environment variable of its endpoint, and whether there is one.
    variable: String,
    has_endpoint: bool,
    finality_depth: u64,
    block_seconds: u64,
    weth: Option<String>,
    explorer: Option<Url>,
}

#[derive(Debug, Serialize)]
struct Checked {
    name: String,
    chain_id: u64,
    /// The newest block, where the endpoint is what it should be.
    block: Option<u64>,
    problem: Option<String>,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::List(common) => list(common),
        Action::Check { network, rpc_url, common } => {
            check(network.as_deref(), rpc_url.as_ref(), common).await
        }
    }
}

fn list(common: &CommonArgs) -> anyhow::Result<()> {
    let networks = Networks::read(common.networks.as_deref())?;
    let known = networks.all().map(|network| Known {
        name: network.name.clone(),
        chain_id: network.chain_id,
        variable: network.variable(),
        has_endpoint: network.endpoint(None).is_ok(),
        finality_depth: network.finality_depth,
        block_seconds: network.block_seconds,
        weth: network.weth.map(|at| at.to_string()),
        explorer: network.explorer.clone(),
    });
    let known: Vec<Known> = known.collect();
    Output { json: common.json }.answer(&known, || {
        let mut table = Table::new(&["name", "chain id", "endpoint from", "explorer"]);
        table.right(1);
        for network in &known {
            let endpoint = if network.has_endpoint { "" } else { " (not set)" };
            let explorer = network.explorer.as_ref().map(ToString::to_string).unwrap_or_default();
            let endpoint = format!("{}{endpoint}", network.variable);
            table.row([network.name.clone(), network.chain_id.to_string(), endpoint, explorer]);
        }
        table.to_string()
    })
}

async fn check(name: Option<&str>, url: Option<&Url>, common: &CommonArgs) -> anyhow::Result<()> {
    let networks = Networks::read(common.networks.as_deref())?;
    let chosen: Vec<(&Network, Url)> = match name {
        Some(name) => {
            let network = networks.find(name)?;
            vec![(network, network.endpoint(url)?)]
        }
        None => networks.all().filter_map(|network| Some((network, network.endpoint(None).ok()?))).collect(),
    };
    let mut failures = Vec::new();
    let mut records = Vec::new();
    for (network, url) in &chosen {
        let answer = block_of(network, url).await;
        let (name, chain_id) = (network.name.clone(), network.chain_id);
        let problem = answer.as_ref().err().map(ToString::to_string);
        records.push(Checked { name, chain_id, block: answer.as_ref().ok().copied(), problem });
        failures.extend(answer.err());
    }
    Output { json: common.json }.answer(&records, || {
        let mut table = Table::new(&["name", "chain id", "newest block", ""]);
        table.right(1).right(2);
        for record in &records {
            let block = record.block.map(|block| block.to_string()).unwrap_or_default();
            let note = record.problem.clone().unwrap_or_else(|| "is as it should be".to_owned());
            table.row([record.name.clone(), record.chain_id.to_string(), block, note]);
        }
        table.to_string()
    })?;
    match failures.into_iter().next() {
        Some(failure) => Err(failure.into()),
        None => Ok(()),
    }
}

/// The endpoint's newest block, if it is of this chain.
async fn block_of(network: &Network, url: &Url) -> Result<u64, Failure> {
    let unreachable = |reason: String| Failure::Unreachable { url: origin(url), reason };
    let provider = ProviderBuilder::new().connect_client(client(url, reqwest::Client::new()));
    let asked = tokio::time::timeout(PATIENCE, async {
        let found = provider.get_chain_id().await?;
        if found != network.chain_id {
            let (network, expected) = (network.name.clone(), network.chain_id);
            return Ok(Err(Failure::WrongChain { network, expected, found }));
        }
        Ok(Ok(provider.get_block_number().await?))
    });
    match asked.await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => {
            let error: alloy::transports::TransportError = error;
            Err(unreachable(stoa_scripts::deploy::reason(&error)))
        }
        Err(_) => Err(unreachable(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}
