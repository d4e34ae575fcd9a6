//! How far a chain was read. The row is locked by every transaction that writes for the chain.

use std::collections::BTreeMap;

use alloy::primitives::Address;
use sqlx::postgres::PgConnection;
use sqlx::types::Json;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use time::OffsetDateTime;

use crate::deployment::Deployment;
use crate::fetch::Head;

/// A chain's two positions. `projected` never passes `stored`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub chain_id: i64,
    /// Up to here events are in the archive.
    pub stored: BlockRef,
    /// Up to here they are in the projections.
    pub projected: BlockRef,
    /// Nothing up to here is ever undone.
    pub finalized: i64,
    /// Number of the newest row of the outbox.
    pub seq: i64,
}

/// The deployment that a database follows on a chain, by contract name.
pub type Contracts = BTreeMap<String, Address>;

/// A chain's row as it stands.
#[derive(Clone, Debug)]
pub struct Locked {
    pub cursor: Cursor,
    pub contracts: Contracts,
    /// The hash of the projections in schema `market`.
    pub projection: Option<String>,
}

/// Locks the chain's row until the transaction ends.
pub async fn lock(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<Option<Locked>> {
    let row = sqlx::query!(
        r#"SELECT contracts AS "contracts: Json<Contracts>",
                  stored_block, stored_hash AS "stored_hash: Hash", stored_time,
                  projected_block, projected_hash AS "projected_hash: Hash", projected_time,
                  finalized_block, outbox_seq, (SELECT hash FROM archive.projection) AS projection
           FROM archive.cursor WHERE chain_id = $1 FOR UPDATE OF cursor"#,
        chain_id
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Locked {
        cursor: Cursor {
            chain_id,
            stored: BlockRef { number: row.stored_block, hash: row.stored_hash, time: row.stored_time },
            projected: BlockRef {
                number: row.projected_block,
                hash: row.projected_hash,
                time: row.projected_time,
            },
            finalized: row.finalized_block,
            seq: row.outbox_seq,
        },
        contracts: row.contracts.0,
        projection: row.projection,
    }))
}

/// Writes the chain's first row: everything before `origin`'s successor is without events of ours.
pub async fn insert(
    connection: &mut PgConnection,
    deployment: &Deployment,
    origin: BlockRef,
) -> sqlx::Result<Cursor> {
    let chain_id = deployment.chain_id.cast_signed();
    sqlx::query!(
        "INSERT INTO archive.cursor (
             chain_id, contracts, first_block, stored_block, stored_hash, stored_time,
             projected_block, projected_hash, projected_time
         ) VALUES ($1, $2, $3, $4, $5, $6, $4, $5, $6)",
        chain_id,
        Json(&deployment.contracts) as _,
        deployment.first_block.cast_signed(),
        origin.number,
        origin.hash as Hash,
        origin.time,
    )
    .execute(connection)
    .await?;
    Ok(Cursor { chain_id, stored: origin, projected: origin, finalized: 0, seq: 0 })
}

/// Notes which contracts the chain's deployment has by now.
pub async fn set_contracts(
    connection: &mut PgConnection,
    chain_id: i64,
    contracts: &Contracts,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE archive.cursor SET contracts = $2 WHERE chain_id = $1",
        chain_id,
        Json(contracts) as _
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Moves the chain's row. The caller holds its lock.
pub async fn update(connection: &mut PgConnection, cursor: &Cursor) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE archive.cursor
         SET stored_block = $2, stored_hash = $3, stored_time = $4,
             projected_block = $5, projected_hash = $6, projected_time = $7,
             finalized_block = $8, outbox_seq = $9
         WHERE chain_id = $1",
        cursor.chain_id,
        cursor.stored.number,
        cursor.stored.hash as Hash,
        cursor.stored.time,
        cursor.projected.number,
        cursor.projected.hash as Hash,
        cursor.projected.time,
        cursor.finalized,
        cursor.seq,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Every chain's position, as it stands now and may not stand any more in a moment.
pub async fn all(connection: &mut PgConnection) -> sqlx::Result<Vec<Cursor>> {
    let rows = sqlx::query!(
        r#"SELECT chain_id, stored_block, stored_hash AS "stored_hash: Hash", stored_time,
                  projected_block, projected_hash AS "projected_hash: Hash", projected_time,
                  finalized_block, outbox_seq
           FROM archive.cursor ORDER BY chain_id"#
    )
    .fetch_all(connection)
    .await?;
    let cursors = rows.into_iter().map(|row| Cursor {
        chain_id: row.chain_id,
        stored: BlockRef { number: row.stored_block, hash: row.stored_hash, time: row.stored_time },
        projected: BlockRef {
            number: row.projected_block,
            hash: row.projected_hash,
            time: row.projected_time,
        },
        finalized: row.finalized_block,
        seq: row.outbox_seq,
    });
    Ok(cursors.collect())
}

/// Every chain of this database, each row locked until the transaction ends.
pub async fn lock_all(connection: &mut PgConnection) -> sqlx::Result<Vec<i64>> {
    sqlx::query_scalar!("SELECT chain_id FROM archive.cursor ORDER BY chain_id FOR UPDATE")
        .fetch_all(connection)
        .await
}

/// Notes what the node said of its chain.
pub async fn set_head(connection: &mut PgConnection, chain_id: i64, head: &Head) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO archive.head (chain_id, block_number, block_time, safe_block, finalized_block, observed_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (chain_id) DO UPDATE
         SET block_number = excluded.block_number, block_time = excluded.block_time,
             safe_block = excluded.safe_block, finalized_block = excluded.finalized_block,
             observed_at = excluded.observed_at",
        chain_id,
        head.latest.number.cast_signed(),
        crate::decode::block_time(head.latest.timestamp),
        head.safe.cast_signed(),
        head.finalized.cast_signed(),
        OffsetDateTime::now_utc(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
