//! `stoa publish`

use std::path::PathBuf;

use serde::Serialize;
use stoa_scripts::{
    cli::{ChainArgs, Output, Session, SignerArgs, Table},
    content::{self, Published, StoreArgs},
};

use super::listing::{self, Version};

/// Publish a file or folder: name it by its hash, keep it where others find it, and put it on the chain as a version.
///
/// What is published is in the open: a licence says who may use it, and nothing keeps others from reading it. Do not
/// publish what has to stay secret.
///
/// A folder goes to an IPFS node, or to the local folder that the API serves, and nowhere else: --store takes single files.
/// To S3 a file goes in one piece, which may be at most 5 GiB.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa publish ./harbour
  stoa publish ./harbour --listing 31337-4 --wallet me
  stoa publish harbour.gguf --ipfs-api http://127.0.0.1:5001
  stoa publish harbour.gguf --store 's3://models/harbour?region=eu-central-1'

The CID is that of `ipfs add --cid-version=1 --raw-leaves`. Names beginning with a dot are left out, as IPFS does.")]
pub(crate) struct Args {
    /// The file or folder.
    path: PathBuf,
    /// Publish it as the next version of this listing, in one go.
    #[arg(long, value_name = "ID")]
    listing: Option<String>,
    #[command(flatten)]
    stores: StoreArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Debug, Serialize)]
struct Record<'a> {
    #[serde(flatten)]
    published: &'a Published,
    version: Option<Version>,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    // Whoever may not publish there is told before anything is sent anywhere.
    let target = match &args.listing {
        Some(id) => Some(target(args, id).await?),
        None => None,
    };
    let published = match &target {
        Some((session, listing)) => {
            let draft = content::draft(&args.path, &args.stores).await?;
            let step = listing::version_step(session, *listing, draft.hash(), &draft.uris()?);
            session.prepare(&[step]).await?;
            draft.send().await?
        }
        None => content::publish(&args.path, &args.stores).await?,
    };
    for path in &published.skipped {
        eprintln!("  {} is left out: its name begins with a dot (--hidden publishes it)", path.display());
    }
    let version = match &target {
        Some((session, listing)) => {
            Some(listing::publish_version(session, *listing, published.hash, &published.uris).await?)
        }
        None => None,
    };
    let record = Record { published: &published, version };
    Output { json: args.chain.json }.answer(&record, || table(&record))
}

async fn target(args: &Args, id: &str) -> anyhow::Result<(Session, alloy::primitives::U256)> {
    let session = args.chain.connect_to_send(&args.signing).await?;
    let listing = session.number("listing", id)?;
    listing::must_manage(&session, listing, &listing::publishing(&session, listing)).await?;
    Ok((session, listing))
}

fn table(record: &Record<'_>) -> String {
    let published = record.published;
    let mut table = Table::of_pairs([
        ("cid", published.cid.clone()),
        ("content hash", published.hash.to_string()),
        ("size", format!("{} bytes", published.size)),
    ]);
    for uri in &published.uris {
        table.row(["uri".to_owned(), uri.clone()]);
    }
    match &record.version {
        Some(version) => format!("{table}\n{}", version.told()),
        None => table.to_string(),
    }
}
