//! One page of events: one statement per chain over the tables that can match.
//!
//! Table and column names come from the declarations alone, values are bound.

use serde_json::{Map, Value};
use sqlx::types::Json;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::event::Column;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;

use super::args;
use super::catalogue::{Contract, Kind, kind, kinds};
use super::words::{TELLING, is_mechanical, is_silent};
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
    /// Only where the account is who acted or whom it concerned, and only what no other event of the transaction says.
    pub(crate) telling: bool,
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

/// The next rows of a chain up to a block, behind the position where one is given.
pub(crate) async fn event_search(
    connection: &mut PgConnection,
    (chain_id, until): (i64, i64),
    filter: &EventFilter,
    sort: Sort,
    behind: Option<Position>,
    limit: i64,
) -> Result<Vec<EventRow>, ApiError> {
    let matching: Vec<&Kind> = kinds().iter().filter(|kind| filter.concerns(kind)).collect();
    if matching.is_empty() {
        return Ok(Vec::new());
    }
    let parts = match filter.listing {
        Some(listing) => Parts::of(connection, chain_id, listing).await?,
        None => Parts::default(),
    };
    let page = Page { chain_id, until: filter.to_block.unwrap_or(until).min(until), sort, behind, limit };
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT e.block_number, e.log_index, e.block_time, e.tx_hash, h.hash AS block_hash, e.event, e.args FROM (",
    );
    for (n, kind) in matching.into_iter().enumerate() {
        sql.push(if n == 0 { "(" } else { " UNION ALL (" });
        branch(&mut sql, kind, filter, &parts, &page);
        sql.push(")");
    }
    sql.push(") e LEFT JOIN archive.header h ON h.chain_id = ").push_bind(chain_id);
    sql.push(" AND h.block_number = e.block_number ORDER BY e.block_number").push(sort.direction());
    sql.push(", e.log_index").push(sort.direction()).push(" LIMIT ").push_bind(limit);
    // Planned for these very values: one account has two events and another has half of the table.
    let named = filter.account.is_some() || filter.listing.is_some();
    let found: Vec<Found> = sql.build_query_as().persistent(!named).fetch_all(connection).await?;
    found.into_iter().map(|row| read(chain_id, row)).collect()
}

/// Which rows of each table are read.
struct Page {
    chain_id: i64,
    until: i64,
    sort: Sort,
    behind: Option<Position>,
    limit: i64,
}

/// What belongs to a listing, and is named by events that do not name it.
#[derive(Default, sqlx::FromRow)]
struct Parts {
    plans: Vec<i64>,
    sales: Vec<i64>,
    share: Option<Addr>,
}

impl Parts {
    async fn of(connection: &mut PgConnection, chain_id: i64, listing: i64) -> sqlx::Result<Self> {
        let sql = "SELECT ARRAY(SELECT plan FROM market.plan WHERE chain_id = $1 AND listing = $2) AS plans,
                          ARRAY(SELECT sale FROM market.share_sale WHERE chain_id = $1 AND listing = $2) AS sales,
                          (SELECT share FROM market.share WHERE chain_id = $1 AND listing = $2) AS share";
        sqlx::query_as(sql).bind(chain_id).bind(listing).fetch_one(connection).await
    }
}

/// Events that say of themselves which listing they are of, and those that name a part of one.
const LINKS: &[&str] = &["listing", "parents", "plan", "plans", "share", "sale"];

/// Columns that name a contract and not a party.
const CONTRACTS: &[&str] = &["token", "share", "gate", "address"];

impl EventFilter {
    /// Whether the table can hold what is asked for.
    fn concerns(&self, kind: &Kind) -> bool {
        let contract = self.contract.is_none_or(|contract| contract == kind.contract);
        let event = self.event.as_ref().is_none_or(|event| *event == kind.name);
        let account = self.account.is_none() || self.columns(kind).next().is_some();
        let listing = self.listing.is_none() || LINKS.iter().any(|link| kind.column(link).is_some());
        let silent = self.telling && is_silent(kind.table.name);
        contract && event && account && listing && !silent
    }

    /// The columns in which an account is looked for.
    pub(super) fn columns(&self, kind: &Kind) -> impl Iterator<Item = &'static Column> {
        let telling = self.telling;
        let columns = kind.table.columns.iter();
        columns.filter(move |column| column.address && !(telling && CONTRACTS.contains(&column.name)))
    }
}

/// The rows of one table. Each condition on an account or a listing is one that an index can answer: see
/// `stoa_schema::lookup`.
fn branch(sql: &mut QueryBuilder<Postgres>, kind: &Kind, filter: &EventFilter, parts: &Parts, page: &Page) {
    sql.push("SELECT e.block_number, e.log_index, e.block_time, e.tx_hash, '").push(kind.table.name);
    sql.push("'::text AS event, ");
    args::push_object(sql, kind);
    sql.push(" AS args FROM archive.").push(kind.table.name).push(" e WHERE e.chain_id = ");
    sql.push_bind(page.chain_id).push(" AND e.block_number <= ").push_bind(page.until);
    if let Some((block, log)) = page.behind {
        sql.push(" AND (e.block_number, e.log_index)").push(page.sort.behind());
        sql.push("(").push_bind(block).push(", ").push_bind(log).push(")");
    }
    if let Some(block) = filter.from_block {
        sql.push(" AND e.block_number >= ").push_bind(block);
    }
    if let Some(tx) = filter.tx {
        sql.push(" AND e.tx_hash = ").push_bind(tx);
    }
    if let Some(account) = filter.account {
        for (n, column) in filter.columns(kind).enumerate() {
            sql.push(if n == 0 { " AND (e." } else { " OR e." }).push(column.name);
            match column.sql {
                "bytea" => sql.push(" = ").push_bind(account),
                _ => sql.push(" @> ARRAY[").push_bind(account).push("::bytea]"),
            };
        }
        sql.push(")");
    }
    if let Some(listing) = filter.listing {
        push_listing(sql, kind, listing, parts);
    }
    if filter.telling && is_mechanical(kind.table.name) {
        for table in TELLING {
            sql.push(" AND NOT EXISTS (SELECT FROM archive.").push(table);
            sql.push(" t WHERE t.tx_hash = e.tx_hash AND t.chain_id = e.chain_id)");
        }
    }
    let to = page.sort.direction();
    sql.push(" ORDER BY e.block_number").push(to).push(", e.log_index").push(to);
    sql.push(" LIMIT ").push_bind(page.limit);
}

fn push_listing(sql: &mut QueryBuilder<Postgres>, kind: &Kind, listing: i64, parts: &Parts) {
    let has = |column: &str| kind.column(column).is_some();
    if has("listing") {
        sql.push(" AND (e.listing = ").push_bind(listing);
        if has("parents") {
            sql.push(" OR e.parents @> ARRAY[").push_bind(listing).push("]");
        }
        sql.push(")");
    } else if has("plan") {
        sql.push(" AND e.plan = ANY(").push_bind(parts.plans.clone()).push(")");
    } else if has("plans") {
        sql.push(" AND e.plans && ").push_bind(parts.plans.clone());
    } else if has("sale") {
        sql.push(" AND e.sale = ANY(").push_bind(parts.sales.clone()).push(")");
    } else {
        sql.push(" AND e.share = ").push_bind(parts.share);
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
