//! `market.listing`.

use std::collections::HashMap;

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;

use super::columns;
use crate::metadata;
use crate::model::PublicId;

/// A row, as it stands at the projected block.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ListingRow {
    pub(crate) chain_id: i64,
    pub(crate) listing: i64,
    pub(crate) kind: i16,
    pub(crate) status: i16,
    pub(crate) owner: Addr,
    pub(crate) creator: Addr,
    pub(crate) uri: String,
    pub(crate) licence: String,
    pub(crate) derivatives: bool,
    pub(crate) derivative_bps: i32,
    pub(crate) royalty_receiver: Addr,
    pub(crate) royalty_bps: i32,
    pub(crate) version: i64,
    pub(crate) content_hash: Hash,
    pub(crate) created_block: i64,
    pub(crate) created_time: OffsetDateTime,
    pub(crate) purchases: i64,
    pub(crate) buyers: i64,
    pub(crate) plans: i64,
}

impl ListingRow {
    pub(crate) fn id(&self) -> PublicId {
        PublicId { chain_id: self.chain_id, number: self.listing }
    }
}

/// One listing.
pub(crate) async fn listing_get(
    connection: &mut PgConnection,
    id: PublicId,
) -> sqlx::Result<Option<ListingRow>> {
    sqlx::query_as!(
        ListingRow,
        r#"SELECT chain_id, listing, kind, status, owner AS "owner: Addr", creator AS "creator: Addr", uri, licence,
                  derivatives, derivative_bps, royalty_receiver AS "royalty_receiver: Addr", royalty_bps, version,
                  content_hash AS "content_hash: Hash", created_block, created_time, purchases, buyers, plans
           FROM market.listing WHERE chain_id = $1 AND listing = $2"#,
        id.chain_id,
        id.number
    )
    .fetch_optional(connection)
    .await
}

/// A listing that an account owns, beside how many it owns on that chain.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct OwnedRow {
    pub(crate) chain_id: i64,
    pub(crate) total: i64,
    pub(crate) listing: i64,
    pub(crate) kind: i16,
    pub(crate) status: i16,
    pub(crate) created_time: OffsetDateTime,
    pub(crate) purchases: i64,
    pub(crate) buyers: i64,
}

/// The newest listings that an account owns, at most `limit` on each chain.
pub(crate) async fn listing_owned(
    connection: &mut PgConnection,
    chains: &[i64],
    owner: Addr,
    limit: i64,
) -> sqlx::Result<Vec<OwnedRow>> {
    sqlx::query_as(include_str!("sql/listing_owned.sql"))
        .bind(chains.to_vec())
        .bind(owner)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// The names of several listings, where their metadata says one.
pub(crate) async fn listing_names(
    connection: &mut PgConnection,
    ids: &[PublicId],
) -> sqlx::Result<HashMap<PublicId, String>> {
    let (chains, numbers) = columns(ids);
    let rows: Vec<(i64, i64, String, Option<String>)> = sqlx::query_as(include_str!("sql/listing_names.sql"))
        .bind(chains)
        .bind(numbers)
        .bind(metadata::MAX_URI as i32)
        .fetch_all(connection)
        .await?;
    let named = |(chain_id, number, uri, fetched): (i64, i64, String, Option<String>)| {
        let name = metadata::decode(&uri).and_then(|fields| fields.name).or(fetched)?;
        Some((PublicId { chain_id, number }, name))
    };
    Ok(rows.into_iter().filter_map(named).collect())
}
