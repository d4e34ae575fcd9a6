//! Grades of listings: counted for a whole chain at once, because revenue is ranked among all of them.

use sqlx::PgPool;
use stoa_schema::types::Hash;
use time::OffsetDateTime;

#[derive(Debug, sqlx::FromRow)]
struct Due {
    chain_id: i64,
    projected_block: i64,
    projected_hash: Hash,
    projected_time: OffsetDateTime,
}

/// Grades what is due, each chain at most every ten minutes: one statement reads all sales and transfers of a chain. It
/// takes long, and locks nothing that a rebuild replaces. One server at a time does.
pub(super) async fn grade(pool: &PgPool) -> sqlx::Result<()> {
    let mut transaction = pool.begin().await?;
    let alone: bool = sqlx::query_scalar("SELECT pg_try_advisory_xact_lock(hashtext('stoa-api grades'))")
        .fetch_one(&mut *transaction)
        .await?;
    if !alone {
        return Ok(());
    }
    // No request waits for it, and nobody else writes what it writes.
    sqlx::raw_sql("SET LOCAL statement_timeout = '5min'; SET LOCAL lock_timeout = '1min'")
        .execute(&mut *transaction)
        .await?;
    let due: Vec<Due> =
        sqlx::query_as(include_str!("sql/grade_due.sql")).fetch_all(&mut *transaction).await?;
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
        sqlx::query(include_str!("sql/grade_counted.sql"))
            .bind(chain.chain_id)
            .bind(chain.projected_block)
            .bind(chain.projected_hash)
            .bind(chain.projected_time)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}
