//! `market.lock`.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

/// An account's lock on a chain.
#[derive(Clone, Debug)]
pub(crate) struct LockRow {
    pub(crate) chain_id: i64,
    pub(crate) amount: Uint,
    /// What it weighed before its end, even when that is past.
    pub(crate) score: Uint,
    /// Unix time; 0 where nothing was locked yet.
    pub(crate) lock_end: i64,
    pub(crate) reinvest: bool,
}

/// All locks of a chain that count.
#[derive(Clone, Debug)]
pub(crate) struct LockTotalRow {
    pub(crate) chain_id: i64,
    pub(crate) score: Uint,
    pub(crate) locks: i64,
}

/// An account's locks, at most one per chain.
pub(crate) async fn lock_of(
    connection: &mut PgConnection,
    chains: &[i64],
    account: Addr,
) -> sqlx::Result<Vec<LockRow>> {
    sqlx::query_as!(
        LockRow,
        r#"SELECT chain_id, amount AS "amount: Uint", score AS "score: Uint", lock_end, reinvest
           FROM market.lock WHERE chain_id = ANY($1) AND account = $2"#,
        chains,
        account as Addr
    )
    .fetch_all(connection)
    .await
}

/// The sum and number of the locks that have not ended by the chains' clocks, where there are any.
pub(crate) async fn lock_totals(
    connection: &mut PgConnection,
    clock: &(Vec<i64>, Vec<i64>),
) -> sqlx::Result<Vec<LockTotalRow>> {
    sqlx::query_as!(
        LockTotalRow,
        r#"SELECT chain_id, sum(score) AS "score!: Uint", count(*) AS "locks!"
           FROM market.lock JOIN unnest($1::bigint[], $2::bigint[]) AS clock (chain_id, now) USING (chain_id)
           WHERE lock_end > clock.now AND score > 0 GROUP BY chain_id"#,
        &clock.0,
        &clock.1
    )
    .fetch_all(connection)
    .await
}
