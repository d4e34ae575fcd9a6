//! `market.listing_parent`.

use sqlx::PgConnection;

use super::{PARTS, columns};
use crate::model::{Edge, PublicId};

/// Which way a family is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Ancestors,
    Descendants,
}

/// A child, its parent, and what the parent is granted.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(crate) struct LineageRow {
    pub(crate) child: i64,
    pub(crate) parent: i64,
    pub(crate) bps: i32,
}

/// The parents of several listings, each beside its child, in the order of their numbers.
pub(crate) async fn listing_parent_of(
    connection: &mut PgConnection,
    children: &[PublicId],
) -> sqlx::Result<Vec<(PublicId, Edge)>> {
    let (chains, numbers) = columns(children);
    let rows = sqlx::query!(
        r#"SELECT chain_id, listing, parent, bps FROM market.listing_parent
           JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing) USING (chain_id, listing)
           ORDER BY chain_id, listing, parent"#,
        &chains,
        &numbers
    )
    .fetch_all(connection)
    .await?;
    let id = |chain_id, number| PublicId { chain_id, number };
    let edges = rows.into_iter().map(|row| {
        let parent = Edge { id: id(row.chain_id, row.parent), bps: row.bps };
        (id(row.chain_id, row.listing), parent)
    });
    Ok(edges.collect())
}

/// What derives from a listing, oldest first, at most [`PARTS`].
pub(crate) async fn listing_parent_children(
    connection: &mut PgConnection,
    parent: PublicId,
) -> sqlx::Result<Vec<Edge>> {
    let rows = sqlx::query!(
        "SELECT listing, bps FROM market.listing_parent
         WHERE chain_id = $1 AND parent = $2 ORDER BY listing LIMIT $3",
        parent.chain_id,
        parent.number,
        PARTS
    )
    .fetch_all(connection)
    .await?;
    let id = |number| PublicId { chain_id: parent.chain_id, number };
    Ok(rows.into_iter().map(|row| Edge { id: id(row.listing), bps: row.bps }).collect())
}

/// All edges of a listing's family on one side, at most `limit`.
pub(crate) async fn lineage_of(
    connection: &mut PgConnection,
    listing: PublicId,
    direction: Direction,
    limit: i64,
) -> sqlx::Result<Vec<LineageRow>> {
    let sql = match direction {
        Direction::Ancestors => include_str!("sql/lineage_ancestors.sql"),
        Direction::Descendants => include_str!("sql/lineage_descendants.sql"),
    };
    let query = sqlx::query_as(sql).bind(listing.chain_id).bind(listing.number).bind(limit);
    query.fetch_all(connection).await
}
