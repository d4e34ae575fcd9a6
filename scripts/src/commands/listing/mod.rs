//! `stoa listing`

mod create;
mod document;
mod fetch;
mod pay;
mod show;

use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, U256};
use anyhow::Context as _;
use clap::Subcommand;
use document::Document;
use stoa_contracts::Listings;
use stoa_scripts::{
    cli::{ChainArgs, Failure, Output, Session, SignerArgs, Step, refused},
    content::StoreArgs,
    metadata::{self, Metadata},
};

/// Assets: what they are, their versions, and whether they sell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa listing check harbour.json
  stoa listing create --kind model --metadata harbour.json --path ./harbour --derivatives 5 --parent 31337-2=2 --wallet me
  stoa listing show 31337-4
  stoa listing fetch 31337-4 --out ./harbour
  stoa listing pause 31337-4 --wallet me

What is published is in the open: a licence says who may use it, and nothing keeps others from reading it.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Lists an asset, with its first version. The wallet owns it, as an NFT.
    Create(Box<create::Args>),
    /// Publishes the next version, whose content is somewhere already. `stoa publish` puts content there and does this too.
    Publish {
        /// The listing.
        id: String,
        /// sha-256 of the file, or the digest in a folder's CID: 0x and 64 hexadecimal digits.
        #[arg(long, value_name = "HASH")]
        hash: B256,
        /// Where it can be fetched; may be repeated, at most 8 times.
        #[arg(long = "uri", value_name = "URI", required = true)]
        uris: Vec<String>,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Replaces the metadata document.
    Describe {
        /// The listing.
        id: String,
        /// The new document (JSON).
        #[arg(long, value_name = "FILE")]
        metadata: PathBuf,
        #[command(flatten)]
        stores: StoreArgs,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// What the chain says of a listing.
    Show {
        /// The listing.
        id: String,
        #[command(flatten)]
        chain: ChainArgs,
    },
    /// Gets a version's content from the first place that has it right: its hash must be the one on the chain.
    Fetch(Box<fetch::Args>),
    /// Stops all sales for now.
    Pause(One),
    /// Sells again.
    Resume(One),
    /// Ends all sales for good. What was sold stays valid.
    Retire(One),
    /// Gives the listing, an NFT, to another owner: with its plans and unspent credits, without what it has earned.
    Transfer {
        /// The listing.
        id: String,
        /// The new owner.
        #[arg(long, value_name = "ADDRESS")]
        to: Address,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Pays a listing as if it had sold something, without a fee: a gift, or a debt of other origin.
    Pay(Box<pay::Args>),
    /// Says whether a metadata document is valid, and names each field that is not.
    Check {
        /// The document (JSON).
        file: PathBuf,
        /// Answer with one JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Prints the JSON Schema of metadata documents.
    Schema,
}

/// A listing that is changed.
#[derive(Debug, clap::Args)]
struct One {
    /// The listing.
    id: String,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Create(args) => create::run(args).await,
        Action::Publish { id, hash, uris, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let listing = session.number("listing", id)?;
            session.prepare(&[version_step(&session, listing, *hash, uris)]).await?;
            let version = publish_version(&session, listing, *hash, uris).await?;
            session.output.answer(&version, || version.told())
        }
        Action::Describe { id, metadata, stores, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            describe(&session, id, metadata, stores).await
        }
        Action::Show { id, chain } => show::run(&chain.connect().await?, id).await,
        Action::Fetch(args) => fetch::run(args).await,
        Action::Pause(one) => status(one, "pausing", "paused", |id| Listings::pauseCall { id }).await,
        Action::Resume(one) => status(one, "resuming", "active", |id| Listings::resumeCall { id }).await,
        Action::Retire(one) => {
            status(one, "retiring for good", "retired", |id| Listings::retireCall { id }).await
        }
        Action::Transfer { id, to, chain, signing } => {
            transfer(&chain.connect_to_send(signing).await?, id, *to).await
        }
        Action::Pay(args) => pay::run(args).await,
        Action::Check { file, json } => {
            let metadata = read(file)?;
            Output { json: *json }.answer(&metadata, || format!("{} is valid", file.display()))
        }
        Action::Schema => Output { json: true }.answer(&metadata::schema(), String::new),
    }
}

async fn status<C: alloy::sol_types::SolCall>(
    one: &One,
    doing: &str,
    done: &str,
    call: impl Fn(U256) -> C,
) -> anyhow::Result<()> {
    let session = one.chain.connect_to_send(&one.signing).await?;
    let listing = session.number("listing", &one.id)?;
    let what = format!("{doing} listing {}", session.public_id(listing));
    let sent = session.send(Step::new(what, *session.contracts.listings.address(), &call(listing))).await?;
    session.output.answer(&[sent], || format!("listing {} is {done}", session.public_id(listing)))
}

async fn transfer(session: &Session, id: &str, to: Address) -> anyhow::Result<()> {
    let listing = session.number("listing", id)?;
    let id = session.public_id(listing);
    let what = format!("giving listing {id} to {to}");
    let owner = session.contracts.listings.ownerOf(listing).call().await;
    let from = owner.map_err(|error| refused(&what, &error))?;
    let call = Listings::safeTransferFrom_0Call { from, to, tokenId: listing };
    let step = Step::new(what, *session.contracts.listings.address(), &call)
        .with_row("listing", session.listing_words(listing).await?)
        .with_row("owner", format!("{from} → {to}"));
    let sent = session.send(step).await?;
    session.output.answer(&[sent], || format!("listing {id} belongs to {to}"))
}

/// A version that was published.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Version {
    listing: String,
    version: String,
    hash: B256,
    uris: Vec<String>,
    transaction: B256,
}

impl Version {
    pub(crate) fn told(&self) -> String {
        format!("version {} of listing {} is published, {}", self.version, self.listing, self.hash)
    }
}

/// The transaction that puts a version on the chain.
pub(crate) fn version_step(session: &Session, listing: U256, hash: B256, uris: &[String]) -> Step {
    let call = Listings::publishCall { id: listing, contentHash: hash, uris: uris.to_vec() };
    let what = publishing(session, listing);
    let step = Step::new(what, *session.contracts.listings.address(), &call).with_row("content hash", hash);
    uris.iter().fold(step, |step, uri| step.with_row("uri", uri))
}

/// As in "… is refused".
pub(crate) fn publishing(session: &Session, listing: U256) -> String {
    format!("publishing a version of listing {}", session.public_id(listing))
}

/// Puts a version on the chain whose transaction is agreed to.
pub(crate) async fn publish_version(
    session: &Session,
    listing: U256,
    hash: B256,
    uris: &[String],
) -> anyhow::Result<Version> {
    let id = session.public_id(listing);
    let sent = session.send_agreed(&[version_step(session, listing, hash, uris)]).await?;
    let sent = sent.into_iter().next().context("one step gives one transaction")?;
    let published = sent.receipt.decoded_log::<Listings::VersionPublished>();
    let published = published.context("the transaction published no version")?;
    Ok(Version {
        listing: id,
        version: published.version.to_string(),
        hash,
        uris: uris.to_vec(),
        transaction: sent.transaction,
    })
}

/// Whoever may not change a listing is told before anything is read or sent anywhere.
pub(crate) async fn must_manage(session: &Session, listing: U256, what: &str) -> anyhow::Result<()> {
    let account = session.account()?;
    let manages = session.contracts.listings.isManager(listing, account).call().await;
    if manages.map_err(|error| refused(what, &error))? {
        return Ok(());
    }
    let reason = format!("{account} does not manage it");
    Err(Failure::Refused { what: what.to_owned(), reason }.into())
}

async fn describe(session: &Session, id: &str, file: &Path, stores: &StoreArgs) -> anyhow::Result<()> {
    let listing = session.number("listing", id)?;
    let what = format!("describing listing {}", session.public_id(listing));
    let metadata = read(file)?;
    must_manage(session, listing, &what).await?;
    create::check_lineage(session, &metadata).await?;
    let document = Document::of(&metadata, stores).await?;
    let uri = document.uri()?;
    let place = place(&uri).to_owned();
    let call = Listings::setUriCall { id: listing, uri };
    let step = Step::new(what, *session.contracts.listings.address(), &call)
        .with_row("name", &metadata.name)
        .with_row("metadata", place);
    let steps = [step];
    session.prepare(&steps).await?;
    document.send().await?;
    let sent = session.send_agreed(&steps).await?;
    session.output.answer(&sent, || format!("listing {} has new metadata", session.public_id(listing)))
}

/// Reads and validates a document.
fn read(file: &Path) -> anyhow::Result<Metadata> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    metadata::parse(&text).map_err(|wrong| anyhow::anyhow!("{} is not valid:\n{wrong}", file.display()))
}

fn place(uri: &str) -> &str {
    if uri.starts_with("data:") { "on the chain" } else { uri }
}
