//! `api.document`: metadata that was fetched.

use std::collections::HashMap;

use sqlx::PgConnection;
use sqlx::types::Json;
use time::OffsetDateTime;

use super::listing::ListingRow;
use crate::metadata::{Fields, Metadata};
use crate::model::{MetadataStatus, PublicId, word_of};

#[derive(Debug, sqlx::FromRow)]
struct DocumentRow {
    chain_id: i64,
    listing: i64,
    status: i16,
    reason: Option<String>,
    verified: bool,
    checked_at: Option<OffsetDateTime>,
    fields: Option<Json<Fields>>,
}

/// What was fetched for these listings, as far as they still have the address that it was fetched from.
pub(crate) async fn document_of(
    connection: &mut PgConnection,
    listings: &[ListingRow],
) -> sqlx::Result<HashMap<PublicId, Metadata>> {
    let chains: Vec<i64> = listings.iter().map(|row| row.chain_id).collect();
    let numbers: Vec<i64> = listings.iter().map(|row| row.listing).collect();
    let uris: Vec<&str> = listings.iter().map(|row| row.uri.as_str()).collect();
    let rows: Vec<DocumentRow> = sqlx::query_as(include_str!("sql/document_of.sql"))
        .bind(chains)
        .bind(numbers)
        .bind(uris)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(DocumentRow::split).collect())
}

impl DocumentRow {
    fn split(self) -> (PublicId, Metadata) {
        let id = PublicId { chain_id: self.chain_id, number: self.listing };
        let metadata = Metadata {
            // Written by a newer server, perhaps: then it is as good as not fetched.
            status: word_of(self.status, "status of metadata").unwrap_or(MetadataStatus::Pending),
            reason: self.reason,
            checked_at: self.checked_at,
            verified: self.verified,
            fields: self.fields.map(|Json(fields)| fields).unwrap_or_default(),
        };
        (id, metadata)
    }
}
