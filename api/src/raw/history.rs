//! `GET /v1/accounts/{address}/history`: what concerned an account, in words and amounts.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use serde_json::Value;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use super::events::in_order;
use super::search::{EventFilter, EventRow, event_search};
use super::words::{Lexicon, sentence};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Finality, LogId, Sort, Token};
use crate::params::{Choice as _, Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::routes::account::named;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/accounts/{address}/history", get(history))
}

/// The parameters of `GET /v1/accounts/{address}/history`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// Only this chain: its id or CAIP-2 form. Without it, all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// By time; `newest` without it.
    pub(crate) sort: Option<Sort>,
    /// How many entries a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and chain.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// Something that concerned an account.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "HistoryEntry")]
pub struct Entry {
    /// Public id of the event: `{chainId}-{block}-{logIndex}`.
    #[schema(value_type = String, example = "31337-812-4")]
    pub id: LogId,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// The block that holds it.
    #[schema(example = 812)]
    pub block_number: i64,
    /// That block's timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub block_time: OffsetDateTime,
    /// The transaction in which it happened.
    #[schema(value_type = String, example = "0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b")]
    pub tx_hash: Hash,
    /// The contract's name.
    #[schema(example = "Market")]
    pub contract: &'static str,
    /// The event's name, as in the contract.
    #[schema(example = "Purchased")]
    pub event: &'static str,
    /// As what the account is named in it: the names of the event's arguments.
    #[schema(example = json!(["payer", "recipient"]))]
    pub roles: Vec<&'static str>,
    /// What happened, as a sentence with amounts in whole units of their token.
    #[schema(
        example = "0x7099…79C8 bought 1 licence of plan 7 of listing 31337-3 for 20.00 DUSD (fee 0.50 DUSD)."
    )]
    pub words: String,
    /// What was moved or paid, in base units of `token`; null where the event is about no amount of one token.
    #[schema(example = "20000000", required = true)]
    pub amount: Option<String>,
    /// The token of `amount`; null without one.
    #[schema(required = true)]
    pub token: Option<Token>,
    pub finality: Finality,
}

/// The answer of `GET /v1/accounts/{address}/history`.
#[derive(Debug, Serialize, ToSchema)]
pub struct HistoryAnswer {
    pub data: Vec<Entry>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// What concerned an account, newest first unless asked otherwise. Transfers that a sale or a payment of the same
/// transaction explains are left out, and so is bookkeeping: `/v1/events?account=` has everything.
#[utoipa::path(get, path = "/v1/accounts/{address}/history", tag = "accounts", operation_id = "getHistory",
    params(("address" = String, Path, description = "The account: `0x` and 40 hexadecimal digits.",
        example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", pattern = "^0x[0-9a-fA-F]{40}$"), HistoryParams),
    responses(
        (status = 200, description = "A page of what happened.", body = HistoryAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn history(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut params = Params::parse(query.as_deref())?;
    let parsed = HistoryParams {
        chain: params.take("chain")?,
        sort: params.take("sort")?,
        limit: params.take("limit")?,
        cursor: params.take("cursor")?,
    };
    params.finish()?;
    ask(&app.pool, &HistoryQuery { account: named(path)?, params: parsed }).await?.respond(&headers)
}

/// What concerned an account.
pub(crate) struct HistoryQuery {
    pub(crate) account: Addr,
    pub(crate) params: HistoryParams,
}

impl Question for HistoryQuery {
    type Answer = Reply<Vec<Entry>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_of(self.params.chain)?;
        let sort = self.params.sort.unwrap_or(Sort::Newest);
        let Limit(limit) = self.params.limit.unwrap_or_default();
        let filter = EventFilter { account: Some(self.account), telling: true, ..EventFilter::default() };
        let binding = Binding::to(&("history", self.params.chain, self.account, sort));
        let positions = Cursor::positions(self.params.cursor.as_ref(), binding)?;
        let mut rows = Vec::new();
        for chain in &chains {
            let (at, behind) = ((*chain, snapshot.projected(*chain)), positions.get(chain).copied());
            rows.extend(event_search(snapshot.connection, at, &filter, sort, behind, limit + 1).await?);
        }
        in_order(&mut rows, sort);
        let place = |row: &EventRow| (row.chain_id, (row.block_number, row.log_index));
        let next = Cursor::cut(&mut rows, limit, binding, positions, place);
        let data = told(snapshot, &filter, rows, &chains).await?;
        Ok(Reply { data, meta: snapshot.meta(&chains), next: Some(next) })
    }
}

/// The rows in words, in their order.
async fn told(
    snapshot: &mut Snapshot<'_>,
    filter: &EventFilter,
    rows: Vec<EventRow>,
    chains: &[i64],
) -> Result<Vec<Entry>, ApiError> {
    let mut lexicons = Vec::new();
    for chain in chains {
        let own: Vec<EventRow> = rows.iter().filter(|row| row.chain_id == *chain).cloned().collect();
        lexicons.push((*chain, Lexicon::of(snapshot.connection, *chain, &own).await?));
    }
    let entries = rows.into_iter().filter_map(|row| {
        let (_, lexicon) = lexicons.iter().find(|(chain, _)| *chain == row.chain_id)?;
        Some(entry(&row, lexicon, filter, snapshot))
    });
    Ok(entries.collect())
}

fn entry(row: &EventRow, lexicon: &Lexicon, filter: &EventFilter, snapshot: &Snapshot<'_>) -> Entry {
    let EventRow { chain_id, block_number, log_index, kind, .. } = *row;
    let account = filter.account.map(|account| account.to_string()).unwrap_or_default();
    let names_it = |value: &Value| match value {
        Value::Array(items) => items.iter().any(|item| item == account.as_str()),
        value => value == account.as_str(),
    };
    let columns = filter.columns(kind);
    let roles = columns.map(|column| column.name).filter(|name| row.args.get(*name).is_some_and(names_it));
    let token = lexicon.token_of(row);
    let amount = row.args.get("amount").and_then(Value::as_str).filter(|_| token.is_some());
    Entry {
        id: LogId { chain_id, block_number, log_index },
        chain_id,
        block_number,
        block_time: row.block_time,
        tx_hash: row.tx_hash,
        contract: kind.contract.word(),
        event: &kind.name,
        roles: roles.collect(),
        words: sentence(row, lexicon),
        token: token.filter(|_| amount.is_some()),
        amount: amount.map(str::to_owned),
        finality: snapshot.chain(chain_id).map_or(Finality::Latest, |chain| chain.finality(block_number)),
    }
}
