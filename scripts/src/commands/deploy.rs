//! `stoa deploy`

use std::path::PathBuf;

use alloy::{primitives::Address, signers::local::PrivateKeySigner};
use anyhow::{Context as _, bail};
use stoa_scripts::{
    anvil,
    deploy::{self, Options, Parameters},
};
use url::Url;

/// Place the contracts on a chain and write its deployment file; a second run verifies and changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cargo stoa deploy --rpc-url http://127.0.0.1:8545
  KEY=0x… cargo stoa deploy --rpc-url https://… --chain-id 8453 --key-env KEY \\
      --fee-bps 250 --timelock-delay 172800 --proposer 0x… --stoa-holder 0x…")]
pub(crate) struct Args {
    /// The chain's JSON-RPC endpoint.
    #[arg(long, env = "STOA_RPC_URL")]
    rpc_url: Url,
    /// Refuse the endpoint unless its chain has this id.
    #[arg(long)]
    chain_id: Option<u64>,
    /// The environment variable that holds the operator's private key; without it the well-known local key.
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// The folder for the deployment file [default: scripts/deployments].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    parameters: ParameterArgs,
}

/// What the constructors read; needed at the first deployment to a chain that is not local.
#[derive(Debug, clap::Args)]
#[group(multiple = true)]
struct ParameterArgs {
    /// Protocol fee in bps, at most 500.
    #[arg(long, value_parser = clap::value_parser!(u16).range(0..=500))]
    fee_bps: Option<u16>,
    /// Seconds between a proposal and its execution.
    #[arg(long, value_name = "SECONDS")]
    timelock_delay: Option<u64>,
    /// Who may propose in the Timelock; may be given several times.
    #[arg(long = "proposer", value_name = "ADDRESS")]
    proposers: Vec<Address>,
    /// Who may execute in the Timelock; may be given several times; none means anyone.
    #[arg(long = "executor", value_name = "ADDRESS")]
    executors: Vec<Address>,
    /// Who receives the whole supply of STOA.
    #[arg(long, value_name = "ADDRESS")]
    stoa_holder: Option<Address>,
    /// The chain's wrapped native token, under whose id the Vault keeps native coin. None by default.
    #[arg(long, value_name = "ADDRESS", default_value_t = Address::ZERO)]
    weth: Address,
    /// The token as which STOA was bridged to this chain. None by default: then this is the chain where it is minted.
    #[arg(long, value_name = "ADDRESS", default_value_t = Address::ZERO)]
    bridged_stoa: Address,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let signer = signer(args.key_env.as_deref())?;
    let chain_id = chain_id(args).await?;
    let options = Options {
        rpc_url: args.rpc_url.clone(),
        signer,
        file: args.out.as_ref().map(|folder| folder.join(format!("{chain_id}.json"))),
        chain_id: args.chain_id,
        parameters: args.parameters.complete()?,
    };
    let outcome = deploy::deploy(&options, &|step| eprintln!("  {step}")).await?;
    for (name, placed) in &outcome.deployment.contracts {
        println!("{name:<10} {}  block {}", placed.address, placed.block);
    }
    let file = outcome.file.display();
    match outcome.placed.len() {
        0 => println!("Everything was there already and is as {file} says."),
        placed => println!("{placed} contracts placed; {file} is written."),
    }
    Ok(())
}

async fn chain_id(args: &Args) -> anyhow::Result<u64> {
    Ok(deploy::Chain::connect(&args.rpc_url, anvil::signer(0)).await?.id)
}

fn signer(variable: Option<&str>) -> anyhow::Result<PrivateKeySigner> {
    let Some(variable) = variable else { return Ok(anvil::signer(0)) };
    let key = std::env::var(variable)
        .with_context(|| format!("--key-env names {variable}, which is not set in the environment"))?;
    // The parser's own message is dropped: it may repeat parts of the key.
    key.trim().parse().map_err(|_| anyhow::anyhow!("{variable} holds no private key (32 bytes in hex)"))
}

impl ParameterArgs {
    /// All or none: a half-given set would silently be filled with something else.
    fn complete(&self) -> anyhow::Result<Option<Parameters>> {
        match (self.fee_bps, self.timelock_delay, self.stoa_holder) {
            (Some(fee_bps), Some(timelock_delay), Some(stoa_holder)) if !self.proposers.is_empty() => {
                let anyone = vec![Address::ZERO];
                let executors = if self.executors.is_empty() { anyone } else { self.executors.clone() };
                let proposers = self.proposers.clone();
                Ok(Some(Parameters {
                    timelock_delay,
                    proposers,
                    executors,
                    fee_bps,
                    stoa_holder,
                    weth: self.weth,
                    bridged_stoa: self.bridged_stoa,
                }))
            }
            (None, None, None) if self.proposers.is_empty() && self.executors.is_empty() => Ok(None),
            _ => bail!(
                "parameters are given all together: --fee-bps, --timelock-delay, --proposer, --stoa-holder \
                 (and --executor, unless anyone may execute)"
            ),
        }
    }
}
