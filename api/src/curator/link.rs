//! Which document each listing has.

use sqlx::{PgConnection, PgPool};
use stoa_content::cid;

use crate::snapshot;

/// Longer addresses are not noted, in bytes: the contract takes 512.
const MAX_URI: i32 = 2048;
const BATCH: i64 = 500;

#[derive(Debug, sqlx::FromRow)]
struct Unlinked {
    chain_id: i64,
    listing: i64,
    uri: String,
    version: i64,
    licence: String,
    content_hash: Vec<u8>,
    uris: Vec<String>,
    metadata_block: i64,
}

impl Unlinked {
    /// What the document must hash to, and its other addresses. The address of a version's content is bound by that
    /// version's hash; a name in IPFS is itself a hash, and where the version has the same, its mirrors are of the same
    /// bytes.
    fn bound(&self) -> (&[u8], &[String]) {
        if self.uris.contains(&self.uri) {
            return (&self.content_hash, &self.uris);
        }
        let name =
            self.uri.strip_prefix("ipfs://").and_then(|name| cid::parse(name.trim_end_matches('/')).ok());
        match name {
            Some(name) if cid::digest(&name) == *self.content_hash => (&self.content_hash, &self.uris),
            _ => (&[], &[]),
        }
    }
}

/// Notes the listings that are new, or have moved.
pub(super) async fn link(pool: &PgPool) -> sqlx::Result<()> {
    loop {
        let mut transaction = pool.begin().await?;
        // Not while the projections are being replaced: see `snapshot`.
        sqlx::raw_sql(snapshot::LOCK).execute(&mut *transaction).await?;
        let rows: Vec<Unlinked> = sqlx::query_as(include_str!("sql/unlinked.sql"))
            .bind(MAX_URI)
            .bind(BATCH)
            .fetch_all(&mut *transaction)
            .await?;
        for row in &rows {
            note(&mut transaction, row).await?;
        }
        transaction.commit().await?;
        if (rows.len() as i64) < BATCH {
            return Ok(());
        }
    }
}

async fn note(connection: &mut PgConnection, row: &Unlinked) -> sqlx::Result<()> {
    let (hash, mirrors) = row.bound();
    sqlx::query(include_str!("sql/document_note.sql"))
        .bind(&row.uri)
        .bind(hash)
        .bind(mirrors)
        .execute(&mut *connection)
        .await?;
    sqlx::query(include_str!("sql/listing_note.sql"))
        .bind(row.chain_id)
        .bind(row.listing)
        .bind(&row.uri)
        .bind(row.version)
        .bind(hash)
        .bind(&row.licence)
        .bind(row.metadata_block)
        .execute(&mut *connection)
        .await?;
    index(connection, &row.uri, hash).await
}

/// Makes all listings with this document found by what it says.
pub(super) async fn index(connection: &mut PgConnection, uri: &str, hash: &[u8]) -> sqlx::Result<()> {
    let query = sqlx::query(include_str!("sql/listing_index.sql")).bind(uri).bind(hash);
    query.execute(connection).await.map(drop)
}
