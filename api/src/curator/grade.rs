//! Grades of listings: counted for a whole chain at once, because revenue is ranked among all of them.

use sqlx::PgPool;
use stoa_schema::types::Hash;
use time::OffsetDateTime;

use crate::snapshot;

#[derive(Debug, sqlx::FromRow)]
struct Due {
    chain_id: i64,
    projected_block: i64,
    projected_hash: Hash,
    projected_time: OffsetDateTime,
}

/// Chains that moved on, each at most every ten minutes: one statement reads all sales and transfers of a chain.
const DUE: &str = "SELECT c.chain_id, c.projected_block, c.projected_hash, c.projected_time \
    FROM archive.cursor c LEFT JOIN api.grade_cursor g USING (chain_id) \
    WHERE g.chain_id IS NULL \
    OR (g.block_hash <> c.projected_hash AND g.counted_at <= now() - interval '10 minutes')";

/// Grades what is due. One server at a time does.
pub(super) async fn grade(pool: &PgPool) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext('stoa-api grades'))")
        .fetch_one(&mut *transaction)
        .await?;
    if !alone {
        return Ok(());
    }
    sqlx::raw_sql(snapshot::LOCK).execute(&mut *transaction).await?;
    // No request waits for it.
    sqlx::raw_sql("SET LOCAL statement_timeout = '5min'").execute(&mut *transaction).await?;
    let due: Vec<Due> = sqlx::query_as(DUE).fetch_all(&mut *transaction).await?;
    for chain in due {
        for sql in [
            "DELETE FROM api.grade WHERE chain_id = $1",
            "DELETE FROM api.grade_revenue WHERE chain_id = $1",
            "DELETE FROM api.grade_ignored WHERE chain_id = $1",
        ] {
            sqlx::query(sql).bind(chain.chain_id).execute(&mut *transaction).await?;
        }
        sqlx::query(include_str!("sql/grade_count.sql"))
            .bind(chain.chain_id)
            .bind(chain.projected_block)
            .bind(chain.projected_time)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO api.grade_cursor VALUES ($1, $2, $3, $4, now()) ON CONFLICT (chain_id) DO UPDATE \
             SET block_number = $2, block_hash = $3, block_time = $4, counted_at = now()",
        )
        .bind(chain.chain_id)
        .bind(chain.projected_block)
        .bind(chain.projected_hash)
        .bind(chain.projected_time)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await
}
