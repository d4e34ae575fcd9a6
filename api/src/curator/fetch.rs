//! Getting a document: each place is tried, and what comes is believed only if its hash is right.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, LOCATION};
use reqwest::{Client, Response, redirect};
use stoa_content::{Cid, Found, Hasher, Node, Store, cid, node};
use url::Url;

use super::guard::{Guarded, Private, Refused};
use crate::metadata::{self, Fields, Wrong};

/// No metadata is larger, in bytes. Also the largest file that IPFS keeps in one block.
const MAX_BODY: usize = 256 * 1024;
const MAX_REDIRECTS: usize = 4;
/// No path into published content is deeper.
const MAX_DEPTH: usize = 8;

/// Where content is asked for.
#[derive(Clone, Debug)]
pub struct Places {
    /// IPFS gateways, in the order in which they are asked. They are ours to choose, so they may be private.
    pub gateways: Vec<Url>,
    /// The folder of published content. It may be absent.
    pub content: PathBuf,
    /// What may be asked besides the public internet.
    pub private: Private,
    /// How long one place may take.
    pub time: Duration,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) uri: String,
    /// What the bytes must hash to, where the chain says it; empty otherwise.
    pub(super) hash: Vec<u8>,
    /// Other addresses of the same bytes.
    pub(super) mirrors: Vec<String>,
}

/// What came.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) fields: Fields,
    /// Whether a hash said that these are the bytes.
    pub(super) verified: bool,
}

/// Why there is no document.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("what is at {0} is not what its hash says")]
    Mismatch(String),
    #[error("what is at {0} is no metadata: {1}")]
    Invalid(String, Wrong),
    #[error("{0}: {1}")]
    Unreachable(String, String),
}

/// Why a place did not have it.
#[derive(Debug, thiserror::Error)]
enum Miss {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("it answered {0}")]
    Status(u16),
    #[error("it is longer than {MAX_BODY} bytes")]
    Long,
    #[error("it took too long")]
    Slow,
    #[error("it came compressed, although that was not asked for")]
    Compressed,
    #[error("the connection failed")]
    Connection,
    #[error("it is not there")]
    Absent,
    #[error("{0}")]
    NoContent(&'static str),
    #[error("only ipfs, https and data addresses are read")]
    Unknown,
    /// The bytes are others.
    #[error("its hash is another")]
    Mismatch,
}

/// Asks places.
#[derive(Clone, Debug)]
pub(super) struct Fetcher {
    places: Places,
    public: Client,
    gateway: Client,
}

impl Fetcher {
    pub(super) fn new(places: Places) -> reqwest::Result<Self> {
        // No proxy of the environment: it would look names up itself, past the guard.
        let client = || Client::builder().no_proxy().connect_timeout(places.time).timeout(places.time);
        let private = Arc::new(places.private.clone());
        let public = client()
            .dns_resolver(Guarded(private.clone()))
            .redirect(redirect::Policy::custom(move |attempt| follow(&private, attempt)))
            .build()?;
        // Where a gateway redirects to may be content's own doing: it is followed by the other client.
        let gateway = client().redirect(redirect::Policy::none()).build()?;
        Ok(Self { places, public, gateway })
    }

    /// The document from the first place that has it right; else the worst that was found.
    pub(super) async fn fetch(&self, wanted: &Wanted) -> Result<Document, Failure> {
        let mut worst: Option<Failure> = None;
        let others = wanted.mirrors.iter().filter(|mirror| **mirror != wanted.uri);
        for uri in std::iter::once(&wanted.uri).chain(others) {
            let shown: String = uri.chars().take(120).collect();
            let failure = match self.bytes(uri, wanted).await {
                Ok((bytes, verified)) => match Fields::read(&bytes) {
                    Ok(fields) => return Ok(Document { fields, verified }),
                    Err(wrong) => Failure::Invalid(shown, wrong),
                },
                Err(Miss::Mismatch) => Failure::Mismatch(shown),
                Err(miss) => Failure::Unreachable(shown, miss.to_string()),
            };
            if worst.as_ref().is_none_or(|worst| failure.weight() > worst.weight()) {
                worst = Some(failure);
            }
        }
        Err(worst.unwrap_or_else(|| Failure::Unreachable(String::new(), Miss::Unknown.to_string())))
    }

    /// The bytes at an address, and whether a hash says that they are the right ones.
    async fn bytes(&self, uri: &str, wanted: &Wanted) -> Result<(Vec<u8>, bool), Miss> {
        if let Some(name) = uri.strip_prefix("ipfs://") {
            let bytes = self.ipfs(name).await?;
            // A name in IPFS is a hash; the chain's must be right as well, where it says one.
            return match wanted.hash.is_empty()
                || hashes_to(&bytes, &wanted.hash)
                || names(name, &wanted.hash)
            {
                true => Ok((bytes, true)),
                false => Err(Miss::Mismatch),
            };
        }
        let (bytes, inline) = match metadata::body(uri) {
            Some(body) => (body.into_owned(), true),
            None => (self.web(uri).await?, false),
        };
        match wanted.hash.is_empty() {
            true => Ok((bytes, inline)),
            false if hashes_to(&bytes, &wanted.hash) => Ok((bytes, true)),
            false => Err(Miss::Mismatch),
        }
    }

    async fn web(&self, uri: &str) -> Result<Vec<u8>, Miss> {
        let url = Url::parse(uri).map_err(|_| Miss::Unknown)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Miss::Unknown);
        }
        self.download(&self.public, url, "application/json, */*;q=0.1").await
    }

    async fn ipfs(&self, name: &str) -> Result<Vec<u8>, Miss> {
        let mut parts = name.split('/').filter(|part| !part.is_empty());
        let root = parts.next().and_then(|root| cid::parse(root).ok()).ok_or(Miss::Unknown)?;
        let path: Vec<&str> = parts.collect();
        if path.len() > MAX_DEPTH {
            return Err(Miss::NoContent("its path is too deep"));
        }
        let mut last = match self.stored(root, &path).await {
            Ok(bytes) => return Ok(bytes),
            Err(miss) => miss,
        };
        for gateway in &self.places.gateways {
            match self.walk(gateway, root, &path).await {
                Ok(bytes) => return Ok(bytes),
                // A lie outweighs an absence.
                Err(miss) if !matches!(last, Miss::Mismatch) => last = miss,
                Err(_) => {}
            }
        }
        Err(last)
    }

    /// From the folder of published content, whose files lie there under their hashes.
    async fn stored(&self, root: Cid, path: &[&str]) -> Result<Vec<u8>, Miss> {
        let store = Store::new(&self.places.content);
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        let read = move || match store.find(&root, path.iter().map(String::as_str)) {
            Ok(Some((_, Found::Folder(_)))) => Err(Miss::NoContent("it is a folder")),
            Ok(Some((cid, Found::File(file)))) => {
                let size = std::fs::metadata(&file).map_err(|_| Miss::Absent)?.len();
                if size > MAX_BODY as u64 {
                    return Err(Miss::Long);
                }
                let bytes = std::fs::read(file).map_err(|_| Miss::Absent)?;
                if named(&bytes, &cid) { Ok(bytes) } else { Err(Miss::Mismatch) }
            }
            _ => Err(Miss::Absent),
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| Miss::Absent)?
    }

    /// Through folders to a file, each block checked against its name.
    async fn walk(&self, gateway: &Url, root: Cid, path: &[&str]) -> Result<Vec<u8>, Miss> {
        let mut at = root;
        let mut path = path.iter();
        loop {
            if at.codec() == cid::RAW {
                let bytes = self.block(gateway, &at).await?;
                return if path.next().is_none() { Ok(bytes) } else { Err(Miss::Absent) };
            }
            let block = self.block(gateway, &at).await?;
            match node::decode(&block).map_err(|_| Miss::NoContent("it is no file"))? {
                Node::Folder(entries) => {
                    let name = path.next().ok_or(Miss::NoContent("it is a folder"))?;
                    let entry = entries.into_iter().find(|entry| entry.name == *name);
                    at = entry.ok_or(Miss::Absent)?.cid;
                }
                Node::File(_) if path.next().is_some() => return Err(Miss::Absent),
                Node::File(_) => return node::inline(&block).ok_or(Miss::Long),
            }
        }
    }

    async fn block(&self, gateway: &Url, cid: &Cid) -> Result<Vec<u8>, Miss> {
        let base = gateway.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}/ipfs/{cid}?format=raw")).map_err(|_| Miss::Unknown)?;
        let block = self.download(&self.gateway, url, "application/vnd.ipld.raw").await?;
        if cid::of(cid.codec(), &block) == *cid { Ok(block) } else { Err(Miss::Mismatch) }
    }

    /// An answer's body, bounded in length and time, however it trickles in.
    async fn download(&self, client: &Client, url: Url, accept: &str) -> Result<Vec<u8>, Miss> {
        let got = tokio::time::timeout(self.places.time, async {
            let mut response = self.ask(client, url, accept).await?;
            if response.headers().contains_key(CONTENT_ENCODING) {
                return Err(Miss::Compressed);
            }
            if response.content_length().is_some_and(|length| length > MAX_BODY as u64) {
                return Err(Miss::Long);
            }
            let mut body = Vec::new();
            while let Some(bytes) = response.chunk().await.map_err(|error| miss(&error))? {
                if body.len() + bytes.len() > MAX_BODY {
                    return Err(Miss::Long);
                }
                body.extend_from_slice(&bytes);
            }
            Ok(body)
        });
        got.await.unwrap_or(Err(Miss::Slow))
    }

    async fn ask(&self, client: &Client, url: Url, accept: &str) -> Result<Response, Miss> {
        let ours = std::ptr::eq(client, &self.gateway);
        if !ours {
            self.places.private.check(&url)?;
        }
        let get = |client: &Client, url: Url| {
            client.get(url).header(ACCEPT, accept).header(ACCEPT_ENCODING, "identity").send()
        };
        let mut response = get(client, url.clone()).await.map_err(|error| miss(&error))?;
        if ours && response.status().is_redirection() {
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let to = to.and_then(|to| url.join(to).ok()).ok_or(Miss::Absent)?;
            self.places.private.check(&to)?;
            response = get(&self.public, to).await.map_err(|error| miss(&error))?;
        }
        match response.status().as_u16() {
            200 => Ok(response),
            status => Err(Miss::Status(status)),
        }
    }
}

impl Failure {
    fn weight(&self) -> u8 {
        match self {
            Self::Unreachable(..) => 0,
            Self::Invalid(..) => 1,
            Self::Mismatch(_) => 2,
        }
    }
}

fn follow(private: &Private, attempt: redirect::Attempt<'_>) -> redirect::Action {
    if attempt.previous().len() > MAX_REDIRECTS {
        return attempt.error("too many redirects");
    }
    match private.check(attempt.url()) {
        Ok(()) => attempt.follow(),
        Err(refused) => attempt.error(refused),
    }
}

/// What of a failed request is told. Never what else an address answers with: it may be a private one.
fn miss(error: &reqwest::Error) -> Miss {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return Miss::Refused(refused.clone());
        }
        source = inner.source();
    }
    if error.is_timeout() { Miss::Slow } else { Miss::Connection }
}

/// Whether bytes have this name, or are those that the chain's hash means: their sha-256, or their name's digest.
fn hashes_to(bytes: &[u8], hash: &[u8]) -> bool {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    let digest = hasher.finish();
    digest.sha256 == hash || cid::digest(&digest.cid) == hash
}

fn named(bytes: &[u8], cid: &Cid) -> bool {
    let mut hasher = Hasher::default();
    hasher.update(bytes);
    hasher.finish().cid == *cid
}

/// Whether an address in IPFS is the name whose digest the chain has.
fn names(name: &str, hash: &[u8]) -> bool {
    cid::parse(name.trim_end_matches('/')).is_ok_and(|cid| cid::digest(&cid) == hash)
}
