//! How many connections there may be, and how they are kept.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;

use crate::slots::Slots;

/// Limits of live connections.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Most live connections (WebSocket and SSE) at once, 1 to 100000
    #[arg(id = "live_connections", long = "live-connections", env = "STOA_LIVE_CONNECTIONS", default_value_t = 10_000, value_name = "N",
        value_parser = bounded(1, 100_000))]
    pub connections: usize,
    /// Most live connections of one address at once, 1 to 100000; IPv6 addresses count by /64
    #[arg(id = "live_per_address", long = "live-per-address", env = "STOA_LIVE_PER_ADDRESS", default_value_t = 64, value_name = "N",
        value_parser = bounded(1, 100_000))]
    pub per_address: usize,
    /// Blocks that a live connection may be behind before it is closed, 16 to 65536
    #[arg(long = "live-queue", env = "STOA_LIVE_QUEUE", default_value_t = 512, value_name = "N",
        value_parser = bounded(16, 65_536))]
    pub queue: usize,
    /// Seconds of silence after which a live connection gets a heartbeat, 1 to 300
    #[arg(long = "live-heartbeat", env = "STOA_LIVE_HEARTBEAT", default_value = "15", value_name = "SECONDS",
        value_parser = seconds)]
    pub heartbeat: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { connections: 10_000, per_address: 64, queue: 512, heartbeat: Duration::from_secs(15) }
    }
}

impl Settings {
    pub(super) fn slots(&self) -> Arc<Slots> {
        let hint = "Close some, or subscribe to several topics over one.";
        Slots::new("live connections", hint, (self.connections, self.per_address))
    }
}

fn bounded(least: u64, most: u64) -> impl clap::builder::TypedValueParser<Value = usize> {
    use clap::builder::TypedValueParser as _;
    // Both bounds fit.
    clap::value_parser!(u64).range(least..=most).map(|value| usize::try_from(value).unwrap_or(usize::MAX))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=300).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "expected a whole number from 1 to 300".to_owned())
}
