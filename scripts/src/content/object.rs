//! Servers that take a file by HTTP PUT: plain ones, and S3-compatible ones.

use std::{path::Path, time::Duration};

use anyhow::{Context as _, bail, ensure};
use reqwest::{Body, header};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use stoa_content::tree::Named;
use url::{Host, Url};

use crate::progress::Step;

/// How long a signed address for a PUT is good: the upload has to begin within it.
const SIGNED_FOR: Duration = Duration::from_secs(3600);
/// S3 takes no more in one piece.
const MOST_S3: u64 = 5 << 30;

/// One of them.
#[derive(Debug)]
pub(super) enum ObjectStore {
    Plain(Url),
    S3 { bucket: Box<Bucket>, prefix: String, credentials: Credentials },
}

impl ObjectStore {
    /// Looks at the address, and for the keys that it needs.
    pub(super) fn open(url: &Url) -> anyhow::Result<Self> {
        ensure!(
            url.password().is_none() && url.username().is_empty(),
            "--store holds a password: it belongs into the environment (STOA_STORE_TOKEN, AWS_SECRET_ACCESS_KEY)"
        );
        match url.scheme() {
            "https" => Ok(Self::Plain(url.clone())),
            "http" if is_local(url) => Ok(Self::Plain(url.clone())),
            "http" => bail!("--store {url}: http is for this machine only; use https"),
            "s3" => s3(url),
            scheme => bail!("--store {url}: {scheme} is no kind of store; there are https and s3"),
        }
    }

    pub(super) fn needs_token(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// Without what is private.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Plain(url) => url.to_string(),
            Self::S3 { bucket, .. } => bucket.base_url().to_string(),
        }
    }

    /// Where a file will be to be read.
    pub(super) fn address(&self, named: &Named) -> anyhow::Result<String> {
        let address = match self {
            Self::Plain(base) => below(base, named)?,
            Self::S3 { bucket, prefix, .. } => bucket.object_url(&format!("{prefix}{}", named.cid)),
        };
        Ok(address.to_string())
    }

    /// Sends the file.
    pub(super) async fn put(&self, path: &Path, named: &Named) -> anyhow::Result<()> {
        let (url, token) = match self {
            Self::Plain(base) => (below(base, named)?, std::env::var("STOA_STORE_TOKEN").ok()),
            Self::S3 { bucket, prefix, credentials } => {
                ensure!(
                    named.size <= MOST_S3,
                    "{} is larger than the 5 GiB that S3 takes in one piece",
                    path.display()
                );
                let key = format!("{prefix}{}", named.cid);
                (bucket.put_object(Some(credentials), &key).sign(SIGNED_FOR), None)
            }
        };
        let step = Step::start(format!("Sending it to {}", self.shown()));
        let file = tokio::fs::File::open(path).await.with_context(|| format!("{}", path.display()))?;
        let request =
            super::sender()?.put(url).header(header::CONTENT_LENGTH, named.size).body(Body::from(file));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        // The address may be a signed one, which is a key: errors name the place without it.
        let answer = request.send().await.map_err(reqwest::Error::without_url);
        let answer = answer.with_context(|| format!("{} does not answer", self.shown()))?;
        let status = answer.status();
        if !status.is_success() {
            let text = answer.text().await.unwrap_or_default();
            bail!("{} refuses it ({status}): {}", self.shown(), super::shortened(&text));
        }
        step.done();
        Ok(())
    }
}

fn below(base: &Url, named: &Named) -> anyhow::Result<Url> {
    let mut url = base.clone();
    let mut path = url.path_segments_mut().map_err(|()| anyhow::anyhow!("{base} has no path"))?;
    path.pop_if_empty().push(&named.cid.to_string());
    drop(path);
    Ok(url)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// `s3://bucket/prefix?endpoint=URL&region=NAME`
fn s3(url: &Url) -> anyhow::Result<ObjectStore> {
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let name = url
        .host_str()
        .filter(|name| !name.is_empty())
        .with_context(|| format!("--store {url}: it names no bucket"))?;
    let region = of("region").with_context(|| format!("--store {url}: add ?region=NAME"))?;
    let endpoint = of("endpoint").unwrap_or_else(|| format!("https://s3.{region}.amazonaws.com"));
    let endpoint: Url = endpoint.parse().with_context(|| format!("--store {url}: its endpoint is no URL"))?;
    ensure!(
        endpoint.scheme() == "https" || is_local(&endpoint),
        "--store {url}: http is for this machine only; use https"
    );
    let bucket = Bucket::new(endpoint, UrlStyle::Path, name.to_owned(), region)
        .map_err(|error| anyhow::anyhow!("--store {url}: {error}"))?;
    let prefix = url.path().trim_matches('/');
    let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    let key = |name: &str| {
        std::env::var(name).with_context(|| format!("--store {url} needs {name} in the environment"))
    };
    let (id, secret) = (key("AWS_ACCESS_KEY_ID")?, key("AWS_SECRET_ACCESS_KEY")?);
    let credentials = match std::env::var("AWS_SESSION_TOKEN") {
        Ok(token) => Credentials::new_with_token(id, secret, token),
        Err(_) => Credentials::new(id, secret),
    };
    Ok(ObjectStore::S3 { bucket: Box::new(bucket), prefix, credentials })
}
