//! Getting content back: each place is tried, and what comes is believed only if its hash is the one on the chain.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use alloy::primitives::B256;
use anyhow::{Context as _, anyhow, bail, ensure};
use serde::Serialize;
use stoa_content::{Cid, Found, Hasher, Node, Store, cid, node};
use tempfile::{NamedTempFile, TempDir};
use url::Url;

use crate::progress::Step;

/// No folder of a model is deeper.
const DEEPEST: usize = 32;

/// Where content is looked for.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Places")]
pub struct ReaderArgs {
    /// The folder that `stoa publish` fills on this machine; .stoa/content by default.
    #[arg(long, env = "STOA_CONTENT", value_name = "DIR")]
    pub content: Option<PathBuf>,
    /// An IPFS gateway for ipfs:// addresses, such as a Stoa API or a node of your own; may be repeated.
    #[arg(
        long = "gateway",
        env = "STOA_GATEWAYS",
        value_name = "URL",
        value_delimiter = ' ',
        default_value = "http://127.0.0.1:8080"
    )]
    pub gateways: Vec<Url>,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// As the chain has it.
    pub hash: B256,
    pub uris: Vec<String>,
}

/// What came.
#[derive(Clone, Debug, Serialize)]
pub struct Fetched {
    pub out: PathBuf,
    /// The place that had it.
    pub from: String,
    pub folder: bool,
    pub hash: B256,
}

/// A place that has content by its name.
enum Place {
    Store(Store),
    Gateway(Url, reqwest::Client),
}

/// Something complete, not yet where it belongs.
enum Ready {
    File(NamedTempFile),
    Folder(TempDir),
}

/// Gets it from the first place that has it right, to `out`, which must not exist yet.
///
/// # Errors
/// When no place has it: what was wrong with each.
pub async fn fetch(wanted: &Wanted, readers: &ReaderArgs, out: &Path) -> anyhow::Result<Fetched> {
    ensure!(fs::symlink_metadata(out).is_err(), "{} exists: name another --out", out.display());
    let beside = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    ensure!(beside.is_dir(), "{} is no folder to put it in", beside.display());
    let client = super::reader()?;
    let mut failures = Vec::new();
    for uri in &wanted.uris {
        for (from, attempt) in attempts(uri, readers, &client) {
            let step = Step::start(format!("Trying {from}"));
            let got = match attempt {
                Ok(Attempt::Named(place, cid)) => named(&place, &cid, wanted.hash, beside).await,
                Ok(Attempt::Web(url)) => web(&client, url, wanted.hash, beside).await,
                Err(error) => Err(error),
            };
            match got {
                Ok(ready) => {
                    let folder = matches!(ready, Ready::Folder(_));
                    settle(ready, out)?;
                    step.done();
                    return Ok(Fetched { out: out.to_owned(), from, folder, hash: wanted.hash });
                }
                Err(error) => failures.push(format!("{from}: {error:#}")),
            }
        }
    }
    bail!("no place has it:\n  {}", failures.join("\n  "))
}

enum Attempt {
    Named(Place, Cid),
    Web(Url),
}

/// The places that a URI may mean.
fn attempts(
    uri: &str,
    readers: &ReaderArgs,
    client: &reqwest::Client,
) -> Vec<(String, anyhow::Result<Attempt>)> {
    let shown = super::shortened(uri);
    if let Some(name) = uri.strip_prefix("ipfs://") {
        let cid = match stoa_content::parse(name.trim_end_matches('/')) {
            Ok(cid) => cid,
            Err(reason) => return vec![(shown, Err(anyhow!(reason)))],
        };
        let store = Store::new(readers.content.clone().unwrap_or_else(super::folder));
        let here = store.folder().display().to_string();
        let mut places = vec![(format!("{shown} in {here}"), Ok(Attempt::Named(Place::Store(store), cid)))];
        places.extend(readers.gateways.iter().map(|gateway| {
            let place = Place::Gateway(gateway.clone(), client.clone());
            (format!("{shown} at {gateway}"), Ok(Attempt::Named(place, cid)))
        }));
        return places;
    }
    let attempt = match Url::parse(uri) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Attempt::Web(url)),
        _ => Err(anyhow!("only ipfs, https and http addresses are read")),
    };
    vec![(shown, attempt)]
}

/// By its name: a folder, if the name is what the chain has; else a file.
async fn named(place: &Place, root: &Cid, hash: B256, beside: &Path) -> anyhow::Result<Ready> {
    let is_root = cid::digest(root) == hash.0;
    if is_root
        && root.codec() == cid::DAG_PB
        && let Node::Folder(_) = place.node(root).await?
    {
        let folder = tempfile::tempdir_in(beside)?;
        let top = folder.path().join("content");
        place.folder(root, &top).await?;
        return Ok(Ready::Folder(folder));
    }
    let mut file = incoming(beside)?;
    let got = place.file(root, file.as_file_mut()).await?;
    ensure!(got.sha256 == hash.0 || (is_root && got.cid == *root), mismatch(&got, hash));
    Ok(Ready::File(file))
}

async fn web(client: &reqwest::Client, url: Url, hash: B256, beside: &Path) -> anyhow::Result<Ready> {
    let mut file = incoming(beside)?;
    let got = download(client, url, file.as_file_mut()).await?;
    ensure!(got.sha256 == hash.0 || cid::digest(&got.cid) == hash.0, mismatch(&got, hash));
    Ok(Ready::File(file))
}

fn mismatch(got: &stoa_content::Digest, hash: B256) -> String {
    let found = B256::from(got.sha256);
    format!("what is there is something else: its sha-256 is {found}, and the chain says {hash}")
}

impl Place {
    /// A block of links, checked against its name.
    async fn node(&self, cid: &Cid) -> anyhow::Result<Node> {
        let block = match self {
            Self::Store(store) => store.block(cid)?.with_context(|| format!("{cid} is not there"))?,
            Self::Gateway(base, client) => {
                let url = address(base, cid, "?format=raw")?;
                let answer = client.get(url).header("accept", "application/vnd.ipld.raw").send().await?;
                let mut answer = answer.error_for_status()?;
                let mut block = Vec::new();
                while let Some(bytes) = answer.chunk().await? {
                    block.extend_from_slice(&bytes);
                    ensure!(block.len() <= node::MAX_BLOCK, "the block {cid} does not end");
                }
                block
            }
        };
        ensure!(cid::of(cid::DAG_PB, &block) == *cid, "the block that came is not {cid}");
        node::decode(&block).map_err(anyhow::Error::msg)
    }

    /// A file's bytes as they come, unchecked.
    async fn file(&self, cid: &Cid, to: &mut fs::File) -> anyhow::Result<stoa_content::Digest> {
        match self {
            Self::Gateway(base, client) => download(client, address(base, cid, "")?, to).await,
            Self::Store(store) => {
                let Some((_, Found::File(path))) = store.find(cid, [])? else { bail!("{cid} is not there") };
                let mut to = to.try_clone()?;
                tokio::task::spawn_blocking(move || {
                    let mut hasher = Hashed { hasher: Hasher::default(), to: &mut to };
                    std::io::copy(&mut fs::File::open(path)?, &mut hasher)?;
                    Ok(hasher.hasher.finish())
                })
                .await?
            }
        }
    }

    /// Everything in a folder, each part checked against the name that its folder gives it.
    async fn folder(&self, root: &Cid, to: &Path) -> anyhow::Result<()> {
        let mut todo = vec![(*root, to.to_owned(), 0)];
        while let Some((cid, path, depth)) = todo.pop() {
            ensure!(depth <= DEEPEST, "its folders are more than {DEEPEST} deep");
            let node = match cid.codec() {
                cid::DAG_PB => Some(self.node(&cid).await?),
                _ => None,
            };
            if let Some(Node::Folder(entries)) = node {
                fs::create_dir(&path)?;
                // Names were checked when the block was read: none leads out of its folder.
                todo.extend(entries.into_iter().map(|entry| (entry.cid, path.join(entry.name), depth + 1)));
                continue;
            }
            let got = self.file(&cid, &mut fs::File::create_new(&path)?).await?;
            ensure!(got.cid == cid, "what came for {cid} is {}", got.cid);
        }
        Ok(())
    }
}

fn address(base: &Url, cid: &Cid, query: &str) -> anyhow::Result<Url> {
    Ok(format!("{}/ipfs/{cid}{query}", base.as_str().trim_end_matches('/')).parse()?)
}

async fn download(
    client: &reqwest::Client,
    url: Url,
    to: &mut fs::File,
) -> anyhow::Result<stoa_content::Digest> {
    let mut answer = client.get(url).send().await?.error_for_status()?;
    let mut hashed = Hashed { hasher: Hasher::default(), to };
    while let Some(bytes) = answer.chunk().await? {
        hashed.write_all(&bytes)?;
    }
    Ok(hashed.hasher.finish())
}

/// Hashes what is written.
struct Hashed<'a> {
    hasher: Hasher,
    to: &'a mut fs::File,
}

impl std::io::Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.to.write_all(bytes)?;
        self.hasher.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn incoming(beside: &Path) -> anyhow::Result<NamedTempFile> {
    // As other new files: what the user's mask leaves of it.
    let permissions = fs::Permissions::from_mode(0o666);
    let file = tempfile::Builder::new().permissions(permissions).tempfile_in(beside);
    file.with_context(|| format!("nothing can be written to {}", beside.display()))
}

/// Gives it the name that was asked for, at once and whole.
fn settle(ready: Ready, out: &Path) -> anyhow::Result<()> {
    match ready {
        Ready::File(file) => {
            file.as_file().sync_all()?;
            file.persist_noclobber(out).map(drop).with_context(|| format!("{}", out.display()))
        }
        Ready::Folder(folder) => {
            fs::rename(folder.path().join("content"), out).with_context(|| format!("{}", out.display()))
        }
    }
}
