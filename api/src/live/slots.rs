//! How many connections there may be.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Args;

use crate::access::network;
use crate::error::ApiError;

/// Limits of live connections.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// Most live connections (WebSocket and SSE) at once, 1 to 100000
    #[arg(long = "live-connections", env = "STOA_LIVE_CONNECTIONS", default_value_t = 10_000, value_name = "N",
        value_parser = bounded(1, 100_000))]
    pub connections: usize,
    /// Most live connections of one address at once, 1 to 100000; IPv6 addresses count by /64
    #[arg(long = "live-per-address", env = "STOA_LIVE_PER_ADDRESS", default_value_t = 64, value_name = "N",
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

fn bounded(least: u64, most: u64) -> impl clap::builder::TypedValueParser<Value = usize> {
    use clap::builder::TypedValueParser as _;
    // Both bounds fit.
    clap::value_parser!(u64).range(least..=most).map(|value| usize::try_from(value).unwrap_or(usize::MAX))
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=300).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| "expected a whole number from 1 to 300".to_owned())
}

/// The connections there are.
#[derive(Debug)]
pub(super) struct Slots {
    most: usize,
    per_address: usize,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// A connection's place; dropped with it.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    address: IpAddr,
}

impl Slots {
    pub(super) fn new(settings: &Settings) -> Self {
        Self { most: settings.connections, per_address: settings.per_address, taken: Mutex::default() }
    }

    /// A place for a connection from this address, if there is one.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Result<Slot, ApiError> {
        let address = network(address);
        let mut taken = self.taken();
        if taken.values().sum::<usize>() >= self.most {
            return Err(ApiError::TooMany(
                "This server has as many live connections as it takes. Try again in a moment, or poll."
                    .to_owned(),
            ));
        }
        let own = taken.entry(address).or_default();
        if *own >= self.per_address {
            return Err(ApiError::TooMany(format!(
                "This address has {own} live connections, the most that one may have. Close some, or subscribe \
                 to several topics over one."
            )));
        }
        *own += 1;
        Ok(Slot { slots: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken();
        if let Some(own) = taken.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_address_and_in_all() {
        let settings = Settings { connections: 3, per_address: 2, ..Settings::default() };
        let slots = Arc::new(Slots::new(&settings));
        let take = |text: &str| slots.take(text.parse().expect("an address"));
        let first = take("192.0.2.1").expect("free");
        let _second = take("::ffff:192.0.2.1").expect("free");
        assert!(take("192.0.2.1").is_err(), "one address has no more");
        let third = take("2001:db8::1").expect("free");
        assert!(take("2001:db8::2").is_err(), "all have no more");
        drop(first);
        let _fourth = take("2001:db8::3").expect("free again");
        assert!(take("2001:db8::4").is_err(), "the same /64");
        drop(third);
        assert!(take("192.0.2.1").is_ok());
    }
}
