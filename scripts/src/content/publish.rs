//! Content is named, kept, and sent to every place that is configured.

use std::path::{Path, PathBuf};

use alloy::primitives::B256;
use anyhow::Context as _;
use serde::Serialize;
use stoa_content::{Cid, Options, Store, Tree, tree::Named};
use url::Url;

use super::{ipfs, object::ObjectStore};
use crate::progress::Step;

/// Where content goes.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Stores")]
pub struct StoreArgs {
    /// Add and pin it at the IPFS node with this HTTP API, such as http://127.0.0.1:5001.
    #[arg(long, env = "STOA_IPFS_API", value_name = "URL")]
    pub ipfs_api: Option<Url>,
    /// Without an IPFS node: keep it in this folder, which the API serves at /ipfs/{cid}; .stoa/content by default.
    #[arg(long, env = "STOA_CONTENT", value_name = "DIR")]
    pub content: Option<PathBuf>,
    /// Where others reach the API that serves that folder: adds <URL>/ipfs/<CID> to the URIs.
    #[arg(long, env = "STOA_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Url>,
    /// Put a file, no folder, here too, named by its CID; may be repeated. https://host/path takes a PUT, with the bearer token in
    /// STOA_STORE_TOKEN; s3://bucket/prefix?endpoint=URL&region=NAME is signed with AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY, and takes a file of at most 5 GiB.
    #[arg(long = "store", env = "STOA_STORES", value_name = "URL", value_delimiter = ' ')]
    pub stores: Vec<Url>,
    /// Publish files whose names begin with a dot too.
    #[arg(long)]
    pub hidden: bool,
}

/// What was published.
#[derive(Clone, Debug, Serialize)]
pub struct Published {
    pub cid: String,
    /// What a version's content hash is: a file's sha-256, a folder's CID digest.
    pub hash: B256,
    /// Bytes of content.
    pub size: u64,
    pub folder: bool,
    pub uris: Vec<String>,
    /// Hidden files that were left out.
    pub skipped: Vec<PathBuf>,
}

/// Content that is read and named, and nowhere yet: its URIs are known, and nobody else has seen it.
#[derive(Debug)]
pub struct Draft {
    tree: Tree,
    named: Named,
    objects: Vec<ObjectStore>,
    args: StoreArgs,
}

/// Publishes a file or folder. Nothing is sent anywhere before everything has been read and named.
///
/// # Errors
/// When it cannot be read, or a store does not take it.
pub async fn publish(path: &Path, args: &StoreArgs) -> anyhow::Result<Published> {
    let (tree, objects) = open(path, args)?;
    let (tree, named) = name(tree, args.store()).await?;
    Draft { tree, named, objects, args: args.clone() }.send_on().await
}

/// Reads and names a file or folder, and keeps it nowhere.
///
/// # Errors
/// When it cannot be read, or a store would not take it.
pub async fn draft(path: &Path, args: &StoreArgs) -> anyhow::Result<Draft> {
    let (tree, objects) = open(path, args)?;
    let (tree, named) = name(tree, None).await?;
    Ok(Draft { tree, named, objects, args: args.clone() })
}

impl Draft {
    /// What a version's content hash will be.
    #[must_use]
    pub fn hash(&self) -> B256 {
        self.named.hash.into()
    }

    /// Where it can be had once it is sent.
    ///
    /// # Errors
    /// When a store has no address for it.
    pub fn uris(&self) -> anyhow::Result<Vec<String>> {
        let mut uris = vec![format!("ipfs://{}", self.named.cid)];
        if let (None, Some(public)) = (&self.args.ipfs_api, &self.args.public_url) {
            uris.push(below(public, &self.named.cid));
        }
        for store in &self.objects {
            uris.push(store.address(&self.named)?);
        }
        Ok(uris)
    }

    /// Sends it everywhere.
    ///
    /// # Errors
    /// When it has changed since it was named, or a store does not take it.
    pub async fn send(mut self) -> anyhow::Result<Published> {
        if let Some(store) = self.args.store() {
            let (tree, named) = name(self.tree, Some(store)).await?;
            anyhow::ensure!(
                named == self.named,
                "{} has changed while it was published: do it again",
                tree.path().display()
            );
            self.tree = tree;
        }
        self.send_on().await
    }

    /// All but the folder of this machine, where it is already.
    async fn send_on(self) -> anyhow::Result<Published> {
        if let Some(api) = &self.args.ipfs_api {
            ipfs::add(api, &self.tree, &self.named.cid).await?;
        }
        for store in &self.objects {
            store.put(self.tree.path(), &self.named).await?;
        }
        Ok(Published {
            cid: self.named.cid.to_string(),
            hash: self.hash(),
            size: self.named.size,
            folder: self.named.folder,
            uris: self.uris()?,
            skipped: self.tree.skipped().to_vec(),
        })
    }
}

impl StoreArgs {
    /// The folder of this machine, where no IPFS node keeps it.
    fn store(&self) -> Option<Store> {
        let folder = || self.content.clone().unwrap_or_else(super::folder);
        self.ipfs_api.is_none().then(|| Store::new(folder()))
    }
}

/// Looks at what there is, and at where it is to go.
fn open(path: &Path, args: &StoreArgs) -> anyhow::Result<(Tree, Vec<ObjectStore>)> {
    let objects = args.stores.iter().map(ObjectStore::open).collect::<anyhow::Result<Vec<_>>>()?;
    let bearing = objects.iter().filter(|store| store.needs_token()).count();
    anyhow::ensure!(
        bearing <= 1 || std::env::var_os("STOA_STORE_TOKEN").is_none(),
        "STOA_STORE_TOKEN would go to {bearing} servers: publish to one of them at a time"
    );
    let tree = Tree::scan(path, Options { hidden: args.hidden })?;
    if tree.is_folder()
        && let Some(store) = objects.first()
    {
        anyhow::bail!(
            "{} is a folder, and {} takes single files: pack it into one file, or publish without --store",
            path.display(),
            store.shown()
        );
    }
    Ok((tree, objects))
}

fn below(public: &Url, cid: &Cid) -> String {
    format!("{}/ipfs/{cid}", public.as_str().trim_end_matches('/'))
}

/// Reads everything on a thread of its own, with a bar.
async fn name(tree: Tree, keep: Option<Store>) -> anyhow::Result<(Tree, Named)> {
    let step = Step::with_bytes(format!("Reading {}", tree.path().display()), tree.size());
    let named = tokio::task::spawn_blocking(move || {
        let mut read = 0;
        let named = tree.name(keep.as_ref(), &mut |bytes| {
            read += bytes;
            step.at(read);
        })?;
        step.done();
        anyhow::Ok((tree, named))
    });
    named.await.context("reading was broken off")?
}
