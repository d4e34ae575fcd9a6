//! What an operator sets about connections.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

/// How many may connect, for how long, and whether by TLS.
#[derive(Clone, Debug, Args)]
#[group(id = "connections")]
#[command(next_help_heading = "Connections")]
pub struct Settings {
    /// Connections at once, 1 to 1000000. Beyond, one is answered with 503 and closed
    #[arg(long = "connections", env = "STOA_CONNECTIONS", default_value_t = 16_384, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub total: u32,
    /// Connections at once from one address (IPv6: from one /64), 1 to 1000000. Beyond, one is answered with 429 and
    /// closed. Networks of --trusted-proxy are not bounded
    #[arg(long = "connections-per-address", env = "STOA_CONNECTIONS_PER_ADDRESS", default_value_t = 256,
        value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub per_address: u32,
    /// Seconds within which a connection's first request must be there to its last header, its TLS handshake before
    /// it too, 1 to 120
    #[arg(long, env = "STOA_HEADER_SECONDS", default_value_t = 10, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=120))]
    pub header_seconds: u64,
    /// Seconds that a connection may go without a whole request after its last answer, 1 to 3600
    #[arg(long, env = "STOA_IDLE_SECONDS", default_value_t = 75, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub idle_seconds: u64,
    /// Seconds after which a connection is cut that takes nothing of its answer, 1 to 600
    #[arg(long, env = "STOA_STALL_SECONDS", default_value_t = 30, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=600))]
    pub stall_seconds: u64,
    /// PEM file of the certificate and those that lead to its root: then only HTTPS is served. Read again when it changes
    #[arg(long, env = "STOA_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// PEM file of the certificate's private key. Read again when it changes
    #[arg(long, env = "STOA_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
}

impl Settings {
    pub(super) fn header(&self) -> Duration {
        Duration::from_secs(self.header_seconds)
    }

    pub(super) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    pub(super) fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_seconds)
    }
}
