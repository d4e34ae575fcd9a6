//! Filling schema `market_next` with the final blocks of every chain, by several connections.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures::future::try_join_all;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use stoa_schema::market::{self, Place};
use tracing::info;

use super::settle::analyze;
use super::{StoreError, cursor};
use crate::project::{self, Blocks, LANES};

/// Connections that fill side by side: Postgres works on as many processors.
const CONNECTIONS: usize = 4;

/// Folds every chain's final blocks into the new schema, and finishes its tables: indexes and statistics. Returns how
/// far each chain was folded.
pub(super) async fn fill(
    options: &PgConnectOptions,
    main: &mut PgConnection,
) -> Result<BTreeMap<i64, i64>, StoreError> {
    let mut filled = BTreeMap::new();
    let mut parts = Vec::new();
    for cursor in cursor::all(main).await? {
        let to = cursor.finalized.min(cursor.stored.number);
        filled.insert(cursor.chain_id, to);
        info!(chain_id = cursor.chain_id, to, "building the projections from the archive");
        let blocks = Blocks { chain_id: cursor.chain_id, from: 0, to };
        let part = |lane: &project::Lane| Part { blocks, projections: lane.projections, then: lane.then };
        parts.extend(LANES.iter().map(part));
    }
    // None for what is empty: a Postgres that is short of connections can begin with two.
    let lanes = CONNECTIONS.min(parts.len());
    let queue = Queue::new(parts, filled.len());
    let unknown = Mutex::new(without_statistics(main).await?);
    let mut connections = try_join_all((0..lanes).map(|_| connect(options))).await?;
    try_join_all(connections.iter_mut().map(|connection| survey(connection, &unknown))).await?;
    try_join_all(connections.iter_mut().map(|connection| fold(connection, &queue))).await?;
    try_join_all(connections.into_iter().map(Connection::close)).await?;
    // Without a chain nobody has come by.
    for ddl in market::DDL.iter().filter(|_| filled.is_empty()) {
        finish(main, ddl).await?;
    }
    Ok(filled)
}

async fn connect(options: &PgConnectOptions) -> sqlx::Result<PgConnection> {
    let mut connection = options.clone().application_name("stoa-indexer rebuild").connect().await?;
    // A crash drops what is half built anyway. A small sample tells the planner enough to begin with: the full one is
    // taken when the projections are read.
    let settings = "SET synchronous_commit = off; SET work_mem = '64MB'; SET default_statistics_target = 10";
    sqlx::raw_sql(settings).execute(&mut connection).await?;
    Ok(connection)
}

/// Event tables of which the planner knows nothing: it would take a freshly filled one for empty.
async fn without_statistics(connection: &mut PgConnection) -> sqlx::Result<Vec<String>> {
    let sql = "SELECT format('%I.%I', nspname, relname)
               FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
               WHERE nspname = 'archive' AND relkind = 'r' AND reltuples < 0 ORDER BY relpages";
    sqlx::query_scalar(sql).fetch_all(connection).await
}

async fn survey(connection: &mut PgConnection, tables: &Mutex<Vec<String>>) -> sqlx::Result<()> {
    while let Some(table) = { lock(tables).pop() } {
        analyze(connection, &table).await?;
    }
    Ok(())
}

/// Projections of one chain that one connection folds, in order.
#[derive(Clone, Copy, Debug)]
struct Part {
    blocks: Blocks,
    projections: &'static [&'static str],
    /// What can start then.
    then: &'static [&'static [&'static str]],
}

/// What is still to be done.
#[derive(Debug)]
struct Queue {
    parts: Mutex<Vec<Part>>,
    /// Chains whose part of a projection is missing: its tables are finished when the last is there.
    missing: Mutex<BTreeMap<&'static str, usize>>,
}

impl Queue {
    /// In the order given.
    fn new(parts: Vec<Part>, chains: usize) -> Self {
        let missing = market::DDL.iter().map(|ddl| (ddl.name, chains)).collect();
        Self { parts: Mutex::new(parts.into_iter().rev().collect()), missing: Mutex::new(missing) }
    }

    fn next(&self) -> Option<Part> {
        lock(&self.parts).pop()
    }

    /// Notes that a part is folded, and returns the entities that are whole with it.
    fn folded(&self, part: &Part) -> Vec<&'static market::Ddl> {
        let behind = |projections| Part { blocks: part.blocks, projections, then: &[] };
        lock(&self.parts).extend(part.then.iter().rev().copied().map(behind));
        let mut missing = lock(&self.missing);
        let is_whole = |ddl: &&market::Ddl| {
            part.projections.contains(&ddl.name)
                && missing.get_mut(ddl.name).is_some_and(|chains| {
                    *chains -= 1;
                    *chains == 0
                })
        };
        market::DDL.iter().filter(is_whole).collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn fold(connection: &mut PgConnection, queue: &Queue) -> sqlx::Result<()> {
    while let Some(part) = queue.next() {
        let mut transaction = connection.begin().await?;
        project::fill_lane(&mut transaction, part.blocks, part.projections).await?;
        transaction.commit().await?;
        for ddl in queue.folded(&part) {
            finish(connection, ddl).await?;
        }
    }
    Ok(())
}

/// Gives an entity's tables their indexes, and the planner what it should know of them.
async fn finish(connection: &mut PgConnection, ddl: &market::Ddl) -> sqlx::Result<()> {
    for index in ddl.indexes(Place::Next) {
        sqlx::raw_sql(AssertSqlSafe(index)).execute(&mut *connection).await?;
    }
    for table in ddl.tables(Place::Next) {
        analyze(connection, &table).await?;
    }
    Ok(())
}
