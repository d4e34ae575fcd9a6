//! Logs in, rows out. Pure: no I/O, no failure. What no declaration decodes becomes a [`RawLog`].

mod gates;
mod listings;
mod market;
mod revenue;
mod share;
mod staking;
mod vault;
mod words;

use std::collections::BTreeSet;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolEvent;
use stoa_contracts::Revenue;
use stoa_schema::event::Position;
use stoa_schema::events::RawLog;
use time::OffsetDateTime;

use crate::deployment::Followed;
use crate::fetch::ChainLog;
use crate::store::Batch;

/// Why a log has no table of its own.
#[derive(Debug, thiserror::Error)]
enum Undecoded {
    #[error("{0}")]
    Abi(#[from] alloy::sol_types::Error),
    #[error("no table is declared for this event")]
    NoTable,
    #[error("{field} {value} does not fit its column")]
    TooLarge { field: &'static str, value: alloy::primitives::U256 },
}

/// Turns a range's logs into rows.
#[derive(Clone, Debug)]
pub struct Decoder {
    chain_id: i64,
    contracts: Followed,
    shares: BTreeSet<Address>,
}

impl Decoder {
    pub fn new(chain_id: i64, contracts: Followed) -> Self {
        Self { chain_id, contracts, shares: BTreeSet::new() }
    }

    /// Share contracts whose logs are to be decoded from now on.
    pub fn follow(&mut self, shares: &[Address]) {
        self.shares.extend(shares);
    }

    /// The share contract that a log of Revenue tells the birth of.
    ///
    /// Pure in the log alone: the fetcher asks only for logs of followed contracts.
    pub fn born(log: &alloy::primitives::Log) -> Option<Address> {
        Revenue::SharesCreated::decode_log(log).ok().map(|event| event.share)
    }

    /// Every log's row. `logs` are complete: the fetcher has checked them.
    pub fn decode(&self, logs: &[ChainLog]) -> Batch {
        let mut batch = Batch::default();
        for log in logs {
            let position = self.position(log);
            if let Err(reason) = self.decode_one(log, &position, &mut batch) {
                batch.push(
                    &position,
                    &RawLog {
                        address: log.inner.address,
                        topics: log.inner.topics().to_vec(),
                        data: Bytes::clone(&log.inner.data.data),
                        reason: reason.to_string(),
                    },
                );
            }
        }
        batch
    }

    fn position(&self, log: &ChainLog) -> Position {
        Position {
            chain_id: self.chain_id,
            block_number: log.block_number.cast_signed(),
            // A block's gas bounds its logs far below 2³¹.
            log_index: log.log_index as i32,
            block_time: block_time(log.time),
            tx_hash: log.transaction_hash,
        }
    }

    fn decode_one(&self, log: &ChainLog, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
        let address = log.inner.address;
        if address == self.contracts.vault {
            vault::decode(&log.inner, at, batch)
        } else if address == self.contracts.listings {
            listings::decode(&log.inner, at, batch)
        } else if address == self.contracts.market {
            market::decode(&log.inner, at, batch)
        } else if address == self.contracts.revenue {
            revenue::decode(&log.inner, at, batch)
        } else if address == self.contracts.staking {
            staking::decode(&log.inner, at, batch)
        } else if address == self.contracts.merkle_gate {
            gates::merkle(&log.inner, at, batch)
        } else if address == self.contracts.tier_gate {
            gates::tier(&log.inner, at, batch)
        } else if address == self.contracts.token_gate {
            gates::token(&log.inner, at, batch)
        } else if self.shares.contains(&address) {
            share::decode(&log.inner, at, batch)
        } else {
            Err(Undecoded::NoTable)
        }
    }
}

/// A block's Unix time. Far beyond any chain's clock it stays at the last one that Postgres and Rust know.
pub fn block_time(seconds: u64) -> OffsetDateTime {
    let last = time::PrimitiveDateTime::MAX.assume_utc();
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
        .unwrap_or(last)
}
