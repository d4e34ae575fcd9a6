//! Headers of blocks that are stored: every one that is not final, and the newest final one.

use sqlx::postgres::PgConnection;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;

/// Remembers a block.
pub async fn insert(connection: &mut PgConnection, chain_id: i64, block: &BlockRef) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO archive.header (chain_id, block_number, hash, block_time) VALUES ($1, $2, $3, $4)",
        chain_id,
        block.number,
        block.hash as Hash,
        block.time,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The newest remembered block up to `number`.
pub async fn newest(
    connection: &mut PgConnection,
    chain_id: i64,
    number: i64,
) -> sqlx::Result<Option<BlockRef>> {
    sqlx::query_as!(
        BlockRef,
        r#"SELECT block_number AS number, hash AS "hash: Hash", block_time AS time
           FROM archive.header WHERE chain_id = $1 AND block_number <= $2
           ORDER BY block_number DESC LIMIT 1"#,
        chain_id,
        number
    )
    .fetch_optional(connection)
    .await
}

/// The remembered blocks behind `number`, the newest first.
pub async fn above(connection: &mut PgConnection, chain_id: i64, number: i64) -> sqlx::Result<Vec<BlockRef>> {
    sqlx::query_as!(
        BlockRef,
        r#"SELECT block_number AS number, hash AS "hash: Hash", block_time AS time
           FROM archive.header WHERE chain_id = $1 AND block_number > $2
           ORDER BY block_number DESC"#,
        chain_id,
        number
    )
    .fetch_all(connection)
    .await
}

/// Forgets the blocks behind `number`.
pub async fn cut(connection: &mut PgConnection, chain_id: i64, number: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM archive.header WHERE chain_id = $1 AND block_number > $2", chain_id, number)
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets what is older than the newest final block; that one stays.
pub async fn prune(connection: &mut PgConnection, chain_id: i64, finalized: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "DELETE FROM archive.header WHERE chain_id = $1 AND block_number < (
             SELECT max(block_number) FROM archive.header WHERE chain_id = $1 AND block_number <= $2
         )",
        chain_id,
        finalized
    )
    .execute(connection)
    .await?;
    Ok(())
}
