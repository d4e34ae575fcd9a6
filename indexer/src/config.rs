//! The command line, and the configuration file for several chains.

mod file;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use url::Url;

use crate::fetch::Verify;
pub use file::{ConfigError, EXAMPLE};

/// Follows Stoa deployments' events into Postgres.
#[derive(Debug, Parser)]
#[command(name = "stoa-indexer", version, max_term_width = 100)]
pub struct Cli {
    /// How log lines are written to standard error.
    #[arg(long, env = "STOA_LOG_FORMAT", global = true, default_value = "text")]
    pub log_format: LogFormat,
    /// Collector that traces are sent to, as OTLP over HTTP: its address without /v1/traces. Left out, nowhere.
    #[arg(long, env = "STOA_OTLP", global = true, value_name = "URL", hide_env_values = true)]
    pub otlp: Option<Url>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Index until stopped: catch up, then follow the head.
    ///
    /// Exit codes: 0 stopped or reached --until; 1 failed; 3 the chain does not contain a final block that the
    /// database holds (the chain was reset, or reorganised deeper than it told).
    #[command(after_help = "Examples:\n  stoa-indexer run --rpc-url http://127.0.0.1:8545 \
        --database-url postgres://localhost/stoa --deployment scripts/deployments/31337.json\n  \
        stoa-indexer run --config stoa-indexer.toml")]
    Run(Box<RunArgs>),
    /// Create or upgrade the archive, make schema `market` where it is absent or outdated, and end.
    Migrate(DatabaseArgs),
    /// Build the projections anew from the archive, without asking a node, and end.
    ///
    /// Readers go on with the old ones meanwhile, and an indexer goes on following.
    Rebuild(DatabaseArgs),
    /// Print a commented configuration file with every setting and its default.
    ExampleConfig,
}

#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// Postgres to write to. A direct connection: a lock on it makes this process the chain's one writer.
    #[arg(long, env = "STOA_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,
}

#[derive(Clone, Debug, Args)]
pub struct RunArgs {
    /// Configuration file: several chains in one process. `example-config` prints one that explains itself.
    #[arg(long, env = "STOA_INDEXER_CONFIG", conflicts_with_all = ["deployment", "rpc_url"])]
    pub config: Option<PathBuf>,
    /// Postgres to write to. A direct connection: a lock on it makes this process the chain's one writer.
    #[arg(long, env = "STOA_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    #[command(flatten)]
    pub chain: ChainArgs,
    /// End once this block is committed.
    #[arg(long)]
    pub until: Option<u64>,
    /// Serve /live, /ready, /status and /metrics here.
    #[arg(long, env = "STOA_INDEXER_HTTP")]
    pub http: Option<SocketAddr>,
}

/// One chain, where no configuration file names several.
#[derive(Clone, Debug, Args)]
pub struct ChainArgs {
    /// JSON-RPC endpoints of the chain: http(s) ones answer, ws(s) ones announce blocks. Repeated or with commas.
    #[arg(long, env = "STOA_RPC_URL", hide_env_values = true, value_delimiter = ',')]
    pub rpc_url: Vec<Url>,
    /// Deployment file that `stoa deploy` wrote.
    #[arg(long, env = "STOA_DEPLOYMENT")]
    pub deployment: Option<PathBuf>,
    /// Stay this many blocks behind the newest one.
    #[arg(long, env = "STOA_CONFIRMATIONS", default_value_t = 0)]
    pub confirmations: u64,
    /// Blocks behind the newest that count as final where the node does not tell `finalized`.
    #[arg(long, env = "STOA_FINALITY_DEPTH", default_value_t = 64)]
    pub finality_depth: u64,
    /// At most this many blocks are asked for at once. Ranges shrink where a node refuses them.
    #[arg(long, env = "STOA_RANGE", default_value_t = 2_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub range: u64,
    /// How often the head is asked for where nothing announces it, in milliseconds.
    #[arg(long, env = "STOA_POLL_MS", default_value_t = 250, value_parser = clap::value_parser!(u64).range(10..=60_000))]
    pub poll_ms: u64,
    /// How much of the nodes' answers is proven.
    #[arg(long, env = "STOA_VERIFY", default_value = "consistency")]
    pub verify: VerifyArg,
    /// From how many missing final blocks on the archive is filled first, and the projections built then.
    #[arg(long, env = "STOA_ARCHIVE_FROM", default_value_t = 10_000)]
    pub archive_from: u64,
    /// Seconds for which a writer may be silent before a standby takes its place.
    #[arg(long, env = "STOA_TAKEOVER_AFTER", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..=3_600))]
    pub takeover_after: u64,
    /// Seconds that one request to a node may take.
    #[arg(long, env = "STOA_TIMEOUT", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
    /// With more contracts than this, share contracts are asked for by topic instead of by address.
    #[arg(long, env = "STOA_ADDRESS_LIMIT", default_value_t = 500)]
    pub address_limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerifyArg {
    /// Answers agree with themselves, their headers and the headers' blooms; running totals follow.
    Consistency,
    /// Also, the root of each block's receipts is the header's: one more request for each block.
    Receipts,
    /// Also, each header hashes to its own hash.
    Hashes,
}

impl From<VerifyArg> for Verify {
    fn from(arg: VerifyArg) -> Self {
        match arg {
            VerifyArg::Consistency => Self::Consistency,
            VerifyArg::Receipts => Self::Receipts,
            VerifyArg::Hashes => Self::Hashes,
        }
    }
}

/// Everything a process indexes.
#[derive(Clone, Debug)]
pub struct Settings {
    pub database_url: String,
    pub http: Option<SocketAddr>,
    /// Collector of traces that the configuration file names.
    pub otlp: Option<Url>,
    pub chains: Vec<ChainSettings>,
}

/// How one chain is followed.
#[derive(Clone, Debug)]
pub struct ChainSettings {
    pub deployment: PathBuf,
    pub rpc: Vec<Url>,
    pub confirmations: u64,
    pub finality_depth: u64,
    pub range: u64,
    pub poll: Duration,
    pub verify: Verify,
    pub archive_from: u64,
    /// How long one request may take.
    pub timeout: Duration,
    /// How long a silent writer is put up with.
    pub patience: Duration,
    pub address_limit: usize,
    /// Block to end at.
    pub until: Option<u64>,
}

impl RunArgs {
    /// What the command line, the environment and the configuration file say together.
    ///
    /// # Errors
    /// Names the setting that is missing or wrong.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        if let Some(path) = &self.config {
            return file::read(path, self);
        }
        let missing = |setting| ConfigError::Missing { setting };
        let database_url = self.database_url.clone().ok_or(missing("--database-url"))?;
        let ChainArgs { rpc_url, deployment, .. } = &self.chain;
        if rpc_url.is_empty() {
            return Err(missing("--rpc-url"));
        }
        let deployment = deployment.clone().ok_or(missing("--deployment"))?;
        let chain = ChainSettings {
            deployment,
            rpc: rpc_url.clone(),
            confirmations: self.chain.confirmations,
            finality_depth: self.chain.finality_depth,
            range: self.chain.range,
            poll: Duration::from_millis(self.chain.poll_ms),
            verify: self.chain.verify.into(),
            archive_from: self.chain.archive_from,
            timeout: Duration::from_secs(self.chain.timeout),
            patience: Duration::from_secs(self.chain.takeover_after),
            address_limit: self.chain.address_limit,
            until: self.until,
        };
        Ok(Settings { database_url, http: self.http, otlp: None, chains: vec![chain] })
    }
}
