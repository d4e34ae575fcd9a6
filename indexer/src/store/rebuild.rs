//! Building schema `market` anew from the archive, while the old one is read and followed.
//!
//! 1. `market_next` is filled with the final blocks of every chain, by several connections, without a lock.
//! 2. Under every chain's lock the blocks since then are folded in as following would, journal included, and the
//!    schemas change places: one transaction, so that a crash leaves the old schema or the new one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use stoa_schema::events;
use stoa_schema::market::{self, Place};
use tracing::info;

use super::{Cursor, StoreError, cursor, fill};
use crate::project::{self, Blocks};

/// Held by whoever rebuilds, in this database.
const LOCK: i64 = i64::from_be_bytes(*b"stoa-reb");

/// Why the projections are built anew. Looked at once more when no other rebuild runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody wants it.
    Asked,
    /// They are those of another build.
    OtherBuild,
    /// A chain's archive was filled without them.
    Behind(i64),
}

/// Builds schema `market` anew and puts it in place.
pub async fn rebuild(options: &PgConnectOptions, why: Why) -> Result<(), StoreError> {
    let started = Instant::now();
    let mut main = options.clone().application_name("stoa-indexer rebuild").connect().await?;
    sqlx::query!("SELECT pg_advisory_lock($1)", LOCK).execute(&mut main).await?;
    if !holds(&mut main, why).await? {
        return Ok(());
    }
    market::begin(&mut main, Place::Next).await?;
    let filled = fill::fill(options, &mut main).await?;
    market::attach_journal(&mut main, Place::Next).await?;
    swap(&mut main, &filled).await?;
    main.close().await?;
    info!(seconds = started.elapsed().as_secs_f64(), "the projections are built anew");
    Ok(())
}

async fn holds(connection: &mut PgConnection, why: Why) -> sqlx::Result<bool> {
    Ok(match why {
        Why::Asked => true,
        Why::OtherBuild => {
            let hash = sqlx::query_scalar!("SELECT hash FROM archive.projection");
            hash.fetch_optional(connection).await?.as_deref() != Some(project::hash())
        }
        Why::Behind(chain_id) => {
            let cursors = cursor::all(connection).await?;
            cursors.iter().any(|at| at.chain_id == chain_id && at.projected != at.stored)
        }
    })
}

/// Folds in what has come since, and puts the new schema in the old one's place.
async fn swap(main: &mut PgConnection, filled: &BTreeMap<i64, i64>) -> Result<(), StoreError> {
    let mut transaction = main.begin().await?;
    sqlx::query!("LOCK TABLE archive.projection IN EXCLUSIVE MODE").execute(&mut *transaction).await?;
    for chain_id in cursor::lock_all(&mut transaction).await? {
        if let Some(locked) = cursor::lock(&mut transaction, chain_id).await? {
            let from = filled.get(&chain_id).copied().unwrap_or_default();
            let cursor = follow_up(&mut transaction, locked.cursor, from).await?;
            cursor::update(&mut transaction, &cursor).await?;
        }
    }
    let old = tables(&mut transaction, Place::Live).await?;
    if !old.is_empty() {
        // Readers hold these for as long as they read; new ones wait here for a moment, then find the new tables.
        let lock = format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", old.join(", "));
        sqlx::raw_sql(AssertSqlSafe(lock)).execute(&mut *transaction).await?;
    }
    let names = "DROP SCHEMA IF EXISTS market CASCADE; ALTER SCHEMA market_next RENAME TO market";
    sqlx::raw_sql(names).execute(&mut *transaction).await?;
    sqlx::query!(
        "INSERT INTO archive.projection (hash) VALUES ($1)
         ON CONFLICT (only_row) DO UPDATE SET hash = excluded.hash",
        project::hash()
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(())
}

/// The tables of a schema, in the order in which readers lock them.
async fn tables(connection: &mut PgConnection, place: Place) -> sqlx::Result<Vec<String>> {
    let sql = "SELECT format('%I.%I', nspname, relname)
               FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
               WHERE nspname = $1 AND relkind = 'r' ORDER BY relname";
    sqlx::query_scalar(sql).bind(place.schema()).fetch_all(connection).await
}

/// Folds the blocks behind `from` as following would have: final ones at once, each other with its journal.
async fn follow_up(connection: &mut PgConnection, cursor: Cursor, from: i64) -> Result<Cursor, StoreError> {
    let Cursor { chain_id, stored, finalized, .. } = cursor;
    sqlx::query!("DELETE FROM archive.journal WHERE chain_id = $1", chain_id)
        .execute(&mut *connection)
        .await?;
    let mut at = from;
    let last_final = finalized.min(stored.number);
    let mut touched = touched(connection, chain_id, from).await?;
    let journaled = touched.split_off(&(last_final + 1));
    if !touched.is_empty() {
        let tables = touched.values().flatten().copied().collect();
        journal_as(connection, "").await?;
        let blocks = Blocks { chain_id, from: at + 1, to: last_final };
        project::apply(connection, Place::Next, blocks, &tables).await?;
    }
    at = at.max(last_final);
    for (number, tables) in journaled {
        journal_as(connection, &number.to_string()).await?;
        project::apply(connection, Place::Next, Blocks { chain_id, from: at + 1, to: number }, &tables)
            .await?;
        at = number;
    }
    Ok(Cursor { projected: stored, ..cursor })
}

async fn journal_as(connection: &mut PgConnection, block: &str) -> sqlx::Result<()> {
    sqlx::query!("SELECT set_config('stoa.block', $1, true)", block).fetch_one(connection).await?;
    Ok(())
}

/// For each block behind `from` that has events, the tables that hold them.
async fn touched(
    connection: &mut PgConnection,
    chain_id: i64,
    from: i64,
) -> sqlx::Result<BTreeMap<i64, BTreeSet<&'static str>>> {
    // Names are constants of the declarations.
    let part = |name: &str| {
        format!(
            "SELECT DISTINCT block_number, '{name}' FROM archive.{name} WHERE chain_id = $1 AND block_number > $2"
        )
    };
    let sql = events::tables().map(|table| part(table.name)).collect::<Vec<_>>().join(" UNION ALL ");
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(chain_id).bind(from).fetch_all(connection).await?;
    let mut touched: BTreeMap<i64, BTreeSet<&'static str>> = BTreeMap::new();
    for row in rows {
        let (number, name): (i64, String) = (row.try_get(0)?, row.try_get(1)?);
        let table = events::tables().find(|table| table.name == name);
        touched.entry(number).or_default().extend(table.map(|table| table.name));
    }
    Ok(touched)
}
