//! One page of events: one statement per chain over the tables that can match.
//!
//! Table and column names come from the declarations alone, values are bound.

use serde_json::{Map, Value};
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;

use super::args;
use super::catalogue::{Contract, Kind, kind, kinds};
use crate::cursor::Position;
use crate::error::ApiError;
use crate::model::Sort;

/// What a search may ask for, on one chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EventFilter {
    pub(crate) contract: Option<Contract>,
    pub(crate) event: Option<String>,
    /// Any address among the arguments.
    pub(crate) account: Option<Addr>,
    /// The listing itself, or one that a plan, share or sale among the arguments belongs to.
    pub(crate) listing: Option<i64>,
    pub(crate) tx: Option<Hash>,
    pub(crate) from_block: Option<i64>,
    pub(crate) to_block: Option<i64>,
}

/// An event as it stands in its table.
#[derive(Clone, Debug)]
pub(crate) struct EventRow {
    pub(crate) chain_id: i64,
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    /// Of the block; the archive keeps it for blocks near the head only.
    pub(crate) block_hash: Option<Hash>,
    pub(crate) kind: &'static Kind,
    pub(crate) args: Map<String, Value>,
}

#[derive(sqlx::FromRow)]
struct Found {
    block_number: i64,
    log_index: i32,
    block_time: OffsetDateTime,
    tx_hash: Hash,
    block_hash: Option<Hash>,
    event: String,
    args: Json<Map<String, Value>>,
}

/// The next rows of a chain, behind the position where one is given.
pub(crate) async fn event_search(
    connection: &mut PgConnection,
    chain_id: i64,
    filter: &EventFilter,
    sort: Sort,
    behind: Option<Position>,
    limit: i64,
) -> Result<Vec<EventRow>, ApiError> {
    let matching: Vec<&Kind> = kinds().iter().filter(|kind| filter.concerns(kind)).collect();
    if matching.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT e.block_number, e.log_index, e.block_time, e.tx_hash, h.hash AS block_hash, e.event, e.args FROM (",
    );
    for (n, kind) in matching.into_iter().enumerate() {
        sql.push(if n == 0 { "(" } else { " UNION ALL (" });
        branch(&mut sql, kind, chain_id, filter, sort, behind);
        sql.push(" ORDER BY e.block_number").push(sort.direction());
        sql.push(", e.log_index").push(sort.direction());
        sql.push(" LIMIT ").push_bind(limit).push(")");
    }
    sql.push(") e LEFT JOIN archive.header h ON h.chain_id = ").push_bind(chain_id);
    sql.push(" AND h.block_number = e.block_number ORDER BY e.block_number").push(sort.direction());
    sql.push(", e.log_index").push(sort.direction()).push(" LIMIT ").push_bind(limit);
    let found: Vec<Found> = sql.build_query_as().fetch_all(connection).await?;
    found.into_iter().map(|row| read(chain_id, row)).collect()
}

impl EventFilter {
    /// Whether the table can hold what is asked for.
    fn concerns(&self, kind: &Kind) -> bool {
        let contract = self.contract.is_none_or(|contract| contract == kind.contract);
        let event = self.event.as_ref().is_none_or(|event| *event == kind.name);
        let account = self.account.is_none() || kind.table.columns.iter().any(|column| is_bytes(column.sql));
        let listing = self.listing.is_none() || LINKS.iter().any(|link| kind.column(link.column).is_some());
        contract && event && account && listing
    }
}

fn is_bytes(sql: &str) -> bool {
    matches!(sql, "bytea" | "bytea[]")
}

/// A column by which an event belongs to a listing: the condition is what stands before and behind the listing.
struct Link {
    column: &'static str,
    before: &'static str,
    behind: &'static str,
}

const LINKS: &[Link] = &[
    Link { column: "listing", before: "e.listing = ", behind: "" },
    Link { column: "parents", before: "", behind: " = ANY(e.parents)" },
    Link {
        column: "plan",
        before: "e.plan IN (SELECT plan FROM market.plan p WHERE p.chain_id = e.chain_id AND p.listing = ",
        behind: ")",
    },
    Link {
        column: "plans",
        before: "e.plans && (SELECT array_agg(plan) FROM market.plan p \
                 WHERE p.chain_id = e.chain_id AND p.listing = ",
        behind: ")",
    },
    Link {
        column: "share",
        before: "e.share IN (SELECT share FROM market.share s WHERE s.chain_id = e.chain_id AND s.listing = ",
        behind: ")",
    },
    Link {
        column: "sale",
        before: "e.sale IN (SELECT sale FROM market.share_sale s WHERE s.chain_id = e.chain_id AND s.listing = ",
        behind: ")",
    },
];

/// The rows of one table.
fn branch(
    sql: &mut QueryBuilder<Postgres>,
    kind: &Kind,
    chain_id: i64,
    filter: &EventFilter,
    sort: Sort,
    behind: Option<Position>,
) {
    sql.push("SELECT e.block_number, e.log_index, e.block_time, e.tx_hash, '").push(kind.table.name);
    sql.push("'::text AS event, ");
    args::push_object(sql, kind);
    sql.push(" AS args FROM archive.").push(kind.table.name).push(" e WHERE e.chain_id = ");
    sql.push_bind(chain_id);
    if let Some((block, log)) = behind {
        sql.push(" AND (e.block_number, e.log_index)").push(sort.behind());
        sql.push("(").push_bind(block).push(", ").push_bind(log).push(")");
    }
    if let Some(block) = filter.from_block {
        sql.push(" AND e.block_number >= ").push_bind(block);
    }
    if let Some(block) = filter.to_block {
        sql.push(" AND e.block_number <= ").push_bind(block);
    }
    if let Some(tx) = filter.tx {
        sql.push(" AND e.tx_hash = ").push_bind(tx);
    }
    if let Some(account) = filter.account {
        let columns = kind.table.columns.iter().filter(|column| is_bytes(column.sql));
        let mut first = true;
        for column in columns {
            sql.push(if first { " AND (" } else { " OR " }).push_bind(account);
            first = false;
            match column.sql {
                "bytea" => sql.push(" = e.").push(column.name),
                _ => sql.push(" = ANY(e.").push(column.name).push(")"),
            };
        }
        sql.push(")");
    }
    if let Some(listing) = filter.listing {
        let links = LINKS.iter().filter(|link| kind.column(link.column).is_some());
        let mut first = true;
        for link in links {
            sql.push(if first { " AND (" } else { " OR " });
            first = false;
            sql.push(link.before).push_bind(listing).push(link.behind);
        }
        sql.push(")");
    }
}

fn read(chain_id: i64, row: Found) -> Result<EventRow, ApiError> {
    let kind = kind(&row.event)
        .ok_or_else(|| ApiError::Internal(format!("no event is kept in a table `{}`", row.event)))?;
    Ok(EventRow {
        chain_id,
        block_number: row.block_number,
        log_index: row.log_index,
        block_time: row.block_time,
        tx_hash: row.tx_hash,
        block_hash: row.block_hash,
        kind,
        args: args::read(kind, row.args.0),
    })
}
