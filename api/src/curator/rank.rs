//! What listings are sorted by: figures that need all purchases, counted again for those listings that changed.

use sqlx::{PgConnection, PgPool, Postgres, Transaction};
use stoa_schema::types::Hash;

use crate::snapshot;

/// Listings counted in one statement.
const BATCH: usize = 500;

#[derive(Debug, sqlx::FromRow)]
struct Due {
    chain_id: i64,
    projected_hash: Hash,
    final_block: i64,
    /// The block up to which nothing has changed; -1 to count everything.
    since: i64,
}

/// Counts what changed. One server at a time does: the lock is this transaction's, which reads nothing that a rebuild
/// replaces. Each batch is a transaction of its own, so that a rebuild, and every reader behind it, waits for one at most.
pub(super) async fn rank(pool: &PgPool) -> sqlx::Result<()> {
    let mut alone = pool.begin().await?;
    let locked: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext('stoa-api ranking'))")
        .fetch_one(&mut *alone)
        .await?;
    if !locked {
        return Ok(());
    }
    let due: Vec<Due> = sqlx::query_as(include_str!("sql/ranking_due.sql")).fetch_all(&mut *alone).await?;
    for chain in due {
        let mut transaction = begin(pool).await?;
        let listings: Vec<i64> = sqlx::query_scalar(include_str!("sql/ranking_touched.sql"))
            .bind(chain.chain_id)
            .bind(chain.since)
            .fetch_all(&mut *transaction)
            .await?;
        transaction.commit().await?;
        for batch in listings.chunks(BATCH) {
            let mut transaction = begin(pool).await?;
            count(&mut transaction, chain.chain_id, batch).await?;
            transaction.commit().await?;
        }
        sqlx::query(include_str!("sql/ranking_counted.sql"))
            .bind(chain.chain_id)
            .bind(chain.projected_hash)
            .bind(chain.final_block)
            .bind(chain.since < 0)
            .execute(&mut *alone)
            .await?;
    }
    alone.commit().await
}

/// Not while the projections are being replaced: see `snapshot`.
async fn begin(pool: &PgPool) -> sqlx::Result<Transaction<'static, Postgres>> {
    let mut transaction = pool.begin().await?;
    sqlx::raw_sql(snapshot::LOCK).execute(&mut *transaction).await?;
    Ok(transaction)
}

async fn count(connection: &mut PgConnection, chain_id: i64, listings: &[i64]) -> sqlx::Result<()> {
    for sql in [
        "DELETE FROM api.ranking WHERE chain_id = $1 AND listing = ANY($2)",
        "DELETE FROM api.ranking_revenue WHERE chain_id = $1 AND listing = ANY($2)",
        include_str!("sql/ranking_count.sql"),
        include_str!("sql/ranking_revenue.sql"),
    ] {
        sqlx::query(sql).bind(chain_id).bind(listings).execute(&mut *connection).await?;
    }
    Ok(())
}
