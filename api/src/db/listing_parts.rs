//! What belongs to several listings at once, read page by page: one statement, however many listings.

use sqlx::{FromRow, PgConnection};
use stoa_schema::types::{Addr, Hash, Uint};

use super::PARTS;
use super::listing_version::VersionRow;
use super::plan::{PlanRow, RuleRow};
use super::purchase::PurchaseRow;
use super::revenue::RevenueRow;
use super::share::ShareRow;
use super::share_sale::ShareSaleRow;
use crate::cursor::Position;
use crate::model::PublicId;

/// Listings, each with the place behind which its page begins.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    chains: Vec<i64>,
    listings: Vec<i64>,
    majors: Vec<i64>,
    minors: Vec<i32>,
}

impl Wanted {
    pub(crate) fn push(&mut self, id: PublicId, (major, minor): Position) {
        self.chains.push(id.chain_id);
        self.listings.push(id.number);
        self.majors.push(major);
        self.minors.push(minor);
    }
}

/// A row, and the listing that it belongs to.
#[derive(Debug, FromRow)]
pub(crate) struct Of<T> {
    chain_id: i64,
    listing: i64,
    #[sqlx(flatten)]
    pub(crate) row: T,
}

impl<T> Of<T> {
    pub(crate) fn id(&self) -> PublicId {
        PublicId { chain_id: self.chain_id, number: self.listing }
    }
}

#[derive(Debug, FromRow)]
struct Ruled {
    #[sqlx(flatten)]
    plan: PlanRow,
    root: Option<Hash>,
    tier: Option<i16>,
    held: Option<Addr>,
    held_amount: Option<Uint>,
}

/// Plans, oldest first.
pub(crate) async fn plan_page(
    connection: &mut PgConnection,
    wanted: &Wanted,
    limit: i64,
) -> sqlx::Result<Vec<(PublicId, PlanRow)>> {
    let rows: Vec<Of<Ruled>> = sqlx::query_as(include_str!("sql/plan_page.sql"))
        .bind(&wanted.chains)
        .bind(&wanted.listings)
        .bind(&wanted.majors)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    let plan = |of: Of<Ruled>| {
        let (id, Ruled { mut plan, root, tier, held, held_amount }) = (of.id(), of.row);
        plan.rule = (|| Some(RuleRow { root: root?, tier: tier?, token: held?, amount: held_amount? }))();
        (id, plan)
    };
    Ok(rows.into_iter().map(plan).collect())
}

/// Releases, newest first.
pub(crate) async fn listing_version_page(
    connection: &mut PgConnection,
    wanted: &Wanted,
    limit: i64,
) -> sqlx::Result<Vec<Of<VersionRow>>> {
    sqlx::query_as(include_str!("sql/listing_version_page.sql"))
        .bind(&wanted.chains)
        .bind(&wanted.listings)
        .bind(&wanted.majors)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// What derives from the listings, oldest first: chain, parent, child, what the parent is granted.
pub(crate) async fn listing_child_page(
    connection: &mut PgConnection,
    wanted: &Wanted,
    limit: i64,
) -> sqlx::Result<Vec<(i64, i64, i64, i32)>> {
    sqlx::query_as(include_str!("sql/listing_child_page.sql"))
        .bind(&wanted.chains)
        .bind(&wanted.listings)
        .bind(&wanted.majors)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// How many listings derive from each, where any do.
pub(crate) async fn listing_child_count(
    connection: &mut PgConnection,
    listings: &[PublicId],
) -> sqlx::Result<Vec<(i64, i64, i64)>> {
    let (chains, numbers) = super::columns(listings);
    let sql = "SELECT chain_id, parent, count(*) FROM market.listing_parent
         JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, parent) USING (chain_id, parent)
         GROUP BY chain_id, parent";
    sqlx::query_as(sql).bind(chains).bind(numbers).fetch_all(connection).await
}

/// Purchases, newest first.
pub(crate) async fn purchase_page(
    connection: &mut PgConnection,
    wanted: &Wanted,
    limit: i64,
) -> sqlx::Result<Vec<PurchaseRow>> {
    sqlx::query_as(include_str!("sql/purchase_page.sql"))
        .bind(&wanted.chains)
        .bind(&wanted.listings)
        .bind(&wanted.majors)
        .bind(&wanted.minors)
        .bind(limit)
        .fetch_all(connection)
        .await
}

/// Revenue by token, at most [`PARTS`] tokens of each listing.
pub(crate) async fn revenue_of_listings(
    connection: &mut PgConnection,
    listings: &[PublicId],
) -> sqlx::Result<Vec<Of<RevenueRow>>> {
    let (chains, numbers) = super::columns(listings);
    let query = sqlx::query_as(include_str!("sql/revenue_of_listings.sql")).bind(chains).bind(numbers);
    query.bind(PARTS).fetch_all(connection).await
}

/// Share contracts.
pub(crate) async fn share_of_listings(
    connection: &mut PgConnection,
    listings: &[PublicId],
) -> sqlx::Result<Vec<Of<ShareRow>>> {
    let (chains, numbers) = super::columns(listings);
    let query = sqlx::query_as(include_str!("sql/share_of_listings.sql")).bind(chains).bind(numbers);
    query.fetch_all(connection).await
}

/// Offers of shares that sell by the chains' clocks or later, oldest first, at most [`PARTS`] of each listing.
pub(crate) async fn share_sale_of_listings(
    connection: &mut PgConnection,
    listings: &[PublicId],
    clocks: &(Vec<i64>, Vec<i64>),
) -> sqlx::Result<Vec<Of<ShareSaleRow>>> {
    let (chains, numbers) = super::columns(listings);
    sqlx::query_as(include_str!("sql/share_sale_of_listings.sql"))
        .bind(chains)
        .bind(numbers)
        .bind(&clocks.0)
        .bind(&clocks.1)
        .bind(PARTS)
        .fetch_all(connection)
        .await
}
