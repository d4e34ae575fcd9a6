//! The documents that streams send.

use serde::Serialize;
use serde_json::{Map, Value};
use stoa_schema::types::{Hash, Uint};
use utoipa::ToSchema;

use crate::model::{Finality, PublicId, Token};
use crate::problem::Problem;
use crate::routes::purchases::Purchase;
use crate::routes::status::BlockRef;
use crate::routes::summary::ListingSummary;

/// Whether something happened or is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiveType {
    /// It happened.
    Message,
    /// A reorganisation took it back.
    Retract,
}

/// What a message is about, and so what its `data` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiveAbout {
    Block,
    Purchase,
    Listing,
    Event,
    Stats,
}

/// What happened, or was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveMessage {
    #[serde(rename = "type")]
    pub kind: LiveType,
    /// Where to go on from: pass it as `after`. SSE sends it as `id` as well, for all chains of the stream.
    #[schema(example = "latest:31337-812-4")]
    pub cursor: String,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// Number of the block's row in the chain's outbox: without gaps, in the order of commits.
    #[schema(example = 812)]
    pub seq: i64,
    /// Place inside of the row.
    #[schema(example = 4)]
    pub index: i32,
    /// The block that it stands in, or stood in.
    pub block: BlockRef,
    /// How sure it was that the block stays, when this was written; never less than the stream's level.
    pub finality: Finality,
    /// All topics that it is told on. A subscriber of several of them is told once.
    #[schema(example = json!(["purchases", "listing:31337-1"]))]
    pub topics: Vec<String>,
    pub about: LiveAbout,
    /// For `retract`: the cursor of the message that is void, if it is still kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "latest:31337-810-4")]
    pub retracts: Option<String>,
    #[schema(value_type = LiveData)]
    pub data: Value,
}

/// What `data` is, by `about`; of a `retract`, always the last.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum LiveData {
    Block(BlockRef),
    Purchase(Box<Purchase>),
    Listing(Box<ListingSummary>),
    Event(LiveEvent),
    Stats(BlockStats),
    Retracted(LiveRetracted),
}

/// An event of a contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiveEvent {
    /// `{chainId}-{block}-{logIndex}`.
    #[schema(example = "31337-812-4")]
    pub id: String,
    /// The event's table in schema `archive`.
    #[schema(example = "vault_transfer")]
    pub event: &'static str,
    /// The transaction that emitted it.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// Its columns. Amounts are decimal strings in base units.
    #[schema(value_type = std::collections::BTreeMap<String, Value>,
        example = json!({"sender": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "amount": "1000000"}))]
    pub fields: Map<String, Value>,
    /// The token that its column `token` names; null where there is none.
    #[schema(required = true)]
    pub token: Option<Token>,
}

/// What a block's sales come to. Counts and sums of this block alone: add them up, and subtract what is retracted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BlockStats {
    /// Sales in the block.
    #[schema(example = 3)]
    pub purchases: i64,
    /// Listings created in it.
    #[schema(example = 1)]
    pub listings: i64,
    /// What was paid, by token.
    pub tokens: Vec<TokenStats>,
}

/// What a block's sales in one token come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenStats {
    pub token: Token,
    /// Sales in this token.
    #[schema(example = 2)]
    pub sales: i64,
    /// What was paid, in base units: fees and net.
    #[schema(value_type = String, example = "2000000")]
    pub amount: Uint,
    /// Protocol fees in it.
    #[schema(value_type = String, example = "50000")]
    pub fee: Uint,
}

/// What is void.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LiveRetracted {
    /// Of a purchase or an event its `{chainId}-{block}-{logIndex}`, of a listing `{chainId}-{n}`; null for the others.
    #[schema(example = "31337-812-4", required = true)]
    pub id: Option<String>,
    /// The event that was taken back; null for a block and its stats.
    #[schema(example = "market_purchased", required = true)]
    pub event: Option<&'static str>,
}

/// What a stream says of itself: `open` first, `heartbeat` when nothing was sent for a while, `subscribed` after each
/// change of topics, `gap` when blocks came without messages, `error` on a request that is not understood, `close` last.
#[derive(Debug, Serialize, ToSchema)]
pub struct LiveNotice {
    /// `open`, `heartbeat`, `subscribed`, `gap`, `error` or `close`.
    #[serde(rename = "type")]
    #[schema(example = "close")]
    pub kind: &'static str,
    /// Where to go on from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "latest:31337-812")]
    pub cursor: Option<String>,
    /// `open` and `subscribed`: the topics of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = json!(["purchases"]))]
    pub topics: Option<Vec<String>>,
    /// `close`: `slow`, `shutdown`, `expired` or `reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "slow")]
    pub reason: Option<&'static str>,
    /// `gap`: the blocks that nothing was told of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Skipped>,
    /// What it means and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "The connection did not keep up. Connect again with this cursor.")]
    pub detail: Option<String>,
    /// `error`: what was wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Blocks that came without messages.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Skipped {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The first of them.
    #[schema(example = 813)]
    pub from: i64,
    /// The last of them.
    #[schema(example = 20_813)]
    pub to: i64,
}

impl LiveNotice {
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, cursor: None, topics: None, reason: None, skipped: None, detail: None, problem: None }
    }

    /// As it is sent.
    pub(super) fn text(&self) -> String {
        // Strings alone always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The public id of an event.
pub(super) fn event_id(chain_id: i64, block: i64, log_index: i32) -> String {
    format!("{chain_id}-{block}-{log_index}")
}

/// The public id of a listing.
pub(super) fn listing_id(chain_id: i64, number: i64) -> PublicId {
    PublicId { chain_id, number }
}
