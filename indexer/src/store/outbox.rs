//! The outbox: what subscribers are told, in the order in which it was committed.

use sqlx::postgres::PgConnection;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;

/// The channel of `NOTIFY`; its payload is `chain:seq`. Only a hint: whoever polls misses nothing.
pub const CHANNEL: &str = "stoa";
/// How long rows are kept. Whoever comes back later has to catch up from the tables.
const DAYS_KEPT: i32 = 7;

/// What a row tells of its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Block = 0,
    Retraction = 1,
}

/// Writes rows numbered from `seq` + 1 on, and returns the last number.
pub async fn append(
    connection: &mut PgConnection,
    chain_id: i64,
    seq: i64,
    kind: Kind,
    blocks: &[BlockRef],
) -> sqlx::Result<i64> {
    let numbers: Vec<i64> = blocks.iter().map(|block| block.number).collect();
    let hashes: Vec<Hash> = blocks.iter().map(|block| block.hash).collect();
    let times: Vec<_> = blocks.iter().map(|block| block.time).collect();
    sqlx::query!(
        "INSERT INTO archive.outbox (chain_id, seq, kind, block_number, block_hash, block_time)
         SELECT $1, $2 + place, $3, number, hash, time
         FROM unnest($4::bigint[], $5::bytea[], $6::timestamptz[]) WITH ORDINALITY AS block (number, hash, time, place)",
        chain_id,
        seq,
        kind as i16,
        &numbers,
        &hashes as &[Hash],
        &times,
    )
    .execute(connection)
    .await?;
    // A chain's blocks are far fewer than 2⁶³.
    Ok(seq + blocks.len() as i64)
}

/// Wakes whoever listens, once the transaction commits.
pub async fn notify(connection: &mut PgConnection, chain_id: i64, seq: i64) -> sqlx::Result<()> {
    sqlx::query!(r#"SELECT pg_notify($1, $2) AS "told: ()""#, CHANNEL, format!("{chain_id}:{seq}"))
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets rows that nobody can ask for any more, and the events that their retractions carried.
pub async fn prune(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "WITH gone AS (
             DELETE FROM archive.outbox
             WHERE chain_id = $1 AND created_at < now() - make_interval(days => $2)
             RETURNING seq
         )
         DELETE FROM archive.retracted_event WHERE chain_id = $1 AND seq <= (SELECT max(seq) FROM gone)",
        chain_id,
        DAYS_KEPT
    )
    .execute(connection)
    .await?;
    Ok(())
}
