//! A listing as collections show it.

use std::collections::HashMap;

use serde::Serialize;
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::db::document::document_of;
use crate::db::grade::grade_scores;
use crate::db::listing::ListingRow;
use crate::db::listing_parent::listing_parent_of;
use crate::db::plan::plan_cheapest;
use crate::error::ApiError;
use crate::metadata::Metadata;
use crate::model::{Edge, Kind, ListingStatus, PublicId, Token, word_of};
use crate::snapshot::Snapshot;

/// An AI asset on offer, as it stands after the block in `meta`.
#[derive(Clone, Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "ListingRecord")]
pub struct ListingSummary {
    /// Public id: `{chainId}-{n}`.
    #[schema(value_type = String, example = "31337-1")]
    pub id: PublicId,
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    pub kind: Kind,
    pub status: ListingStatus,
    /// Who owns the listing's NFT.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub owner: Addr,
    /// Who created it.
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub creator: Addr,
    /// Where its metadata is.
    #[schema(example = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi")]
    pub uri: String,
    pub metadata: Metadata,
    /// Licence it is offered under, an SPDX id or a URI.
    #[schema(example = "Apache-2.0")]
    pub licence: String,
    /// Whether other listings may derive from it.
    pub derivatives_allowed: bool,
    /// What it asks of a derivative's revenue, in 1/10,000.
    #[schema(example = 500, minimum = 0, maximum = 10_000)]
    pub derivative_bps: i32,
    /// Who gets the resale royalty of the listing's NFT (ERC-2981).
    #[schema(value_type = String, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    pub royalty_receiver: Addr,
    /// That royalty, in 1/10,000.
    #[schema(example = 250, minimum = 0, maximum = 10_000)]
    pub royalty_bps: i32,
    /// Number of the latest version, from 1.
    #[schema(example = 1)]
    pub version: i64,
    /// Content hash of the latest version.
    #[schema(value_type = String, example = "0x9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_hash: Hash,
    /// When it was created (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub created_at: OffsetDateTime,
    /// The block in which it was created.
    #[schema(example = 17)]
    pub created_block: i64,
    /// How many purchases were made of it: a whole number.
    #[schema(value_type = String, example = "12")]
    pub sales: Uint,
    /// How many accounts paid for it.
    #[schema(example = 5)]
    pub buyers: i64,
    /// How many plans it has, paused ones included.
    #[schema(example = 2)]
    pub plan_count: i64,
    /// The plan that costs least among those on sale by the head's time: not paused, not sold out, inside of its
    /// window. Null when none is, or when they are paid in different tokens.
    #[schema(required = true)]
    pub cheapest_plan: Option<CheapestPlan>,
    /// The listings that it derives from, by number. They never change.
    #[graphql(skip)]
    pub parents: Vec<Edge>,
    /// Its grades; null until they are counted, which is every ten minutes.
    #[schema(required = true)]
    pub grade: Option<Grade>,
}

/// The plan that costs least.
#[derive(Clone, Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct CheapestPlan {
    /// Public id of the plan.
    #[schema(value_type = String, example = "31337-3")]
    pub id: PublicId,
    /// Price of one, in base units of the token.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
    pub token: Token,
}

/// A listing's grades, from 0 to 1,000: `/v1/listings/{id}/grades` shows what they come from.
#[derive(Clone, Copy, Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Grade {
    /// Of the last 30 days.
    #[schema(example = 412, minimum = 0, maximum = 1_000)]
    pub short_term: i32,
    /// Of its whole life.
    #[schema(example = 388, minimum = 0, maximum = 1_000)]
    pub long_term: i32,
}

/// Completes rows by what stands in other tables: four statements, however many rows.
pub(crate) async fn summaries(
    snapshot: &mut Snapshot<'_>,
    rows: Vec<ListingRow>,
) -> Result<Vec<ListingSummary>, ApiError> {
    let ids: Vec<PublicId> = rows.iter().map(ListingRow::id).collect();
    let mut parents: HashMap<PublicId, Vec<Edge>> = HashMap::new();
    for (child, parent) in listing_parent_of(snapshot.connection, &ids).await? {
        parents.entry(child).or_default().push(parent);
    }
    let mut cheapest: HashMap<PublicId, CheapestPlan> = HashMap::new();
    let mut chains: Vec<i64> = ids.iter().map(|id| id.chain_id).collect();
    chains.sort_unstable();
    chains.dedup();
    let clock = snapshot.clocks(&chains);
    for row in plan_cheapest(snapshot.connection, &ids, &clock).await? {
        let id = PublicId { chain_id: row.listing.chain_id, number: row.plan };
        cheapest.insert(row.listing, CheapestPlan { id, amount: row.price, token: row.token });
    }
    let mut grades = grade_scores(snapshot.connection, &ids).await?;
    let mut documents = document_of(snapshot.connection, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let id = row.id();
            // What the URI itself holds needs nobody to fetch it.
            let inline = Metadata::inline(&row.uri);
            let metadata = inline.or_else(|| documents.remove(&id)).unwrap_or_else(Metadata::pending);
            let grade = grades.remove(&id).map(|(short_term, long_term)| Grade { short_term, long_term });
            let summary =
                summary(row, metadata, cheapest.remove(&id), parents.remove(&id).unwrap_or_default())?;
            Ok(ListingSummary { grade, ..summary })
        })
        .collect()
}

fn summary(
    row: ListingRow,
    metadata: Metadata,
    cheapest_plan: Option<CheapestPlan>,
    parents: Vec<Edge>,
) -> Result<ListingSummary, ApiError> {
    Ok(ListingSummary {
        id: row.id(),
        chain_id: row.chain_id,
        kind: word_of(row.kind, "kind of listing")?,
        status: word_of(row.status, "status of a listing")?,
        owner: row.owner,
        creator: row.creator,
        metadata,
        uri: row.uri,
        licence: row.licence,
        derivatives_allowed: row.derivatives,
        derivative_bps: row.derivative_bps,
        royalty_receiver: row.royalty_receiver,
        royalty_bps: row.royalty_bps,
        version: row.version,
        content_hash: row.content_hash,
        created_at: row.created_time,
        created_block: row.created_block,
        sales: count(row.purchases),
        buyers: row.buyers,
        plan_count: row.plans,
        cheapest_plan,
        parents,
        grade: None,
    })
}

/// A count as a decimal string: it may outgrow what JavaScript counts exactly.
pub(crate) fn count(number: i64) -> Uint {
    Uint::from(u64::try_from(number).unwrap_or_default())
}
