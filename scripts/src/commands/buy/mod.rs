//! `stoa buy`

pub(crate) mod gate;
pub(crate) mod plan;
pub(crate) mod shares;

use std::path::PathBuf;

use alloy::primitives::Address;
use stoa_scripts::cli::{ChainArgs, SignerArgs, Source};

/// Buy from a plan, or shares of a listing's revenue.
///
/// The price is paid from the first source that has all of it: the vault balance, the wallet by an allowance that stands
/// already, by a signed authorization (ERC-3009) or permit (ERC-2612) where the token takes them, by a new allowance of
/// exactly the price (a transaction of its own), or the chain's coin where the price is in wrapped coin. Sources are not
/// mixed. The Market is asked whether it would sell before anything is signed.
///
/// A plan that changes before the purchase is in a block costs nothing but gas: the order names the version that was
/// shown. There are no refunds.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa buy 4 --wallet demo:5
  stoa buy 31337-4 --quantity 3 --from permit --wallet demo:5
  stoa buy 4 --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --wallet demo:5 --yes --json
  stoa buy 7 --proof proof.json --wallet demo:5
  stoa buy --shares 2 --quantity 10 --wallet demo:5")]
pub(crate) struct Args {
    /// The plan, as 4 or 31337-4; with --shares the sale of shares.
    #[arg(value_name = "PLAN")]
    id: String,
    /// Buy lots from a sale of revenue shares instead of from a plan.
    #[arg(long, conflicts_with_all = ["proof", "plan_version"])]
    shares: bool,
    /// How many licences, periods, packs or lots. What is free is sold one at a time.
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    quantity: u64,
    /// Who gets what is bought; the payer by default.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// Pay from this source only.
    #[arg(long, value_enum)]
    from: Option<Source>,
    /// A file with what the plan's gate asks for: the proof of a Merkle list, as a JSON array of 32-byte words in hex, or
    /// an object that has it as "proof".
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// The plan's version that you have seen: nothing is bought if it is another one by now.
    #[arg(long, value_name = "N")]
    plan_version: Option<u32>,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    if args.shares { shares::buy(&session, args).await } else { plan::buy(&session, args).await }
}
