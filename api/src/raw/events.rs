//! `GET /v1/events`: any event of the protocol, as the chain said it.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use serde_json::{Map, Value};
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::catalogue::{Contract, EventName};
use super::search::{EventFilter, EventRow, event_search};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Finality, PublicId, Sort};
use crate::params::{Choice as _, FromParam, Limit, Params, natural};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/events", get(events))
}

/// The parameters of `GET /v1/events`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Only events on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
    /// Only events of this contract: `Vault`, `Listings`, `Market`, `Revenue`, `RevenueShare`, `Staking`,
    /// `MerkleGate`, `TierGate`, `TokenGate`, or `Unknown` for logs that are kept undecoded.
    #[param(value_type = Option<String>, example = "Market")]
    contract: Option<Contract>,
    /// Only events of this name, as in the contract.
    #[param(value_type = Option<String>, example = "Purchased")]
    event: Option<EventName>,
    /// Only events that name this address among their arguments.
    #[param(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$")]
    account: Option<Addr>,
    /// Only events of this listing, and of its plans, shares and sales.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    listing: Option<PublicId>,
    /// Only events of this transaction.
    #[param(value_type = Option<String>, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b", pattern = "^0x[0-9a-fA-F]{64}$")]
    tx: Option<TxHash>,
    /// Only events of this block and later ones.
    #[param(value_type = Option<i64>, minimum = 1, example = 1)]
    from_block: Option<Block>,
    /// Only events of this block and earlier ones.
    #[param(value_type = Option<i64>, minimum = 1, example = 812)]
    to_block: Option<Block>,
    /// By time; `newest` without it.
    sort: Option<Sort>,
    /// How many events a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and filters.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A transaction as a parameter names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TxHash(pub Hash);

impl FromParam for TxHash {
    fn from_param(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 64)?;
        digits.parse().ok().map(Self)
    }

    fn allowed() -> String {
        "a transaction's hash: `0x` and 64 hexadecimal digits".to_owned()
    }
}

/// A block's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block(pub i64);

impl FromParam for Block {
    fn from_param(text: &str) -> Option<Self> {
        natural(text).map(Self)
    }

    fn allowed() -> String {
        "the number of a block: a whole number from 1".to_owned()
    }
}

/// An event of the protocol.
#[derive(Debug, Serialize, ToSchema)]
pub struct Event {
    /// Public id: `{chainId}-{block}-{logIndex}`.
    #[schema(example = "31337-812-4")]
    pub id: String,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The contract's name.
    #[schema(example = "Market")]
    pub contract: &'static str,
    /// The contract's address; null where the database does not know it.
    #[schema(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", required = true)]
    pub address: Option<Addr>,
    /// The event's name, as in the contract.
    #[schema(example = "Purchased")]
    pub event: &'static str,
    /// The block that holds it.
    #[schema(example = 812)]
    pub block_number: i64,
    /// That block's hash; null for most blocks that are long final, whose hashes are not kept.
    #[schema(value_type = Option<String>, example = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060", required = true)]
    pub block_hash: Option<Hash>,
    /// That block's timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub block_time: OffsetDateTime,
    /// The transaction that emitted it.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// Its log's index in the block.
    #[schema(example = 4)]
    pub log_index: i32,
    /// Its arguments by name, in the contract's order: numbers of more than 32 bits as decimal strings, addresses
    /// as EIP-55, other bytes as `0x` and digits.
    #[schema(value_type = Object, example = json!({"plan": "7", "amount": "1000000"}))]
    pub args: Map<String, Value>,
    pub finality: Finality,
}

/// The answer of `GET /v1/events`.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventsAnswer {
    pub data: Vec<Event>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// Events of every contract, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v1/events", tag = "raw", operation_id = "searchEvents",
    params(EventsQuery),
    responses(
        (status = 200, description = "A page of events.", body = EventsAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn events(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &EventsQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl EventsQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            contract: params.take("contract")?,
            event: params.take("event")?,
            account: params.take("account")?,
            listing: params.take("listing")?,
            tx: params.take("tx")?,
            from_block: params.take("from_block")?,
            to_block: params.take("to_block")?,
            sort: params.take("sort")?,
            limit: params.take("limit")?,
            cursor: params.take("cursor")?,
        };
        params.finish()?;
        Ok(parsed)
    }

    fn filter(&self) -> EventFilter {
        EventFilter {
            contract: self.contract,
            event: self.event.as_ref().map(|event| event.0.clone()),
            account: self.account,
            telling: false,
            listing: self.listing.map(|listing| listing.number),
            tx: self.tx.map(|tx| tx.0),
            from_block: self.from_block.map(|block| block.0),
            to_block: self.to_block.map(|block| block.0),
        }
    }
}

impl Question for EventsQuery {
    type Answer = Reply<Vec<Event>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "listing", self.listing)?;
        let (sort, filter) = (self.sort.unwrap_or(Sort::Newest), self.filter());
        let Limit(limit) = self.limit.unwrap_or_default();
        let binding = Binding::to(&("events", self.chain, self.listing, &filter, sort));
        let positions = Cursor::positions(self.cursor.as_ref(), binding)?;

        let mut rows = Vec::new();
        for chain in &chains {
            let behind = positions.get(chain).copied();
            // One more than the page: whether there is another.
            let at = (*chain, snapshot.projected(*chain));
            rows.extend(event_search(snapshot.connection, at, &filter, sort, behind, limit + 1).await?);
        }
        in_order(&mut rows, sort);
        let place = |row: &EventRow| (row.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, positions, place);
        let data = rows.into_iter().map(|row| event(row, snapshot)).collect();
        Ok(Reply { data, meta: snapshot.meta(&chains), next: Some(next) })
    }
}

/// Merges what several chains have.
pub(super) fn in_order(rows: &mut [EventRow], sort: Sort) {
    let order = |row: &EventRow| (row.block_time, row.chain_id, row.block_number, row.log_index);
    rows.sort_by(|one, other| match sort {
        Sort::Oldest => order(one).cmp(&order(other)),
        Sort::Newest => order(other).cmp(&order(one)),
    });
}

/// The event as it goes out.
pub(super) fn event(row: EventRow, snapshot: &Snapshot<'_>) -> Event {
    let EventRow { chain_id, block_number, log_index, .. } = row;
    let chain = snapshot.chain(chain_id);
    let contract = row.kind.contract.word();
    let own = |name: &str| row.args.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
    let address = match row.kind.contract {
        Contract::Unknown => own("address"),
        Contract::RevenueShare => own("share"),
        _ => chain.and_then(|chain| chain.contracts.get(contract).copied()),
    };
    Event {
        id: format!("{chain_id}-{block_number}-{log_index}"),
        chain_id,
        contract,
        address,
        event: &row.kind.name,
        block_number,
        block_hash: row.block_hash,
        block_time: row.block_time,
        tx_hash: row.tx_hash,
        log_index,
        args: row.args,
        finality: chain.map_or(Finality::Latest, |chain| chain.finality(block_number)),
    }
}
