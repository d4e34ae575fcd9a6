//! Logs in, rows out. Pure: no I/O, no failure. What no declaration decodes becomes a [`RawLog`].

mod gates;
mod listings;
mod market;
mod revenue;
mod share;
mod staking;
mod vault;
mod words;

use std::collections::BTreeMap;

use alloy::primitives::{Address, Bytes, Log, keccak256};
use alloy::sol_types::SolEvent;
use stoa_contracts::Revenue;
use stoa_schema::ddl::events_sql;
use stoa_schema::event::Position;
use stoa_schema::events::RawLog;
use time::OffsetDateTime;

use crate::deployment::Followed;
use crate::fetch::ChainLog;
use crate::store::Batch;

/// Raised by hand when logs decode otherwise and the event tables stay as they are.
const REVISION: u32 = 1;

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
    /// Share contracts, and the block that each was born in.
    shares: BTreeMap<Address, i64>,
}

impl Decoder {
    pub fn new(chain_id: i64, contracts: Followed) -> Self {
        Self { chain_id, contracts, shares: BTreeMap::new() }
    }

    /// Share contracts whose logs are to be decoded from now on.
    pub fn follow(&mut self, shares: impl IntoIterator<Item = (Address, i64)>) {
        self.shares.extend(shares);
    }

    /// Forgets share contracts that were born behind `block`.
    pub fn back_to(&mut self, block: i64) {
        self.shares.retain(|_, born| *born <= block);
    }

    /// The share contracts that it knows.
    pub fn shares(&self) -> Vec<Address> {
        self.shares.keys().copied().collect()
    }

    pub fn knows(&self, share: &Address) -> bool {
        self.shares.contains_key(share)
    }

    /// The share contract that a log of Revenue tells the birth of.
    ///
    /// Pure in the log alone: the fetcher asks only for logs of followed contracts.
    pub fn born(log: &Log) -> Option<Address> {
        if log.topics().first() != Some(&Revenue::SharesCreated::SIGNATURE_HASH) {
            return None;
        }
        Revenue::SharesCreated::decode_log(log).ok().map(|event| event.share)
    }

    /// The signature of the event that tells a share contract's birth.
    pub fn birth_topic() -> alloy::primitives::B256 {
        Revenue::SharesCreated::SIGNATURE_HASH
    }

    /// The signatures of the events that share contracts emit.
    pub fn share_topics() -> Vec<alloy::primitives::B256> {
        use stoa_contracts::RevenueShare as Share;
        vec![
            Share::Transfer::SIGNATURE_HASH,
            Share::Approval::SIGNATURE_HASH,
            Share::PaymentTokenAdded::SIGNATURE_HASH,
            Share::Checkpointed::SIGNATURE_HASH,
            Share::RevenueClaimed::SIGNATURE_HASH,
        ]
    }

    /// What logs are decoded by. Another hash: what was kept raw may decode now.
    pub fn hash() -> String {
        keccak256(format!("{REVISION}\n{}", events_sql())).to_string()
    }

    /// Every log's row. `logs` are complete: the fetcher has checked them.
    pub fn decode<'a>(&self, logs: impl IntoIterator<Item = &'a ChainLog>) -> Batch {
        let mut batch = Batch::default();
        for log in logs {
            let position = self.position(log);
            if let Err(reason) = self.decode_log(&log.inner, &position, &mut batch) {
                batch.push(
                    &position,
                    &RawLog {
                        address: log.inner.address,
                        topics: log.inner.topics().to_vec(),
                        data: Bytes::clone(&log.inner.data.data),
                        reason,
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

    /// One log's row, or why it has none.
    pub fn decode_log(&self, log: &Log, at: &Position, batch: &mut Batch) -> Result<(), String> {
        self.decode_one(log, at, batch).map_err(|reason| reason.to_string())
    }

    fn decode_one(&self, log: &Log, at: &Position, batch: &mut Batch) -> Result<(), Undecoded> {
        let address = log.address;
        if address == self.contracts.vault {
            vault::decode(log, at, batch)
        } else if address == self.contracts.listings {
            listings::decode(log, at, batch)
        } else if address == self.contracts.market {
            market::decode(log, at, batch)
        } else if address == self.contracts.revenue {
            revenue::decode(log, at, batch)
        } else if address == self.contracts.staking {
            staking::decode(log, at, batch)
        } else if address == self.contracts.merkle_gate {
            gates::merkle(log, at, batch)
        } else if address == self.contracts.tier_gate {
            gates::tier(log, at, batch)
        } else if address == self.contracts.token_gate {
            gates::token(log, at, batch)
        } else if self.shares.contains_key(&address) {
            share::decode(log, at, batch)
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
