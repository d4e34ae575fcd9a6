//! `stoa seed`

use alloy::{eips::BlockNumberOrTag, providers::Provider as _};
use anyhow::{Context as _, bail};
use serde::Serialize;
use stoa_scripts::{
    cli::{ChainArgs, Table},
    demo::{Demo, Scenario},
    progress::Step,
};

/// Make a market on a local chain: providers, lineage, plans, buyers, stakers, shares, and months of time.
///
/// Equal chains, scenarios and seeds give equal transactions in equal blocks at equal times. The chain's time moves on by
/// the scenario's days; start the chain as long ago (`anvil --timestamp`) to end at the present.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa seed --scenario small
  stoa seed --scenario scripts/scenarios/year.toml --seed 7 --json")]
pub(crate) struct Args {
    /// A file, or a name in scripts/scenarios, where each number is explained.
    #[arg(long, value_name = "SCENARIO", default_value = "dev")]
    scenario: String,
    /// What chance decides; another seed, another market.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[command(flatten)]
    chain: ChainArgs,
}

#[derive(Debug, Serialize)]
struct Seeded {
    seed: u64,
    listings: u64,
    plans: u64,
    block: u64,
    block_hash: String,
    /// Unix time of the block.
    time: u64,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let scenario = Scenario::read(&args.scenario)?;
    let session = args.chain.connect().await?;
    if !session.network.is_local() {
        bail!(
            "network {} is no local chain: a market is made with keys that everybody has",
            session.network.name
        );
    }
    let listings = session.contracts.listings.count().call().await?;
    if !listings.is_zero() {
        bail!(
            "there are {listings} listings already: a market is made on a chain that has none, so that it can be made again"
        );
    }
    let url = session.network.endpoint(args.chain.rpc_url.as_ref())?;
    let mut demo = Demo::connect(&url, &session.deployment, &scenario, args.seed)?;
    demo.take_time().await?;
    let step = Step::with_total("Listing assets", demo.preparations());
    demo.prepare(|done| step.at(done)).await?;
    step.done();
    let what = format!("Living through {} days", scenario.days);
    let step = Step::with_total(what, scenario.actions.into());
    demo.live_through(|done| step.at(done)).await?;
    step.done();
    let head = session.provider.get_block_by_number(BlockNumberOrTag::Latest).await?;
    let head = head.context("the chain has no newest block")?.header;
    demo.release_time().await?;
    let seeded = Seeded {
        seed: args.seed,
        listings: session.contracts.listings.count().call().await?.to(),
        plans: session.contracts.market.count().call().await?.to(),
        block: head.number,
        block_hash: head.hash.to_string(),
        time: head.timestamp,
    };
    session.output.answer(&seeded, || {
        Table::of_pairs([
            ("seed", seeded.seed.to_string()),
            ("listings", seeded.listings.to_string()),
            ("plans", seeded.plans.to_string()),
            ("block", seeded.block.to_string()),
            ("hash", seeded.block_hash.clone()),
        ])
        .to_string()
    })
}
