//! What every answer says of the chains that it is about.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use stoa_schema::types::Hash;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::db::chain::Chain;
use crate::model::Finality;

/// The headers that repeat [`Meta`] when one chain is concerned.
pub const BLOCK: HeaderName = HeaderName::from_static("stoa-block");
pub const BLOCK_HASH: HeaderName = HeaderName::from_static("stoa-block-hash");
pub const FINALIZED_BLOCK: HeaderName = HeaderName::from_static("stoa-finalized-block");

/// Up to which block the data holds, read in the same snapshot as the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Meta {
    /// The chains that the answer is about, by id.
    pub chains: Vec<ChainMeta>,
}

/// How far a chain was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct ChainMeta {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The block after which the data stands.
    #[schema(example = 812)]
    pub block_number: i64,
    /// Its hash.
    #[schema(value_type = String, example = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060")]
    pub block_hash: Hash,
    /// Its timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub block_time: OffsetDateTime,
    /// Blocks up to here are final; 0 while no node has told.
    #[schema(example = 748)]
    pub finalized_block: i64,
    /// The newest block that a node told of; null while none has.
    #[schema(example = 812, required = true)]
    pub head_block: Option<i64>,
    /// Blocks between the data and the head; null while the head is not known.
    #[schema(example = 0, required = true)]
    pub lag_blocks: Option<i64>,
    /// Seconds that the data is behind: the head's timestamp less the data's, and the time since the head was
    /// heard of; null while the head is not known.
    #[schema(example = 1, required = true)]
    pub lag_seconds: Option<i64>,
}

impl ChainMeta {
    pub(crate) fn of(chain: &Chain) -> Self {
        Self {
            chain_id: chain.chain_id,
            block_number: chain.projected.number,
            block_hash: chain.projected.hash,
            block_time: chain.projected.time,
            finalized_block: chain.finalized(),
            head_block: chain.head.map(|head| head.number),
            lag_blocks: chain.lag_blocks(),
            lag_seconds: chain.lag_seconds(),
        }
    }
}

impl Meta {
    pub(crate) fn of<'a>(chains: impl Iterator<Item = &'a Chain>) -> Self {
        Self { chains: chains.map(ChainMeta::of).collect() }
    }

    /// The headers; none when several chains are concerned.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let [chain] = self.chains.as_slice() {
            headers.insert(BLOCK, HeaderValue::from(chain.block_number));
            headers.insert(FINALIZED_BLOCK, HeaderValue::from(chain.finalized_block));
            if let Ok(hash) = HeaderValue::from_str(&chain.block_hash.to_string()) {
                headers.insert(BLOCK_HASH, hash);
            }
        }
        headers
    }
}

impl Chain {
    pub(crate) fn finalized(&self) -> i64 {
        self.head.map_or(0, |head| head.finalized)
    }

    pub(crate) fn lag_blocks(&self) -> Option<i64> {
        self.head.map(|head| (head.number - self.projected.number).max(0))
    }

    pub(crate) fn lag_seconds(&self) -> Option<i64> {
        let seconds = |from: OffsetDateTime, to: OffsetDateTime| (to - from).whole_seconds().max(0);
        self.head.map(|head| seconds(self.projected.time, head.time) + seconds(head.observed_at, self.now))
    }

    /// The time by which what depends on time is judged: the head's, or the data's while no later head is known.
    pub(crate) fn head_time(&self) -> OffsetDateTime {
        self.head.map_or(self.projected.time, |head| head.time.max(self.projected.time))
    }

    /// How sure it is that a block stays.
    pub(crate) fn finality(&self, block: i64) -> Finality {
        match self.head {
            Some(head) if block <= head.finalized => Finality::Finalized,
            Some(head) if block <= head.safe => Finality::Safe,
            _ => Finality::Latest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::chain::Head;
    use std::collections::BTreeMap;
    use stoa_schema::archive::BlockRef;
    use time::Duration;

    fn chain(projected: i64, head: Option<i64>) -> Chain {
        let start = OffsetDateTime::UNIX_EPOCH;
        let at = |block| start + Duration::seconds(block);
        Chain {
            chain_id: 1,
            contracts: BTreeMap::new(),
            first_block: 1,
            projected: BlockRef { number: projected, hash: Hash::default(), time: at(projected) },
            head: head.map(|number| Head {
                number,
                time: at(number),
                safe: 20,
                finalized: 10,
                observed_at: at(number),
            }),
            now: at(100),
            archive_version: 0,
        }
    }

    #[test]
    fn lag_counts_what_is_missing_and_how_old_the_news_is() {
        let meta = ChainMeta::of(&chain(40, Some(90)));
        assert_eq!((meta.lag_blocks, meta.lag_seconds), (Some(50), Some(50 + 10)));
        let ahead = ChainMeta::of(&chain(95, Some(90)));
        assert_eq!((ahead.lag_blocks, ahead.lag_seconds), (Some(0), Some(10)), "never negative");
        let unheard = ChainMeta::of(&chain(40, None));
        assert_eq!((unheard.head_block, unheard.lag_blocks, unheard.lag_seconds), (None, None, None));
    }

    #[test]
    fn time_is_the_heads_and_never_runs_behind_the_data() {
        let seconds = |chain: &Chain| chain.head_time().unix_timestamp();
        assert_eq!(seconds(&chain(40, Some(90))), 90);
        assert_eq!(seconds(&chain(95, Some(90))), 95);
        assert_eq!(seconds(&chain(40, None)), 40);
    }

    #[test]
    fn finality_follows_the_node() {
        let levels = |chain: &Chain| [10, 11, 20, 21].map(|block| chain.finality(block));
        use Finality::{Finalized, Latest, Safe};
        assert_eq!(levels(&chain(40, Some(90))), [Finalized, Safe, Safe, Latest]);
        assert_eq!(levels(&chain(40, None)), [Latest; 4]);
    }

    #[test]
    fn headers_speak_of_one_chain_only() {
        let one = Meta::of([chain(40, Some(90))].iter());
        assert_eq!(one.headers()[BLOCK], "40");
        assert_eq!(one.headers()[FINALIZED_BLOCK], "10");
        let two = Meta::of([chain(40, None), chain(41, None)].iter());
        assert!(two.headers().is_empty());
    }
}
