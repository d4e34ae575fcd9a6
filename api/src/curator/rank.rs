//! What listings are sorted by: figures that need all purchases, counted again for those listings that changed.

use sqlx::{PgConnection, PgPool};
use stoa_schema::types::Hash;

use crate::snapshot;

/// Listings counted in one statement.
const BATCH: usize = 2_000;

#[derive(Debug, sqlx::FromRow)]
struct Due {
    chain_id: i64,
    projected_hash: Hash,
    final_block: i64,
    /// The block up to which nothing has changed; -1 to count everything.
    since: i64,
}

/// Where the projections have moved since the last time, and where everything is counted again after ten minutes:
/// owners and shareholders, whose purchases are left out, change without a purchase.
const DUE: &str = "SELECT c.chain_id, c.projected_hash, \
    least(coalesce(h.finalized_block, 0), c.projected_block) AS final_block, \
    CASE WHEN r.counted_at > now() - interval '10 minutes' THEN r.final_block ELSE -1 END AS since \
    FROM archive.cursor c LEFT JOIN archive.head h USING (chain_id) LEFT JOIN api.ranking_cursor r USING (chain_id) \
    WHERE r.chain_id IS NULL OR r.block_hash <> c.projected_hash OR r.counted_at <= now() - interval '10 minutes'";

/// Counts what changed. One server at a time does.
pub(super) async fn rank(pool: &PgPool) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext('stoa-api ranking'))")
        .fetch_one(&mut *transaction)
        .await?;
    if !alone {
        return Ok(());
    }
    sqlx::raw_sql(snapshot::LOCK).execute(&mut *transaction).await?;
    let due: Vec<Due> = sqlx::query_as(DUE).fetch_all(&mut *transaction).await?;
    for chain in due {
        let listings: Vec<i64> = sqlx::query_scalar(include_str!("sql/ranking_touched.sql"))
            .bind(chain.chain_id)
            .bind(chain.since)
            .fetch_all(&mut *transaction)
            .await?;
        for batch in listings.chunks(BATCH) {
            count(&mut transaction, chain.chain_id, batch).await?;
        }
        sqlx::query(
            "INSERT INTO api.ranking_cursor AS r VALUES ($1, $2, $3, now()) ON CONFLICT (chain_id) DO UPDATE \
             SET block_hash = $2, final_block = $3, counted_at = CASE WHEN $4 THEN now() ELSE r.counted_at END",
        )
        .bind(chain.chain_id)
        .bind(chain.projected_hash)
        .bind(chain.final_block)
        .bind(chain.since < 0)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await
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
