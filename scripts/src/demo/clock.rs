//! Time of a local chain, under control while history is made.

use std::time::{SystemTime, UNIX_EPOCH};

use alloy::providers::{DynProvider, Provider as _};

use super::Error;

/// The time of the next block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    pub(super) now: u64,
}

impl Clock {
    /// Begins at the newest block's time.
    pub(super) async fn start(provider: &DynProvider) -> Result<Self, Error> {
        let block = provider.get_block_by_number(alloy::eips::BlockNumberOrTag::Latest).await?;
        Ok(Self { now: block.map_or(0, |block| block.header.timestamp) })
    }

    /// The time of the next block: a second after the one before, or whenever the clock has been put since.
    pub(super) fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }
}

/// Has the next block come at `time`.
pub(super) async fn set(provider: &DynProvider, time: u64) -> Result<(), Error> {
    let _: serde_json::Value = provider.client().request("evm_setNextBlockTimestamp", (time,)).await?;
    Ok(())
}

/// Lets the chain's time be the world's again; where it is ahead, it goes on from there.
pub(super) async fn release(provider: &DynProvider) -> Result<(), Error> {
    let ours = Clock::start(provider).await?.tick();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let _: serde_json::Value = provider.client().request("evm_setTime", (now.max(ours) * 1_000,)).await?;
    Ok(())
}
