//! `archive.cursor` with `archive.head`: how far each chain was read.

use std::collections::BTreeMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;

/// A chain as the snapshot knows it.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) chain_id: i64,
    pub(crate) contracts: BTreeMap<String, Addr>,
    pub(crate) first_block: i64,
    /// The block whose state the projections hold.
    pub(crate) projected: BlockRef,
    /// What the node last said; `None` until it said something.
    pub(crate) head: Option<Head>,
    /// The database's clock at the snapshot.
    pub(crate) now: OffsetDateTime,
    /// The archive's version, repeated on each row so that it costs no statement.
    pub(crate) archive_version: i64,
}

/// The newest block that a node told of, and how final its chain is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) number: i64,
    pub(crate) time: OffsetDateTime,
    pub(crate) safe: i64,
    pub(crate) finalized: i64,
    pub(crate) observed_at: OffsetDateTime,
}

/// Every chain of the database, by id.
pub(crate) async fn chain_all(connection: &mut PgConnection) -> sqlx::Result<Vec<Chain>> {
    let rows = sqlx::query!(
        r#"SELECT c.chain_id, c.contracts AS "contracts: Json<BTreeMap<String, Addr>>", c.first_block,
                  c.projected_block, c.projected_hash AS "projected_hash: Hash", c.projected_time,
                  h.block_number AS "head_block?", h.block_time AS "head_time?", h.safe_block AS "safe_block?",
                  h.finalized_block AS "finalized_block?", h.observed_at AS "observed_at?",
                  now() AS "now!",
                  (SELECT coalesce(max(version), 0) FROM archive.migration WHERE success) AS "archive_version!"
           FROM archive.cursor c LEFT JOIN archive.head h USING (chain_id)
           ORDER BY c.chain_id"#
    )
    .fetch_all(connection)
    .await?;
    let chains = rows.into_iter().map(|row| Chain {
        chain_id: row.chain_id,
        contracts: row.contracts.0,
        first_block: row.first_block,
        projected: BlockRef {
            number: row.projected_block,
            hash: row.projected_hash,
            time: row.projected_time,
        },
        head: (|| {
            Some(Head {
                number: row.head_block?,
                time: row.head_time?,
                safe: row.safe_block?,
                finalized: row.finalized_block?,
                observed_at: row.observed_at?,
            })
        })(),
        now: row.now,
        archive_version: row.archive_version,
    });
    Ok(chains.collect())
}
