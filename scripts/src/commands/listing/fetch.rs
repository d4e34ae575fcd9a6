//! `stoa listing fetch`

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use stoa_scripts::{
    cli::ChainArgs,
    content::{self, ReaderArgs, Wanted},
};

use super::show;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The listing.
    id: String,
    /// The version; the newest by default.
    #[arg(long, value_name = "N")]
    version: Option<u64>,
    /// Where to put it. It must not exist yet.
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    #[command(flatten)]
    readers: ReaderArgs,
    #[command(flatten)]
    chain: ChainArgs,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect().await?;
    let listing = session.number("listing", &args.id)?;
    let id = session.public_id(listing);
    let versions = show::versions(&session, listing).await?;
    let newest = versions.last().with_context(|| format!("there is no listing {id}"))?;
    let version = match args.version {
        None => newest,
        Some(n) => versions
            .iter()
            .find(|version| version.version == n)
            .with_context(|| format!("listing {id} has no version {n}: the newest is {}", newest.version))?,
    };
    ensure!(
        !version.hash.is_zero() && !version.uris.is_empty(),
        "version {} of listing {id} has no content to fetch",
        version.version
    );
    let wanted = Wanted { hash: version.hash, uris: version.uris.clone() };
    let fetched = content::fetch(&wanted, &args.readers, &args.out).await?;
    session.output.answer(&fetched, || {
        format!(
            "version {} of listing {id} is in {}, as the chain has it",
            version.version,
            fetched.out.display()
        )
    })
}
