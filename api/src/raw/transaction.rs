//! `GET /v1/transactions/{hash}`: what a transaction did, in words and amounts, and its events beside.

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Hash;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::events::{Event, TxHash, event};
use super::search::{EventFilter, EventRow, event_search};
use super::words::{Lexicon, is_mechanical, sentence};
use crate::app::App;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Finality, Sort};
use crate::params::{FromParam as _, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// No transaction's gas pays for as many events of ours.
const MOST: i64 = 10_000;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/transactions/{hash}", get(transaction))
}

/// The parameters of `GET /v1/transactions/{hash}`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TransactionQuery {
    /// The chain to look on: its id or CAIP-2 form. Without it, all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    chain: Option<ChainId>,
}

/// A transaction in which the protocol had a part.
#[derive(Debug, Serialize, ToSchema)]
pub struct Transaction {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// Its hash.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
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
    pub finality: Finality,
    /// What happened, a sentence each, in the order in which it did. What other sentences say already, such as the
    /// transfers of a sale, is left out. Names of tokens and units are what their makers call them.
    #[schema(example = json!(["0x7099…79C8 bought 2 periods of plan 7 of listing 31337-3 for 20.00 DUSD (fee 0.50 DUSD)."]))]
    pub explanation: Vec<String>,
    /// Every event, in order.
    pub events: Vec<TransactionEvent>,
}

/// An event, with what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionEvent {
    #[serde(flatten)]
    pub event: Event,
    /// What the event says, as a sentence.
    #[schema(example = "20.00 DUSD went from 0x7099…79C8 to 0xf39F…2266.")]
    pub words: String,
}

/// The answer of `GET /v1/transactions/{hash}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct TransactionAnswer {
    pub data: Transaction,
    pub meta: Meta,
}

/// One transaction, explained.
#[utoipa::path(get, path = "/v1/transactions/{hash}", tag = "raw", operation_id = "getTransaction",
    params(
        ("hash" = String, Path, description = "The transaction's hash.", pattern = "^0x[0-9a-fA-F]{64}$", example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b"),
        TransactionQuery,
    ),
    responses(
        (status = 200, description = "What the transaction did.", body = TransactionAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No event of the protocol is in such a transaction.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn transaction(
    State(app): State<App>,
    hash: Result<Path<String>, axum::extract::rejection::PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let query = TransactionQuery { chain: params.take("chain")? };
    params.finish()?;
    let text = hash.map(|Path(text)| text).unwrap_or_default();
    let hash = TxHash::from_param(&text).ok_or_else(|| ApiError::bad("hash", &text, TxHash::allowed()))?;
    ask(&app.pool, &Wanted { hash: hash.0, chain: query.chain }).await?.respond(&headers)
}

#[derive(Debug)]
struct Wanted {
    hash: Hash,
    chain: Option<ChainId>,
}

impl Question for Wanted {
    type Answer = Reply<Transaction>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let filter = EventFilter { tx: Some(self.hash), ..EventFilter::default() };
        for chain in snapshot.chains_of(self.chain)? {
            let at = (chain, snapshot.projected(chain));
            let rows = event_search(snapshot.connection, at, &filter, Sort::Oldest, None, MOST).await?;
            if let Some(first) = rows.first() {
                let (number, hash, time) = (first.block_number, first.block_hash, first.block_time);
                let lexicon = Lexicon::of(snapshot.connection, chain, &rows).await?;
                let explanation = explanation(&rows, &lexicon);
                let told = rows.into_iter().map(|row| {
                    let words = sentence(&row, &lexicon);
                    TransactionEvent { event: event(row, snapshot), words }
                });
                let data = Transaction {
                    chain_id: chain,
                    tx_hash: self.hash,
                    block_number: number,
                    block_hash: hash,
                    block_time: time,
                    finality: snapshot.chain(chain).map_or(Finality::Latest, |at| at.finality(number)),
                    explanation,
                    events: told.collect(),
                };
                return Ok(Reply { data, meta: snapshot.meta(&[chain]), next: None });
            }
        }
        Err(ApiError::NotFound(format!(
            "No event of the protocol is known from a transaction {}. The block that holds it may not be read yet; \
             `/v1/status` says how far the chains are.",
            self.hash
        )))
    }
}

fn explanation(rows: &[EventRow], lexicon: &Lexicon) -> Vec<String> {
    let telling = |row: &&EventRow| !is_mechanical(row.kind.table.name);
    let all = !rows.iter().any(|row| telling(&row));
    rows.iter().filter(|row| all || telling(row)).map(|row| sentence(row, lexicon)).collect()
}
