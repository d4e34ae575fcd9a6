//! Benchmarks of the indexer and of the API on this machine: `stoa bench`. Figures are ratios of one run where that is possible.

mod abuse;
mod api;
mod child;
mod export;
mod floor;
mod index;
mod live;
mod live_api;
mod stage;
mod table;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(
    name = "stoa-bench",
    about = "Benchmarks of the indexer and the API on this machine.",
    max_term_width = 100
)]
struct Cli {
    /// Print one JSON document instead of tables.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// From an empty database to the head of a generated market, and the rebuild, beside the floor.
    Index(index::Args),
    /// The most used queries of the API, beside the same SQL without it, and from its cache.
    Api(api::Args),
    /// Whole exports of the market that `api` has filled, and the server's memory meanwhile.
    Export(export::Args),
    /// From a block's announcement to its committed rows, at several rates of blocks.
    Live(live::Args),
    /// From a block's commit to the messages of thousands of live subscribers.
    LiveApi(live_api::Args),
    /// How long honest requests take while others flood, guess, dawdle and overload, beside how long they take in peace.
    Abuse(abuse::Args),
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Command::Index(args) => index::run(&args, cli.json).await,
        Command::Api(args) => api::run(&args, cli.json).await,
        Command::Export(args) => export::run(&args, cli.json).await,
        Command::Live(args) => live::run(&args, cli.json).await,
        Command::LiveApi(args) => live_api::run(&args, cli.json).await,
        Command::Abuse(args) => abuse::run(&args, cli.json).await,
    }
}
