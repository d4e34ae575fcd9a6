//! Headers and heads, as one node tells them.

use alloy::primitives::{B256, Bloom};
use serde_json::{Value, json};

use super::endpoint::Node;
use super::json::WireHeader;
use super::wire::{Answer, Call, behind, result};
use super::{Header, Trouble, check};

/// A header with what proves things of its block.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) header: Header,
    pub(super) bloom: Option<Box<Bloom>>,
    pub(super) receipts_root: Option<B256>,
}

impl From<WireHeader> for Proof {
    fn from(wire: WireHeader) -> Self {
        Self {
            header: Header {
                number: wire.number.0,
                hash: wire.hash.into(),
                parent_hash: wire.parent_hash.into(),
                timestamp: wire.timestamp.0,
            },
            bloom: wire.logs_bloom.map(|bloom| Box::new(Bloom::from(&*bloom))),
            receipts_root: wire.receipts_root.map(B256::from),
        }
    }
}

/// How far a node says its chain goes. Some chains know no `safe` and `finalized`.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToldHead {
    pub(super) latest: Header,
    pub(super) safe: Option<u64>,
    pub(super) finalized: Option<Header>,
}

pub(super) fn numbered(number: u64) -> Call {
    tagged(format!("0x{number:x}").into())
}

fn tagged(block: Value) -> Call {
    Call { method: "eth_getBlockByNumber", params: json!([block, false]) }
}

/// The header that was asked for, or `None` where the node has no such block.
pub(super) fn read(answer: &Answer<'_>) -> Result<Option<Proof>, Trouble> {
    match result::<Option<WireHeader>>(answer) {
        Ok(header) => Ok(header.map(Proof::from)),
        // Some nodes refuse where others say null.
        Err(Trouble::Behind(_)) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// The header of a block that the node must have.
pub(super) fn read_numbered(number: u64, answer: &Answer<'_>) -> Result<Proof, Trouble> {
    let proof = read(answer)?.ok_or_else(|| behind(number))?;
    check::header(number, Some(proof.header))?;
    Ok(proof)
}

impl Node {
    pub(super) async fn head(&self) -> Result<ToldHead, Trouble> {
        let calls = ["latest", "safe", "finalized"].map(|tag| tagged(tag.into()));
        self.call(&calls, |answers| {
            let latest = read(&answers[0])?.ok_or_else(|| behind(0))?.header;
            let (safe, finalized) = (named(&answers[1])?, named(&answers[2])?);
            Ok(ToldHead { latest, safe: safe.map(|safe| safe.number), finalized })
        })
        .await
    }

    pub(super) async fn header(&self, number: u64) -> Result<Option<Header>, Trouble> {
        self.call(&[numbered(number)], move |answers| {
            let found = read(&answers[0])?.map(|proof| proof.header);
            Ok(found.map(|found| check::header(number, Some(found))).transpose()?)
        })
        .await
    }

    /// The headers of consecutive blocks, each the next one's parent.
    pub(super) async fn headers(&self, from: u64, to: u64) -> Result<Vec<Header>, Trouble> {
        let proofs = self.proofs((from..=to).collect()).await?;
        let headers: Vec<Header> = proofs.into_iter().map(|proof| proof.header).collect();
        check::linked(&headers)?;
        Ok(headers)
    }

    /// These blocks' headers, which it must have.
    pub(super) async fn proofs(&self, numbers: Vec<u64>) -> Result<Vec<Proof>, Trouble> {
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let calls: Vec<Call> = numbers.iter().map(|number| numbered(*number)).collect();
        self.call(&calls, move |answers| {
            numbers.iter().zip(answers).map(|(number, answer)| read_numbered(*number, answer)).collect()
        })
        .await
    }
}

/// A tag's block: `None` where the chain does not know the tag, but not where the node is in trouble.
fn named(answer: &Answer<'_>) -> Result<Option<Header>, Trouble> {
    match read(answer) {
        Ok(proof) => Ok(proof.map(|proof| proof.header)),
        Err(Trouble::Rpc { .. } | Trouble::NoMethod(_)) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}
