//! One page of a collection as it stands at a final block, read in a transaction of its own.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::Hash;

use super::cell::Cell;
use super::collection::{Collection, Source};
use super::layout::{KeyValue, Layout, layout};
use crate::error::ApiError;
use crate::model::Sort;
use crate::params::Choice as _;
use crate::problem::Problem;
use crate::raw::search::{EventFilter, event_search};
use crate::snapshot::{Question, Snapshot};
use axum::http::StatusCode;

/// The block at which an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) chain_id: i64,
    pub(crate) block: i64,
    /// Its hash, where the archive keeps it.
    pub(crate) hash: Option<Hash>,
}

/// What is asked for one page.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) collection: &'static Collection,
    pub(crate) chain_id: i64,
    /// The block of the pages before; the newest final one for the first page.
    pub(crate) block: Option<i64>,
    pub(crate) after: Option<String>,
    pub(crate) limit: i64,
}

/// A page, and what it is a page of.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) at: At,
    pub(crate) layout: Layout,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Question for Wanted {
    type Answer = Page;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Page, ApiError> {
        let at = self.at(snapshot.connection).await?;
        let layout = layout(snapshot.connection, self.collection).await?;
        let after = self.after.as_deref().map(|text| layout.key_from(text)).transpose()?;
        let rows = match layout.source {
            Source::Events => self.events(snapshot.connection, at, after.as_deref()).await?,
            _ => rows(snapshot.connection, &layout, at, after.as_deref(), self.limit).await?,
        };
        Ok(Page { at, layout, rows })
    }
}

impl Wanted {
    /// The block of this page. Refuses another one than can be had.
    pub(crate) async fn at(&self, connection: &mut PgConnection) -> Result<At, ApiError> {
        let newest: i64 = sqlx::query_scalar(
            "SELECT least(projected_block, finalized_block) FROM archive.cursor WHERE chain_id = $1",
        )
        .bind(self.chain_id)
        .fetch_one(&mut *connection)
        .await?;
        let block = self.block.unwrap_or(newest);
        if block > newest {
            let allowed = format!("a block that is read and final: at most {newest}");
            return Err(ApiError::bad("block", &block.to_string(), allowed));
        }
        if block < newest && self.collection.source.changes() {
            return Err(moved_on(&self.collection.name, block, newest));
        }
        let hash =
            sqlx::query_scalar("SELECT hash FROM archive.header WHERE chain_id = $1 AND block_number = $2")
                .bind(self.chain_id)
                .bind(block)
                .fetch_optional(connection)
                .await?;
        Ok(At { chain_id: self.chain_id, block, hash })
    }

    async fn events(
        &self,
        connection: &mut PgConnection,
        at: At,
        after: Option<&[KeyValue]>,
    ) -> Result<Vec<Vec<Cell>>, ApiError> {
        let behind = match after {
            Some([KeyValue::Integer(block), KeyValue::Integer(log)]) => {
                Some((*block, i32::try_from(*log).unwrap_or(i32::MAX)))
            }
            _ => None,
        };
        let filter = EventFilter { to_block: Some(at.block), ..EventFilter::default() };
        let found =
            event_search(connection, (at.chain_id, at.block), &filter, Sort::Oldest, behind, self.limit)
                .await?;
        let rows = found.into_iter().map(|row| {
            vec![
                Cell::Integer(row.chain_id),
                Cell::Integer(row.block_number),
                Cell::Integer(row.log_index.into()),
                Cell::Time(row.block_time),
                Cell::Text(row.tx_hash.to_string()),
                Cell::Text(row.kind.contract.word().to_owned()),
                Cell::Text(row.kind.name.clone()),
                Cell::Json(row.args.into()),
            ]
        });
        Ok(rows.collect())
    }
}

/// What a changing collection is answered with when its block is no longer the newest final one.
fn moved_on(name: &str, block: i64, newest: i64) -> ApiError {
    ApiError::Told(Box::new(Problem::new(
        StatusCode::CONFLICT,
        "moved-on",
        "Another block has become final",
        format!(
            "`{name}` change, and can be read only as they stand at the newest final block, which is {newest} now \
             and was {block}. Start the export anew; what came of the old one belongs to block {block}."
        ),
    )))
}

async fn rows(
    connection: &mut PgConnection,
    layout: &Layout,
    at: At,
    after: Option<&[KeyValue]>,
    limit: i64,
) -> Result<Vec<Vec<Cell>>, ApiError> {
    let own = layout.columns.len() - if layout.token { 2 } else { 0 };
    let mut sql = QueryBuilder::<Postgres>::new("SELECT ");
    for (n, column) in layout.columns.iter().take(own).enumerate() {
        sql.push(if n == 0 { "s." } else { ", s." }).push(&column.name).push(column.kind.cast());
    }
    if layout.token {
        sql.push(", k.symbol, k.decimals::bigint");
    }
    sql.push(" FROM (");
    keyed(&mut sql, layout, at, after, limit)?;
    sql.push(") s");
    if layout.token {
        sql.push(" LEFT JOIN market.token k ON k.chain_id = s.chain_id AND k.token = s.token");
    }
    order(&mut sql, layout, "s");
    let found = sql.build().fetch_all(connection).await?;
    let read = found.iter().map(|row| {
        let cells = layout.columns.iter().enumerate();
        cells.map(|(at, column)| Cell::read(row, at, column.kind)).collect::<sqlx::Result<Vec<_>>>()
    });
    Ok(read.collect::<sqlx::Result<_>>()?)
}

/// The next rows by key, at the block. Table and columns come from the declarations and the catalogue.
pub(crate) fn keyed(
    sql: &mut QueryBuilder<Postgres>,
    layout: &Layout,
    at: At,
    after: Option<&[KeyValue]>,
    limit: i64,
) -> Result<(), ApiError> {
    let Some((schema, table)) = layout.source.table() else {
        return Err(ApiError::Internal("the union of events has no table".to_owned()));
    };
    sql.push("(SELECT t.* FROM ").push(schema).push(".").push(table).push(" t WHERE t.chain_id = ");
    sql.push_bind(at.chain_id);
    if layout.source.changes() {
        sql.push(" AND NOT EXISTS (SELECT FROM archive.journal j WHERE j.chain_id = ").push_bind(at.chain_id);
        sql.push(" AND j.block_number > ").push_bind(at.block).push(" AND j.entity = ").push_bind(table);
        sql.push(" AND j.key = ROW(t.chain_id");
        for at in layout.key.iter().filter(|at| layout.columns[**at].name != "chain_id") {
            sql.push(", t.").push(&layout.columns[*at].name);
        }
        sql.push(")::text)");
    } else {
        sql.push(" AND t.block_number <= ").push_bind(at.block);
    }
    behind(sql, layout, "t", after);
    order(sql, layout, "t");
    sql.push(" LIMIT ").push_bind(limit).push(")");
    if layout.source.changes() {
        before(sql, layout, at, after, limit, table);
    }
    Ok(())
}

/// Rows that blocks which are not final changed, as they were before: the earliest image of each.
fn before(
    sql: &mut QueryBuilder<Postgres>,
    layout: &Layout,
    at: At,
    after: Option<&[KeyValue]>,
    limit: i64,
    table: &'static str,
) {
    sql.push(" UNION ALL (SELECT t.* FROM (SELECT (past.row).* FROM (SELECT first.image::market.")
        .push(table);
    sql.push(
        " AS row FROM (SELECT DISTINCT ON (j.key) j.existed, j.image FROM archive.journal j WHERE j.chain_id = ",
    );
    sql.push_bind(at.chain_id).push(" AND j.block_number > ").push_bind(at.block);
    sql.push(" AND j.entity = ").push_bind(table);
    sql.push(" ORDER BY j.key, j.block_number) first WHERE first.existed OFFSET 0) past) t WHERE true");
    behind(sql, layout, "t", after);
    order(sql, layout, "t");
    sql.push(" LIMIT ").push_bind(limit).push(")");
    order(sql, layout, "");
    sql.push(" LIMIT ").push_bind(limit);
}

fn names(sql: &mut QueryBuilder<Postgres>, layout: &Layout, of: &str) {
    for (n, at) in layout.key.iter().enumerate() {
        sql.push(if n == 0 { "" } else { ", " }).push(of).push(if of.is_empty() { "" } else { "." });
        sql.push(&layout.columns[*at].name);
    }
}

fn behind(sql: &mut QueryBuilder<Postgres>, layout: &Layout, of: &str, after: Option<&[KeyValue]>) {
    let Some(after) = after else { return };
    sql.push(" AND (");
    names(sql, layout, of);
    sql.push(") > (");
    for (n, value) in after.iter().enumerate() {
        sql.push(if n == 0 { "" } else { ", " });
        match value {
            KeyValue::Integer(value) => sql.push_bind(*value),
            KeyValue::Bytes(value) => sql.push_bind(value.clone()),
            KeyValue::Text(value) => sql.push_bind(value.clone()),
        };
    }
    sql.push(")");
}

pub(crate) fn order(sql: &mut QueryBuilder<Postgres>, layout: &Layout, of: &str) {
    sql.push(" ORDER BY ");
    names(sql, layout, of);
}
