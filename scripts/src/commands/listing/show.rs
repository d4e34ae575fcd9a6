//! `stoa listing show`

use alloy::primitives::{Address, B256, U256};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use serde_json::Value;
use stoa_contracts::{Listings, Market};
use stoa_scripts::cli::{Session, Table, refused};

const KINDS: [&str; 5] = ["model", "dataset", "compute", "agent", "service"];
const STATUSES: [&str; 3] = ["active", "paused", "retired"];

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    id: String,
    kind: &'static str,
    status: &'static str,
    owner: Address,
    licence: String,
    uri: String,
    /// Where the URI holds it.
    metadata: Option<Value>,
    derivatives: bool,
    derivative_bps: u16,
    parents: Vec<Parent>,
    versions: Vec<Version>,
    /// The contract that divides its revenue, where there is one.
    shares: Option<Address>,
    plans: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Parent {
    listing: String,
    bps: u16,
}

/// A version as it was published.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Version {
    pub(super) version: u64,
    pub(super) hash: B256,
    pub(super) uris: Vec<String>,
}

pub(super) async fn run(session: &Session, id: &str) -> anyhow::Result<()> {
    let listing = read(session, session.number("listing", id)?).await?;
    session.output.answer(&listing, || table(&listing))
}

/// All versions, oldest first.
pub(super) async fn versions(session: &Session, listing: U256) -> anyhow::Result<Vec<Version>> {
    let topic = Some(B256::from(listing));
    let at = *session.contracts.listings.address();
    let published = session.events::<Listings::VersionPublished>(at, &[topic]).await?;
    let version = |event: Listings::VersionPublished| Version {
        version: event.version.saturating_to(),
        hash: event.contentHash,
        uris: event.uris,
    };
    Ok(published.into_iter().map(version).collect())
}

async fn read(session: &Session, id: U256) -> anyhow::Result<Listing> {
    let listings = &session.contracts.listings;
    let what = format!("showing listing {}", session.public_id(id));
    // Of one that does not exist, the contract keeps zeros; its owner is asked first, which is refused.
    listings.ownerOf(id).call().await.map_err(|error| refused(&what, &error))?;
    let kept = listings.listingOf(id).call().await?;
    let uri = listings.tokenURI(id).call().await?;
    let parents = listings.parentsOf(id).call().await?;
    let topic = Some(B256::from(id));
    let created = session.events::<Listings::ListingCreated>(*listings.address(), &[topic]).await?;
    let market = *session.contracts.market.address();
    let plans = session.events::<Market::PlanCreated>(market, &[None, topic]).await?;
    let share = session.contracts.revenue.shareOf(id).call().await?;
    Ok(Listing {
        id: session.public_id(id),
        kind: KINDS.get(usize::from(kept.kind)).copied().unwrap_or("asset"),
        status: STATUSES.get(usize::from(kept.status)).copied().unwrap_or("unknown"),
        owner: kept.owner,
        licence: created.into_iter().next().map(|event| event.licence).unwrap_or_default(),
        metadata: inside(&uri),
        uri,
        derivatives: kept.derivatives,
        derivative_bps: kept.derivativeBps,
        parents: parents
            .ids
            .into_iter()
            .zip(parents.bps)
            .map(|(id, bps)| Parent { listing: session.public_id(id), bps })
            .collect(),
        versions: versions(session, id).await?,
        shares: (share != Address::ZERO).then_some(share),
        plans: plans.into_iter().map(|event| session.public_id(event.plan)).collect(),
    })
}

/// The document in a URI that holds it.
fn inside(uri: &str) -> Option<Value> {
    let encoded = uri.strip_prefix("data:application/json;base64,")?;
    serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()
}

fn table(listing: &Listing) -> String {
    let percent = |bps: u16| format!("{}.{:02} %", bps / 100, bps % 100);
    let mut table = Table::of_pairs([("listing", listing.id.clone())]);
    let mut row = |name: &str, value: String| {
        table.row([name.to_owned(), value]);
    };
    let name = listing.metadata.as_ref().and_then(|document| document["name"].as_str());
    if let Some(name) = name {
        // Somebody's text: on one line.
        row("name", name.chars().filter(|letter| !letter.is_control()).take(200).collect());
    }
    row("kind", listing.kind.to_owned());
    row("status", listing.status.to_owned());
    row("owner", listing.owner.to_string());
    row("licence", listing.licence.clone());
    if !listing.uri.starts_with("data:") {
        row("metadata", listing.uri.clone());
    }
    let asked = format!("allowed, for {} of their revenue", percent(listing.derivative_bps));
    row("derivatives", if listing.derivatives { asked } else { "not allowed".to_owned() });
    for parent in &listing.parents {
        row("derives from", format!("{}, which gets {}", parent.listing, percent(parent.bps)));
    }
    if let Some(share) = listing.shares {
        row("shares", share.to_string());
    }
    if !listing.plans.is_empty() {
        row("plans", listing.plans.join(" "));
    }
    for version in &listing.versions {
        row(&format!("version {}", version.version), version.hash.to_string());
        for uri in &version.uris {
            row("", uri.clone());
        }
    }
    table.to_string()
}
