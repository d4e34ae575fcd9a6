//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use url::Url;

/// Follows a Stoa deployment's events into Postgres.
#[derive(Debug, Parser)]
#[command(name = "stoa-indexer", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Index until stopped: catch up, then follow the head.
    ///
    /// Exit codes: 0 stopped or reached --until; 1 failed; 3 the chain does not contain the block that the
    /// database has indexed (the chain was reset, or is reorganised deeper than --confirmations).
    #[command(after_help = "Example:\n  stoa-indexer run --rpc-url http://127.0.0.1:8545 \
        --database-url postgres://localhost/stoa --deployment scripts/deployments/31337.json")]
    Run(RunArgs),
    /// Create or upgrade the archive, make schema `market` where it is absent or outdated, and end.
    Migrate(DatabaseArgs),
    /// Build the projections anew from the archive, without asking a node, and end.
    Rebuild(DatabaseArgs),
}

#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// Postgres to write to. A direct connection: a lock on it makes this process the chain's one writer.
    #[arg(long, env = "STOA_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
}

#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    #[command(flatten)]
    pub database: DatabaseArgs,
    /// JSON-RPC endpoints of the chain: http(s) ones answer, ws(s) ones announce blocks. Repeated or with commas.
    #[arg(long, env = "STOA_RPC_URL", hide_env_values = true, required = true, value_delimiter = ',')]
    pub rpc_url: Vec<Url>,
    /// Deployment file that `stoa deploy` wrote.
    #[arg(long, env = "STOA_DEPLOYMENT")]
    pub deployment: PathBuf,
    /// End once this block is committed.
    #[arg(long)]
    pub until: Option<u64>,
    /// Stay this many blocks behind the newest one.
    #[arg(long, env = "STOA_CONFIRMATIONS", default_value_t = 0)]
    pub confirmations: u64,
    /// Blocks behind the newest that count as final where the node does not tell `finalized`.
    #[arg(long, env = "STOA_FINALITY_DEPTH", default_value_t = 64)]
    pub finality_depth: u64,
    /// At most this many blocks are asked for at once. Ranges shrink where a node refuses them.
    #[arg(long, env = "STOA_RANGE", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub range: u64,
    /// How often the head is asked for, in milliseconds.
    #[arg(long, env = "STOA_POLL_MS", default_value_t = 250, value_parser = clap::value_parser!(u64).range(10..=60_000))]
    pub poll_ms: u64,
    /// Serve /live, /ready and /status here.
    #[arg(long, env = "STOA_INDEXER_HTTP")]
    pub http: Option<SocketAddr>,
}

impl RunArgs {
    pub fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }
}
