//! An IPFS node's HTTP API, as Kubo has it.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{
    Body,
    multipart::{Form, Part},
};
use serde::Deserialize;
use stoa_content::{Cid, Tree};
use tokio_util::io::ReaderStream;
use url::{Url, form_urlencoded};

use crate::progress::Step;

/// One line of the answer to `add`.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(rename = "Name")]
    name: Option<String>,
    #[serde(rename = "Hash")]
    hash: Option<String>,
    #[serde(rename = "Message")]
    message: Option<String>,
}

/// The node's own options may differ: what is asked for is what names are computed by.
const OPTIONS: &str = "cid-version=1&raw-leaves=true&pin=true&chunker=size-262144&trickle=false&hash=sha2-256&inline=false\
    &nocopy=false&wrap-with-directory=false&progress=false";

/// Adds and pins it, and compares the name that the node gives it.
///
/// # Errors
/// When the node refuses it, or names it otherwise.
pub(super) async fn add(api: &Url, tree: &Tree, cid: &Cid) -> anyhow::Result<()> {
    let root = tree.path().file_name().and_then(|name| name.to_str()).unwrap_or("content").to_owned();
    let step = Step::start(format!("Adding it to the IPFS node at {api}"));
    let url = format!("{}/api/v0/add?{OPTIONS}", api.as_str().trim_end_matches('/'));
    let form = tree.items(&root).into_iter().try_fold(Form::new().percent_encode_noop(), |form, item| {
        let (name, path, folder) = item;
        anyhow::Ok(form.part("file", part(&name, path, folder)?))
    })?;
    let answer = super::sender()?.post(&url).multipart(form).send().await;
    let answer = answer.with_context(|| format!("the IPFS node at {api} does not answer"))?;
    let status = answer.status();
    let text = answer.text().await.with_context(|| format!("the IPFS node at {api} broke off"))?;
    if !status.is_success() {
        bail!("the IPFS node at {api} refuses it ({status}): {}", super::shortened(&text));
    }
    let given = name_given(&text, &root).with_context(|| format!("the IPFS node at {api}"))?;
    if given != *cid {
        bail!(
            "the IPFS node at {api} names it {given}, and it is {cid}: it changed meanwhile, or the node chunks in \
             another way; nothing was published"
        );
    }
    step.done();
    Ok(())
}

/// Files are opened when they are sent: there may be more than a process may have open.
fn part(name: &str, path: PathBuf, folder: bool) -> anyhow::Result<Part> {
    let part = if folder {
        Part::bytes(Vec::new()).mime_str("application/x-directory")?
    } else {
        let size = std::fs::metadata(&path).with_context(|| format!("{}", path.display()))?.len();
        let opened = stream::once(tokio::fs::File::open(path));
        let bytes = opened.map_ok(ReaderStream::new).try_flatten().boxed();
        Part::stream_with_length(Body::wrap_stream(bytes), size).mime_str("application/octet-stream")?
    };
    // Slashes are escaped too: whoever parses the header otherwise keeps the last name only.
    let escaped: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    Ok(part.file_name(escaped))
}

fn name_given(answer: &str, root: &str) -> anyhow::Result<Cid> {
    let mut given = None;
    for line in answer.lines().filter(|line| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line)
            .with_context(|| format!("answers what cannot be read: {}", super::shortened(line)))?;
        if let Some(message) = line.message {
            bail!("refuses it: {}", super::shortened(&message));
        }
        if line.name.as_deref() == Some(root) {
            given = line.hash;
        }
    }
    let given = given.context("does not say what it added")?;
    stoa_content::parse(&given).map_err(|reason| anyhow::anyhow!("names it {given:?}: {reason}"))
}
