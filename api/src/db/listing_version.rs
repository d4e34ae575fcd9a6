//! `market.listing_version`.

use sqlx::PgConnection;
use stoa_schema::types::Hash;
use time::OffsetDateTime;

use super::PARTS;
use crate::model::PublicId;

/// A release.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct VersionRow {
    pub(crate) version: i64,
    pub(crate) content_hash: Hash,
    pub(crate) uris: Vec<String>,
    pub(crate) block_number: i64,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
}

/// A listing's releases, newest first, at most [`PARTS`].
pub(crate) async fn listing_version_of(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Vec<VersionRow>> {
    sqlx::query_as!(
        VersionRow,
        r#"SELECT version, content_hash AS "content_hash: Hash", uris, block_number, block_time,
                  tx_hash AS "tx_hash: Hash"
           FROM market.listing_version WHERE chain_id = $1 AND listing = $2 ORDER BY version DESC LIMIT $3"#,
        listing.chain_id,
        listing.number,
        PARTS
    )
    .fetch_all(connection)
    .await
}
