//! Runs a checked query: within limits, and no longer than somebody waits for it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::http::StatusCode;
use futures::TryStreamExt as _;
use serde_json::Value;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Executor as _, PgPool, Postgres,
    QueryBuilder, Row as _, SqlSafeStr as _, Statement as _, TypeInfo as _,
};
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use time::OffsetDateTime;

use super::cell::json;
use super::check::Checked;
use super::routes::{SqlColumn, SqlRows};
use crate::db::chain::{Chain, Head};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::problem::Problem;

/// Queries that run at once.
const CONNECTIONS: u32 = 4;
/// Rows and bytes of an answer.
pub(crate) const MOST_ROWS: usize = 10_000;
pub(crate) const MOST_BYTES: usize = 8 << 20;

/// The database as analysts reach it.
#[derive(Clone)]
pub struct Sql {
    pool: PgPool,
    options: PgConnectOptions,
}

impl std::fmt::Debug for Sql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The options may hold a password.
        f.write_str("Sql { .. }")
    }
}

impl Sql {
    /// A pool of its own, made when it is first needed. A query takes at most so long.
    pub fn new(options: PgConnectOptions, timeout: Duration) -> Self {
        let most = timeout.mul_f64(0.8);
        let options = options.application_name("stoa-api sql").statement_cache_capacity(0).options([
            ("statement_timeout", format!("{}ms", most.as_millis()).as_str()),
            ("lock_timeout", "500ms"),
            ("idle_in_transaction_session_timeout", "5s"),
            ("default_transaction_read_only", "on"),
            ("work_mem", "16MB"),
            ("max_parallel_workers_per_gather", "0"),
            ("jit", "off"),
            ("search_path", "market"),
            ("standard_conforming_strings", "on"),
            ("bytea_output", "hex"),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(2).min(most))
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(options.clone());
        Self { pool, options }
    }

    /// Runs the query. When the caller stops waiting, so does the database.
    pub(crate) async fn run(&self, query: &Checked) -> Result<(SqlRows, Meta), ApiError> {
        let mut running = Running::new(self).await?;
        let outcome = ask(running.connection()?, query).await;
        match outcome {
            Ok((rows, meta)) => {
                // Of an answer that was cut, more may be on its way: that connection is ended.
                if !rows.cut_short {
                    running.release().await;
                }
                Ok((rows, meta))
            }
            Err(error) => {
                let told = matches!(error, sqlx::Error::Database(_));
                if told {
                    running.release().await;
                }
                Err(refusal(error))
            }
        }
    }
}

/// A connection that is at work. Dropped before its end, it takes its statement with it.
struct Running {
    connection: Option<PoolConnection<Postgres>>,
    pid: i32,
    options: PgConnectOptions,
}

impl Running {
    async fn new(sql: &Sql) -> Result<Self, ApiError> {
        let mut connection = sql.pool.acquire().await?;
        let pid = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *connection).await?;
        Ok(Self { connection: Some(connection), pid, options: sql.options.clone() })
    }

    fn connection(&mut self) -> Result<&mut PgConnection, ApiError> {
        let gone = || ApiError::Internal("a query's connection is gone".to_owned());
        self.connection.as_deref_mut().ok_or_else(gone)
    }

    /// Gives the connection back, its transaction ended.
    async fn release(&mut self) {
        let Some(connection) = self.connection.as_deref_mut() else { return };
        if connection.execute("ROLLBACK").await.is_ok() {
            self.connection = None;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let (pid, options) = (self.pid, self.options.clone());
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            // Out of the pool first: nobody else's statement may be the one that is ended.
            let connection = connection.detach();
            let ended = async {
                let mut other = options.connect().await?;
                sqlx::query("SELECT pg_cancel_backend($1)").bind(pid).execute(&mut other).await?;
                other.close().await
            };
            if let Err(error) = ended.await {
                tracing::warn!(%error, "a query that nobody waits for runs until its time is over");
            }
            drop(connection);
        });
    }
}

async fn ask(connection: &mut PgConnection, query: &Checked) -> sqlx::Result<(SqlRows, Meta)> {
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
    // Before the snapshot, as for every other request: see `snapshot`.
    let mut lock = QueryBuilder::<Postgres>::new("LOCK TABLE market.chains");
    for view in &query.views {
        lock.push(", market.").push(view);
    }
    lock.push(" IN ACCESS SHARE MODE");
    lock.build().execute(&mut *connection).await?;
    let meta = meta(connection).await?;

    let prepared = connection.prepare(AssertSqlSafe(query.sql.clone()).into_sql_str()).await?;
    let columns: Vec<SqlColumn> = prepared.columns().iter().map(SqlColumn::of).collect();
    let kinds: Vec<String> =
        prepared.columns().iter().map(|column| column.type_info().name().to_owned()).collect();
    let mut sql = QueryBuilder::<Postgres>::new("SELECT ");
    for n in 0..columns.len() {
        sql.push(if n == 0 { "q.c" } else { ", q.c" }).push(n).push("::text");
    }
    // Printed from what was parsed and judged.
    sql.push(" FROM (").push(&query.sql).push(") AS q (");
    for n in 0..columns.len() {
        sql.push(if n == 0 { "c" } else { ", c" }).push(n);
    }
    sql.push(") LIMIT ").push(MOST_ROWS + 1);
    let (mut rows, mut bytes, mut truncated, mut cut_short) = (Vec::new(), 0, false, false);
    let mut found = sql.build().persistent(false).fetch(&mut *connection);
    while let Some(row) = found.try_next().await? {
        if rows.len() == MOST_ROWS {
            truncated = true;
            break;
        }
        let mut values = Vec::with_capacity(kinds.len());
        for (n, kind) in kinds.iter().enumerate() {
            let text: Option<String> = row.try_get(n)?;
            bytes += text.as_ref().map_or(4, String::len);
            values.push(json(text, kind));
        }
        if bytes > MOST_BYTES {
            (truncated, cut_short) = (true, true);
            break;
        }
        rows.push(Value::Array(values));
    }
    Ok((SqlRows { columns, rows, truncated, cut_short: cut_short || truncated }, meta))
}

/// Up to which blocks the views stand.
async fn meta(connection: &mut PgConnection) -> sqlx::Result<Meta> {
    type Row = (
        i64,
        i64,
        Hash,
        OffsetDateTime,
        Option<i64>,
        Option<OffsetDateTime>,
        Option<i64>,
        Option<i64>,
        Option<OffsetDateTime>,
        OffsetDateTime,
    );
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT chain_id, block_number, block_hash, block_time, head_block, head_time, safe_block, finalized_block,
                observed_at, now() FROM market.chains ORDER BY chain_id",
    )
    .fetch_all(connection)
    .await?;
    let chains = rows.into_iter().map(|row| {
        let head = || {
            Some(Head { number: row.4?, time: row.5?, safe: row.6?, finalized: row.7?, observed_at: row.8? })
        };
        Chain {
            chain_id: row.0,
            contracts: BTreeMap::new(),
            first_block: 0,
            projected: BlockRef { number: row.1, hash: row.2, time: row.3 },
            head: head(),
            now: row.9,
            archive_version: 0,
        }
    });
    Ok(Meta::of(chains.collect::<Vec<_>>().iter()))
}

/// What a query's failure is answered with: its own faults are told, those of the server are not.
fn refusal(error: sqlx::Error) -> ApiError {
    let told = match &error {
        sqlx::Error::Database(told) => told,
        sqlx::Error::TypeNotFound { .. } | sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
            return invalid("A column is of a type that is not served: cast it to text.".to_owned());
        }
        _ => return error.into(),
    };
    let (code, message) = (told.code().unwrap_or_default().into_owned(), told.message().to_owned());
    let ours = ["08", "26", "28", "3D", "3F", "40", "53", "55", "57", "58"];
    match code.as_str() {
        "57014" => too_slow(&message),
        "53400" => invalid("The query writes more to disk than it may. Ask for less.".to_owned()),
        // Privileges are the operator's affair: the role was not made, or the views are not there yet.
        "42501" => {
            tracing::error!(%error, "the analysts' role may not read a view: run `stoa-api analyst`");
            ApiError::NotReady("SQL is not ready here: its role may not read the views.".to_owned())
        }
        "42P01" if !message.contains("FROM-clause") => error.into(),
        "XX000" => {
            tracing::warn!(%error, "PostgreSQL failed over a query");
            invalid("PostgreSQL cannot answer it.".to_owned())
        }
        code if ours.iter().any(|class| code.starts_with(class)) => error.into(),
        code => invalid(format!("PostgreSQL says: {message} ({code}).")),
    }
}

fn invalid(detail: String) -> ApiError {
    told_as("invalid-query", "The query is not valid", detail)
}

fn too_slow(message: &str) -> ApiError {
    let detail = format!(
        "The query was ended because it took too long ({message}). Ask for less: fewer rows, a narrower WHERE."
    );
    told_as("query-too-slow", "The query took too long", detail)
}

fn told_as(name: &str, title: &str, detail: String) -> ApiError {
    ApiError::Told(Box::new(Problem::new(StatusCode::BAD_REQUEST, name, title, detail)))
}
