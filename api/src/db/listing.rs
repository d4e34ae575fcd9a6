//! `market.listing`.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Hash};
use time::OffsetDateTime;

use super::{Starts, columns};
use crate::metadata;
use crate::model::{Kind, ListingStatus, PublicId, Sort};

/// What a search may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ListingFilter {
    pub(crate) kind: Option<Kind>,
    pub(crate) status: Option<ListingStatus>,
    pub(crate) owner: Option<Addr>,
}

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

/// One page: of each chain the next `limit` rows by number, merged by time.
pub(crate) async fn listing_search(
    connection: &mut PgConnection,
    filter: &ListingFilter,
    sort: Sort,
    starts: &Starts,
    limit: i64,
) -> sqlx::Result<Vec<ListingRow>> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT l.chain_id, l.listing, l.kind, l.status, l.owner, l.creator, l.uri, l.licence, l.derivatives, \
         l.derivative_bps, l.royalty_receiver, l.royalty_bps, l.version, l.content_hash, l.created_block, \
         l.created_time, l.purchases, l.buyers, l.plans FROM unnest(",
    );
    sql.push_bind(&starts.chains).push("::bigint[], ").push_bind(&starts.majors);
    sql.push("::bigint[]) AS start (chain_id, listing) CROSS JOIN LATERAL (SELECT * FROM market.listing l ");
    sql.push("WHERE l.chain_id = start.chain_id AND l.listing").push(sort.behind()).push("start.listing");
    if let Some(kind) = filter.kind {
        sql.push(" AND l.kind = ").push_bind(kind as i16);
    }
    if let Some(status) = filter.status {
        sql.push(" AND l.status = ").push_bind(status as i16);
    }
    if let Some(owner) = filter.owner {
        sql.push(" AND l.owner = ").push_bind(owner);
    }
    let to = sort.direction();
    sql.push(" ORDER BY l.listing").push(to).push(" LIMIT ").push_bind(limit);
    sql.push(") l ORDER BY l.created_time")
        .push(to)
        .push(", l.chain_id")
        .push(to)
        .push(", l.listing")
        .push(to);
    sql.push(" LIMIT ").push_bind(limit);
    sql.build_query_as().fetch_all(connection).await
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

/// The metadata URIs of several listings; those too long to hold metadata that is read are left out.
pub(crate) async fn listing_uris(
    connection: &mut PgConnection,
    ids: &[PublicId],
) -> sqlx::Result<Vec<(PublicId, String)>> {
    let (chains, numbers) = columns(ids);
    let rows = sqlx::query!(
        r#"SELECT chain_id, listing, uri FROM market.listing
           JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing) USING (chain_id, listing)
           WHERE octet_length(uri) <= $3"#,
        &chains,
        &numbers,
        metadata::MAX_URI as i32
    )
    .fetch_all(connection)
    .await?;
    let id = |chain_id, number| PublicId { chain_id, number };
    Ok(rows.into_iter().map(|row| (id(row.chain_id, row.listing), row.uri)).collect())
}
