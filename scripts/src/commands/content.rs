//! `stoa content`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Subcommand;
use reqwest::{Body, Method, header};
use serde_json::Value;
use stoa_content::{Options, Tree, tree::Named};
use stoa_scripts::cli::Table;
use tokio_util::io::ReaderStream;

use super::api::{ApiArgs, Client};

/// Files at an API: handed to it, for listings to name.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa content put weights.bin --wallet me
  stoa content put card.json --api https://stoa.example --wallet me

`stoa publish` does the same without an API: into this machine's folder, IPFS or an object store.")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Uploads a file, and tells its name and hash. It is in the open from then on.
    Put {
        /// The file.
        file: PathBuf,
        #[command(flatten)]
        api: ApiArgs,
    },
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let Action::Put { file, api } = &args.action;
    let named = name(file).await?;
    let client = api.client().await?;
    let kept = put(&client, file, &named).await;
    client.sign_out().await;
    let kept = kept?;
    // What is told is what was read here, or the listing would name something else.
    let (here, there) = (named.cid.to_string(), kept["cid"].as_str().unwrap_or_default());
    ensure!(here == there, "the API names it {there:?}, and it is {here}: do not list it");
    let text = |name: &str| kept[name].as_str().unwrap_or_default().to_owned();
    api.output().answer(&kept, || {
        Table::of_pairs([
            ("cid", text("cid")),
            ("uri", text("uri")),
            ("content hash", text("sha256")),
            ("size", format!("{} bytes", kept["size"])),
        ])
        .to_string()
    })
}

async fn name(path: &Path) -> anyhow::Result<Named> {
    let path = path.to_owned();
    let named = tokio::task::spawn_blocking(move || {
        let tree = Tree::scan(&path, Options::default())?;
        ensure!(!tree.is_folder(), "{} is a folder: an API takes single files", path.display());
        Ok(tree.name(None, &mut |_| {})?)
    });
    named.await?
}

async fn put(client: &Client, path: &Path, named: &Named) -> anyhow::Result<Value> {
    let file =
        tokio::fs::File::open(path).await.with_context(|| format!("{} cannot be read", path.display()))?;
    let request = client
        .request(Method::POST, "content")?
        .header(header::CONTENT_TYPE, "application/octet-stream")
        .header(header::CONTENT_LENGTH, named.size)
        .header("content-digest", format!("sha-256=:{}:", STANDARD.encode(named.hash)))
        .body(Body::wrap_stream(ReaderStream::new(file)));
    Ok(client.send(request).await?["data"].take())
}
