//! `GET /v1/status`: the chains that are served, and how far each was read.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::app::App;
use crate::db::chain::Chain;
use crate::db::protocol::{ProtocolRow, protocol_of};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::moment_of;
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

pub(crate) fn router() -> Router<App> {
    Router::new().route("/status", get(status))
}

/// The server, and the chains that it serves.
#[derive(Debug, Serialize, ToSchema)]
pub struct Status {
    /// Version of the server.
    #[schema(example = "0.1.0")]
    pub version: &'static str,
    /// The chains, by id.
    pub chains: Vec<ChainStatus>,
}

/// A chain and its deployment.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct ChainStatus {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// Name of the chain.
    #[schema(example = "Local chain")]
    pub name: String,
    /// Addresses of the contracts that are followed, by name.
    #[schema(value_type = BTreeMap<String, String>,
        example = json!({"Vault": "0x5FbDB2315678afecb367f032d93F642f64180aa3"}))]
    pub contracts: BTreeMap<String, Addr>,
    /// Where the deployment begins: nothing of it stands in an earlier block.
    #[schema(example = 3)]
    pub deployment_block: i64,
    /// The block after which the data stands.
    pub indexed: BlockRef,
    /// The newest block that a node told of; null while none has.
    #[schema(required = true)]
    pub head: Option<HeadRef>,
    /// Blocks up to here are final; 0 while no node has told.
    #[schema(example = 748)]
    pub finalized_block: i64,
    /// Blocks between the data and the head; null while the head is not known.
    #[schema(example = 0, required = true)]
    pub lag_blocks: Option<i64>,
    /// Seconds that the data is behind, as in `meta`; null while the head is not known.
    #[schema(example = 1, required = true)]
    pub lag_seconds: Option<i64>,
    /// What governs the deployment; null while the contracts have told nothing.
    #[schema(required = true)]
    pub protocol: Option<Protocol>,
}

/// What governs a deployment, and who may change it.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Protocol {
    /// Protocol fee of a sale, in 1/10,000.
    #[schema(example = 250)]
    pub fee_bps: i32,
    /// Who gets it.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub fee_recipient: Addr,
    /// Who may pause new sales; null for nobody.
    #[schema(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", required = true)]
    pub guardian: Option<Addr>,
    /// Whether it may still do so, which it may once until the owner lets it again.
    pub guardian_armed: bool,
    /// Until when new sales are paused (RFC 3339, UTC); null where they are not by the head's time.
    #[serde(with = "time::serde::rfc3339::option")]
    #[schema(value_type = Option<String>, format = DateTime, example = "2026-11-29T15:00:00Z", required = true)]
    pub paused_until: Option<OffsetDateTime>,
    /// Who sets fee and guardian.
    pub revenue: Ownership,
    /// Who sets tiers and lists the tokens that stakers share.
    pub staking: Ownership,
}

/// Who owns a contract.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Ownership {
    /// The owner: at birth the timelock.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub owner: Addr,
    /// Who may become it by accepting; null where it was offered to nobody.
    #[schema(value_type = Option<String>, example = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", required = true)]
    pub offered_to: Option<Addr>,
}

/// A block.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct BlockRef {
    /// Its number.
    #[schema(example = 812)]
    pub number: i64,
    /// Its hash.
    #[schema(value_type = String, example = "0x5c504ed432cb51138bcf09aa5e8a410dd4a1e204ef84bfed1be16dfba1b22060")]
    pub hash: Hash,
    /// Its timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub time: OffsetDateTime,
}

/// A chain's newest block.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct HeadRef {
    /// Its number.
    #[schema(example = 812)]
    pub number: i64,
    /// Its timestamp (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub time: OffsetDateTime,
}

/// The answer of `GET /v1/status`.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusAnswer {
    pub data: Status,
    pub meta: Meta,
}

/// The chains that are served, their contracts, and how far each was read.
#[utoipa::path(get, path = "/v1/status", tag = "status", operation_id = "getStatus",
    responses(
        (status = 200, description = "How far each chain was read.", body = StatusAnswer),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn status(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    ask(&app.pool, &StatusQuery).await?.respond(&headers)
}

pub(crate) struct StatusQuery;

impl Question for StatusQuery {
    type Answer = Reply<Status>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let served = snapshot.chains_of(None)?;
        let rows = protocol_of(snapshot.connection, &served).await?;
        let mut protocols: BTreeMap<i64, _> = rows.into_iter().map(|row| (row.chain_id, row)).collect();
        let of = |chain: &Chain| ChainStatus::of(chain, protocols.remove(&chain.chain_id));
        let chains = snapshot.chains.iter().map(of).collect();
        let data = Status { version: env!("CARGO_PKG_VERSION"), chains };
        Ok(Reply { data, meta: snapshot.meta(&served), next: None })
    }
}

impl ChainStatus {
    fn of(chain: &Chain, protocol: Option<ProtocolRow>) -> Self {
        let block = chain.projected;
        Self {
            chain_id: chain.chain_id,
            name: name(chain.chain_id),
            contracts: chain.contracts.clone(),
            deployment_block: chain.first_block,
            indexed: BlockRef { number: block.number, hash: block.hash, time: block.time },
            head: chain.head.map(|head| HeadRef { number: head.number, time: head.time }),
            finalized_block: chain.finalized(),
            lag_blocks: chain.lag_blocks(),
            lag_seconds: chain.lag_seconds(),
            protocol: protocol.map(|row| Protocol::of(row, chain.head_time().unix_timestamp())),
        }
    }
}

impl Protocol {
    fn of(row: ProtocolRow, now: i64) -> Self {
        let somebody = |account: Addr| (account != Addr::default()).then_some(account);
        let ownership = |owner, offered| Ownership { owner, offered_to: somebody(offered) };
        Self {
            fee_bps: row.fee_bps,
            fee_recipient: row.fee_recipient,
            guardian: somebody(row.guardian),
            guardian_armed: row.guardian_armed,
            paused_until: moment_of(row.paused_until).filter(|_| row.paused_until > now),
            revenue: ownership(row.revenue_owner, row.revenue_offered),
            staking: ownership(row.staking_owner, row.staking_offered),
        }
    }
}

/// What people call a chain.
fn name(chain_id: i64) -> String {
    let known = match chain_id {
        1 => "Ethereum",
        10 => "OP Mainnet",
        100 => "Gnosis",
        137 => "Polygon PoS",
        8_453 => "Base",
        42_161 => "Arbitrum One",
        31_337 => "Local chain",
        84_532 => "Base Sepolia",
        421_614 => "Arbitrum Sepolia",
        11_155_111 => "Sepolia",
        11_155_420 => "OP Sepolia",
        other => return format!("Chain {other}"),
    };
    known.to_owned()
}
