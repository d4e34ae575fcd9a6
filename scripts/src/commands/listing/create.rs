//! `stoa listing create`

use std::path::PathBuf;

use alloy::primitives::{Address, B256, U256};
use anyhow::{Context as _, bail};
use clap::ValueEnum;
use serde::Serialize;
use stoa_contracts::Listings;
use stoa_scripts::{
    cli::{ChainArgs, Session, SignerArgs, Step, parse_units},
    content::{self, StoreArgs},
    metadata::Metadata,
};

use super::document::Document;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What it is.
    #[arg(long, value_enum)]
    kind: Kind,
    /// The document that describes it (JSON); `stoa listing schema` says what it may hold.
    #[arg(long, value_name = "FILE")]
    metadata: PathBuf,
    /// The content of version 1, a file or folder: published as `stoa publish` does.
    #[arg(long, value_name = "PATH", conflicts_with_all = ["hash", "uris"])]
    path: Option<PathBuf>,
    /// The content hash of version 1, where it is published already.
    #[arg(long, value_name = "HASH", requires = "uris")]
    hash: Option<B256>,
    /// Where version 1 can be fetched; may be repeated.
    #[arg(long = "uri", value_name = "URI", requires = "hash")]
    uris: Vec<String>,
    /// Lets other listings derive from it, for at least this part of their revenue in percent, at most 25.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    derivatives: Option<u16>,
    /// A listing that it derives from, and the part of its own revenue that goes there in percent, such as 31337-2=5;
    /// may be repeated. It never changes.
    #[arg(long = "parent", value_name = "ID=PERCENT")]
    parents: Vec<String>,
    /// Royalty asked for when the listing itself, the NFT, is resold, in percent, at most 10.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    royalty: Option<u16>,
    /// Who gets that royalty; the signer by default.
    #[arg(long, value_name = "ADDRESS", requires = "royalty")]
    royalty_to: Option<Address>,
    #[command(flatten)]
    stores: StoreArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

/// As the contract counts them.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Model,
    Dataset,
    Compute,
    Agent,
    Service,
}

#[derive(Debug, Serialize)]
struct Created {
    listing: String,
    owner: Address,
    uri: String,
    hash: B256,
    uris: Vec<String>,
    transaction: B256,
}

/// 1/10,000 of a number with at most two decimals.
fn percent(text: &str) -> Result<u16, String> {
    let bps = parse_units(text.trim_end_matches('%'), 2)?;
    u16::try_from(bps).ok().filter(|bps| *bps <= 10_000).ok_or_else(|| "it is more than 100 %".to_owned())
}

fn shown(bps: u16) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let metadata = super::read(&args.metadata)?;
    let session = args.chain.connect_to_send(&args.signing).await?;
    check_lineage(&session, &metadata).await?;
    let parents = parents(&session, &args.parents)?;
    let content = match &args.path {
        Some(path) => Some(content::draft(path, &args.stores).await?),
        None => None,
    };
    let (hash, uris) = match &content {
        Some(draft) => (draft.hash(), draft.uris()?),
        None => (args.hash.unwrap_or_default(), args.uris.clone()),
    };
    let document = Document::of(&metadata, &args.stores).await?;
    let uri = document.uri()?;
    let owner = session.account()?;
    let listing = Listings::NewListing {
        kind: args.kind as u8,
        uri: uri.clone(),
        contentHash: hash,
        uris: uris.clone(),
        licence: metadata.licence.clone().unwrap_or_default(),
        derivatives: args.derivatives.is_some(),
        derivativeBps: args.derivatives.unwrap_or_default(),
        parents: parents.iter().map(|(id, _)| *id).collect(),
        parentBps: parents.iter().map(|(_, bps)| *bps).collect(),
        royaltyReceiver: args.royalty.map_or(Address::ZERO, |_| args.royalty_to.unwrap_or(owner)),
        royaltyBps: args.royalty.unwrap_or_default(),
    };
    let steps = [step(&session, &metadata, &listing)];
    session.prepare(&steps).await?;
    // Only now is anything where others see it.
    if let Some(draft) = content {
        draft.send().await?;
    }
    document.send().await?;
    let sent = session.send_agreed(&steps).await?;
    let sent = sent.into_iter().next().context("one step gives one transaction")?;
    let created = sent.receipt.decoded_log::<Listings::ListingCreated>();
    let created = created.context("the transaction created no listing")?;
    let id = session.public_id(created.listing);
    let transaction = sent.transaction;
    let record = Created { listing: id.clone(), owner, uri, hash, uris, transaction };
    session.output.answer(&record, || format!("listing {id} is created, {:?}", metadata.name))
}

fn step(session: &Session, metadata: &Metadata, listing: &Listings::NewListing) -> Step {
    let call = Listings::createCall { listing: listing.clone() };
    let what = format!("listing {:?}", metadata.name);
    let mut step = Step::new(what, *session.contracts.listings.address(), &call)
        .with_row("licence", if listing.licence.is_empty() { "none" } else { &listing.licence })
        .with_row("metadata", super::place(&listing.uri));
    if !listing.contentHash.is_zero() {
        step = step.with_row("content hash", listing.contentHash);
    }
    for uri in &listing.uris {
        step = step.with_row("uri", uri);
    }
    step = step.with_row(
        "derivatives",
        if listing.derivatives { format!("for {}", shown(listing.derivativeBps)) } else { "none".to_owned() },
    );
    for (parent, bps) in listing.parents.iter().zip(&listing.parentBps) {
        let part = format!("{} of its revenue, for good", shown(*bps));
        step = step.with_row(&format!("to {}", session.public_id(*parent)), part);
    }
    if listing.royaltyBps > 0 {
        let royalty = format!("{} to {}", shown(listing.royaltyBps), listing.royaltyReceiver);
        step = step.with_row("resale of the NFT", royalty);
    }
    step
}

/// `31337-2=5`, in the order that the contract asks for.
fn parents(session: &Session, given: &[String]) -> anyhow::Result<Vec<(U256, u16)>> {
    let mut parents = Vec::new();
    for text in given {
        let (id, part) = text
            .split_once('=')
            .with_context(|| format!("--parent {text}: write a listing and a part, such as 31337-2=5"))?;
        let part = percent(part).map_err(|reason| anyhow::anyhow!("--parent {text}: {reason}"))?;
        parents.push((session.number("listing", id)?, part));
    }
    parents.sort_unstable();
    Ok(parents)
}

/// Whether what it says to be trained on is on this chain so; of other chains nothing is known here.
pub(super) async fn check_lineage(session: &Session, metadata: &Metadata) -> anyhow::Result<()> {
    let here = format!("{}-", session.network.chain_id);
    for (n, trained) in metadata.trained_on.iter().enumerate() {
        let Some(number) = trained.listing.strip_prefix(&here) else { continue };
        let listing = session.number("listing", number)?;
        let version = U256::from(trained.version);
        let found = session.contracts.listings.contentHashOf(listing, version).call().await?;
        if found.is_zero() {
            bail!(
                "trainedOn[{n}]: listing {} has no version {} with content",
                trained.listing,
                trained.version
            );
        }
        if trained.hash != found.to_string() {
            bail!(
                "trainedOn[{n}].hash: version {} of listing {} has the content hash {found}, not {}",
                trained.version,
                trained.listing,
                trained.hash
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_have_two_decimals() {
        for (text, bps) in [("5", 500), ("2.5", 250), ("0.01%", 1), ("100", 10_000), ("0", 0)] {
            assert_eq!(percent(text), Ok(bps));
        }
        for text in ["", "%", "-1", "0.001", "100.01", "five"] {
            assert!(percent(text).is_err(), "{text}");
        }
        assert_eq!(shown(505), "5.05 %");
    }
}
