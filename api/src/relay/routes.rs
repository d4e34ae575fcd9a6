//! `POST /v1/orders`, `GET /v1/orders/{id}` and `GET /v1/relay`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Extension, Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::Relay;
use super::order::SignedOrder;
use super::row::{self, OrderRow, order_get, transaction_of};
use super::submit::Taken;
use crate::access::Caller;
use crate::access::routes::{answer, body};
use crate::app::App;
use crate::error::ApiError;
use crate::params::Params;
use crate::problem::Problem;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/orders", post(submit)).route("/orders/{id}", get(order)).route("/relay", get(relay))
}

/// An order that was taken, and how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelayedOrder {
    /// Its id here.
    #[schema(example = "4fRk2Z0mXq7LbT9sVw1cYp")]
    pub id: String,
    /// The chain.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// `pay` or `spend`.
    #[schema(example = "pay")]
    pub kind: String,
    /// Who signed it.
    #[schema(value_type = String, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    pub signer: Addr,
    /// Who sends it.
    #[schema(value_type = String, example = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")]
    pub relayer: Addr,
    /// How far it is.
    pub state: row::State,
    /// Why it failed, was dropped or is about to be; null otherwise.
    #[schema(
        example = "It reverted in its block: the chain had changed since it was tried.",
        required = true
    )]
    pub reason: Option<String>,
    /// The transaction that is in a block; null while none is.
    #[schema(value_type = Option<String>, example = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060", required = true)]
    pub tx_hash: Option<Hash>,
    /// That block.
    #[schema(example = 812, required = true)]
    pub block_number: Option<i64>,
    /// Every transaction that was signed for it, the newest first. The chain takes one of them.
    #[schema(value_type = Vec<String>, example = json!(["0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b"]))]
    pub transactions: Vec<Hash>,
    /// What it has cost in gas, in wei; null while it is in no block.
    #[schema(value_type = Option<String>, example = "141000000000000", required = true)]
    pub paid: Option<Uint>,
    /// When it was taken (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub created_at: OffsetDateTime,
    /// When something last changed (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:02Z")]
    pub updated_at: OffsetDateTime,
}

/// The answer of `POST /v1/orders` and `GET /v1/orders/{id}`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelayedOrderAnswer {
    pub data: RelayedOrder,
}

/// Where this server sends orders.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelayChain {
    /// The chain.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// Who sends: an order may name this account, or anyone.
    #[schema(value_type = String, example = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")]
    pub relayer: Addr,
    /// Whether orders are taken without a key or a session.
    pub anyone: bool,
    /// What of today's budget for gas is left, in wei.
    #[schema(value_type = String, example = "48000000000000000")]
    pub left: Uint,
}

/// The chains on which this server sends orders; none where it does not relay.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelayStatus {
    /// The chains, by id.
    pub chains: Vec<RelayChain>,
}

/// The answer of `GET /v1/relay`.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelayAnswer {
    pub data: RelayStatus,
}

/// Takes a signed order and sends it to the chain. The operator pays for the gas; the signer pays what it signed for.
///
/// The order is tried first, and one that would revert is refused with the contract's reason. One that was taken before is
/// not sent twice: it is answered as it stands.
#[utoipa::path(post, path = "/v1/orders", tag = "purchases", operation_id = "submitOrder",
    params(("Idempotency-Key" = String, Header, description = "1 to 255 visible characters. Requests with the same key and body are one; for 24 hours.")),
    request_body = SignedOrder,
    responses(
        (status = 200, description = "The order was taken before; how far it is.", body = RelayedOrderAnswer),
        (status = 202, description = "The order is taken.", body = RelayedOrderAnswer),
        (status = 400, description = "The body, a header or a parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Whoever asks may not.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "This server does not relay.", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The same request still runs.", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "The order would revert, has expired or is not signed by its signer; or the `Idempotency-Key` came with another request.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The day's budget for gas is used up, or the node or the server is busy.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn submit(
    State(app): State<App>,
    Extension(caller): Extension<Arc<Caller>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    sent: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let relay = app.relay.as_ref().ok_or_else(off)?;
    if !headers.contains_key("idempotency-key") {
        return Err(ApiError::missing("Idempotency-Key", "a header of 1 to 255 visible ASCII characters"));
    }
    let signed: SignedOrder = body(sent)?;
    relay.node(signed.chain_id)?;
    let contracts = ask(&app.pool, &Contracts(signed.chain_id)).await?;
    let order = signed.check(&contracts, relay.address())?;
    let Taken { order, new } = Box::pin(relay.submit(&order, caller.principal.account())).await?;
    answer(if new { StatusCode::ACCEPTED } else { StatusCode::OK }, &shown(relay, order).await?)
}

/// How far an order is. Whoever knows its id may ask.
#[utoipa::path(get, path = "/v1/orders/{id}", tag = "purchases", operation_id = "getOrder",
    params(("id" = String, Path, description = "The order's id.", example = "4fRk2Z0mXq7LbT9sVw1cYp")),
    responses(
        (status = 200, description = "The order.", body = RelayedOrderAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Whoever asks is not known.", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "The key lacks the scope `relay`.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such order.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn order(
    State(app): State<App>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let relay = app.relay.as_ref().ok_or_else(off)?;
    let shown_id: String = id.chars().take(40).collect();
    let row = match id.is_ascii() && !id.contains('\0') {
        true => order_get(&relay.pool, &id).await?,
        false => None,
    };
    let row = row.ok_or_else(|| ApiError::NotFound(format!("There is no order `{shown_id}`.")))?;
    answer(StatusCode::OK, &shown(relay, row).await?)
}

/// Where orders are relayed, by whom, and what is left of the day's budget.
#[utoipa::path(get, path = "/v1/relay", tag = "purchases", operation_id = "getRelay",
    responses(
        (status = 200, description = "The chains; none where this server does not relay.", body = RelayAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "The quota is used up.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn relay(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    let mut chains = Vec::new();
    if let Some(relay) = &app.relay {
        for chain_id in relay.nodes.keys().copied() {
            let left = Uint(relay.left(chain_id).await?);
            chains.push(RelayChain { chain_id, relayer: Addr(relay.address()), anyone: relay.anyone, left });
        }
    }
    answer(StatusCode::OK, &RelayStatus { chains })
}

async fn shown(relay: &Relay, row: OrderRow) -> Result<RelayedOrder, ApiError> {
    let attempts = transaction_of(&relay.pool, &row.id).await?;
    Ok(RelayedOrder {
        id: row.id,
        chain_id: row.chain_id,
        kind: row.kind,
        signer: row.signer,
        relayer: row.relayer,
        state: row.state,
        reason: row.reason,
        tx_hash: row.tx_hash,
        block_number: row.block_number,
        transactions: attempts.into_iter().map(|attempt| attempt.hash).collect(),
        paid: row.paid,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn off() -> ApiError {
    ApiError::NotFound(
        "This server does not relay: its operator names a node and a key for it (STOA_RELAY_RPC, STOA_RELAY_KEY)."
            .to_owned(),
    )
}

/// Where the contracts of a chain are.
struct Contracts(i64);

impl Question for Contracts {
    type Answer = BTreeMap<String, Addr>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chain = snapshot.chains.iter().find(|chain| chain.chain_id == self.0);
        let contracts = chain.map(|chain| chain.contracts.clone());
        contracts.ok_or_else(|| ApiError::NotReady(format!("Chain {} was not indexed yet.", self.0)))
    }
}
