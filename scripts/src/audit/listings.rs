//! Listings, their versions and their lineage.

use alloy::primitives::{Address, U256};
use sqlx::postgres::PgConnection;
use stoa_contracts::{Listings, Revenue};
use stoa_schema::types::Addr;

use super::{
    question::{Question, hexed, text},
    scope::Scope,
};

const LISTINGS: &str = include_str!("sql/listing.sql");
const VERSIONS: &str = include_str!("sql/listing_version.sql");

/// In the order of `listing.sql`.
const COLUMNS: [&str; 8] = [
    "owner",
    "royalty_bps",
    "derivative_bps",
    "version",
    "kind",
    "status",
    "derivatives",
    "royalty_receiver",
];

/// Number, version, columns, URI, content hash, parents, shares by their own table and by the listing's, approved.
type Row = (i64, i64, Vec<String>, String, String, String, Option<Addr>, String, String);

pub(super) async fn questions(connection: &mut PgConnection, scope: &Scope) -> sqlx::Result<Vec<Question>> {
    let rows: Vec<Row> = scope.rows(connection, LISTINGS).await?;
    let mut questions: Vec<Question> = rows.into_iter().flat_map(|row| of_listing(scope, row)).collect();
    let versions: Vec<(i64, i64, String)> = scope.rows(connection, VERSIONS).await?;
    for (listing, version, hash) in versions {
        let what = format!("listing {listing} version {version}");
        questions.push(content(scope, what, listing, version).is("content_hash", hash));
    }
    Ok(questions)
}

fn of_listing(scope: &Scope, row: Row) -> [Question; 6] {
    let (listing, version, columns, uri, hash, parents, shares, share, approved) = row;
    let (at, revenue) = (scope.places.listings, scope.places.revenue);
    let (what, id) = (format!("listing {listing}"), U256::from(listing));
    let shares = shares.map_or(Address::ZERO, |share| share.0);
    [
        Question::view(what.clone(), at, &Listings::listingOfCall { id }, fields).are(&COLUMNS, columns),
        Question::view(what.clone(), at, &Listings::tokenURICall { id }, |uri| vec![text(&uri)])
            .is("uri", uri),
        content(scope, what.clone(), listing, version).is("content_hash", hash),
        Question::view(what.clone(), at, &Listings::parentsOfCall { id }, |parents| {
            let pairs = parents.ids.iter().zip(&parents.bps).map(|(parent, bps)| format!("{parent}:{bps}"));
            vec![pairs.collect::<Vec<_>>().join(" ")]
        })
        .is("parents", parents),
        Question::view(what.clone(), revenue, &Revenue::shareOfCall { listing: id }, |share| {
            vec![hexed(share), hexed(share)]
        })
        .is("shares", hexed(shares))
        .is("share", share),
        Question::view(what, at, &Listings::getApprovedCall { tokenId: id }, |approved| {
            vec![hexed(approved)]
        })
        .is("approved", approved),
    ]
}

fn fields(listing: Listings::Listing) -> Vec<String> {
    vec![
        hexed(listing.owner),
        listing.royaltyBps.to_string(),
        listing.derivativeBps.to_string(),
        listing.versions.to_string(),
        listing.kind.to_string(),
        listing.status.to_string(),
        listing.derivatives.to_string(),
        hexed(listing.royaltyReceiver),
    ]
}

fn content(scope: &Scope, what: String, listing: i64, version: i64) -> Question {
    let call = Listings::contentHashOfCall { id: U256::from(listing), version: U256::from(version) };
    Question::view(what, scope.places.listings, &call, |hash| vec![hexed(hash)])
}
