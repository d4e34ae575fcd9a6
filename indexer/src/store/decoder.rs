//! Logs that were kept raw, and are decoded anew once there are declarations for them.

use alloy::primitives::{Address, Bytes, Log};
use sqlx::Connection;
use sqlx::postgres::PgConnection;
use stoa_schema::event::Position;
use stoa_schema::types::{Addr, Hash};

use super::contract::{Birth, Contract, SHARE};
use super::{Batch, StoreError, Writer, contract, cursor};
use crate::decode::Decoder;

/// What decoding anew has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redecoded {
    /// Logs that have a table now.
    pub decoded: usize,
    /// Logs that have none still.
    pub raw: usize,
}

/// A log as `archive.raw_log` keeps it.
#[derive(Debug)]
struct RawEntry {
    position: Position,
    log: Log,
}

impl Writer {
    /// Decodes what was kept raw, where the declarations are others than when that was last tried.
    pub async fn redecode(&mut self, chain_id: u64, decoder: &Decoder) -> Result<Redecoded, StoreError> {
        let chain_id = chain_id.cast_signed();
        let mut transaction = self.connection.begin().await?;
        let mut done = Redecoded { decoded: 0, raw: 0 };
        if cursor::lock(&mut transaction, chain_id).await?.is_none()
            || is_tried(&mut transaction, chain_id).await?
        {
            return Ok(done);
        }
        let mut batch = Batch::default();
        for RawEntry { position, log } in raw_logs(&mut transaction, chain_id).await? {
            if decoder.decode_log(&log, &position, &mut batch).is_err() {
                done.raw += 1;
                continue;
            }
            done.decoded += 1;
            sqlx::query!(
                "DELETE FROM archive.raw_log WHERE chain_id = $1 AND block_number = $2 AND log_index = $3",
                chain_id,
                position.block_number,
                position.log_index
            )
            .execute(&mut *transaction)
            .await?;
        }
        for Birth { address, block } in batch.take_born() {
            // Its own logs were never asked for: it is read apart.
            let (name, read_block) = (SHARE.to_owned(), Some(block - 1));
            let born = Contract { address: Addr(address), name, first_block: block, read_block };
            contract::insert(&mut transaction, chain_id, &born).await?;
        }
        batch.copy(&mut transaction).await?;
        sqlx::query!(
            "INSERT INTO archive.decoder (chain_id, hash) VALUES ($1, $2)
             ON CONFLICT (chain_id) DO UPDATE SET hash = excluded.hash",
            chain_id,
            Decoder::hash()
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(done)
    }
}

/// Whether a chain's raw logs were last tried with this build's declarations.
async fn is_tried(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<bool> {
    let hash = sqlx::query_scalar!("SELECT hash FROM archive.decoder WHERE chain_id = $1", chain_id)
        .fetch_optional(connection)
        .await?;
    Ok(hash == Some(Decoder::hash()))
}

async fn raw_logs(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<Vec<RawEntry>> {
    let rows = sqlx::query!(
        r#"SELECT block_number, log_index, block_time,
                  tx_hash AS "tx_hash: Hash", address AS "address: Addr", topics AS "topics: Vec<Hash>", data
           FROM archive.raw_log WHERE chain_id = $1 ORDER BY block_number, log_index"#,
        chain_id
    )
    .fetch_all(connection)
    .await?;
    let entry = |address: Address, topics: Vec<Hash>, data: Vec<u8>, position: Position| {
        let topics = topics.into_iter().map(|topic| topic.0).collect();
        RawEntry { position, log: Log::new_unchecked(address, topics, Bytes::from(data)) }
    };
    let entries = rows.into_iter().map(|row| {
        let position = Position {
            chain_id,
            block_number: row.block_number,
            log_index: row.log_index,
            block_time: row.block_time,
            tx_hash: row.tx_hash.0,
        };
        entry(row.address.0, row.topics, row.data, position)
    });
    Ok(entries.collect())
}
