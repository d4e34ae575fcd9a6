//! Keyset cursors: where a page ended, bound to the question that it answered.
//!
//! A collection may stand on several chains. Within a chain rows are ordered by what the chain numbers; chains
//! are merged by time. A cursor keeps the last row seen of each chain, so that each page is one short index
//! scan per chain and rows that come or go meanwhile move nothing.

use std::collections::BTreeMap;

use alloy::primitives::{U256, keccak256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::ApiError;
use crate::params::FromParam;

/// The last row seen of a chain: listing number and 0, or block number and log index.
pub type Position = (i64, i32);

const FORMAT: u8 = 1;
/// With a score before the one position.
const SCORED: u8 = 2;
const SCORE: usize = 32;
const BINDING: usize = 8;
const ENTRY: usize = 20;
/// More chains than this are in no cursor of ours.
const MAX_ENTRIES: usize = 64;

/// What a cursor is bound to: collection, sort and filters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding([u8; BINDING]);

impl Binding {
    /// Binds to a question. Its text must differ wherever sort, filters or chain differ.
    pub fn to(question: &impl std::fmt::Debug) -> Self {
        let digest = keccak256(format!("{question:?}"));
        let mut bound = [0; BINDING];
        bound.copy_from_slice(&digest[..BINDING]);
        Self(bound)
    }
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    binding: Binding,
    /// For collections in the order of a score: that of the last row.
    score: Option<U256>,
    positions: BTreeMap<i64, Position>,
}

impl Cursor {
    /// The positions, if the cursor belongs to the question; the start when there is no cursor.
    pub fn positions(cursor: Option<&Self>, binding: Binding) -> Result<BTreeMap<i64, Position>, ApiError> {
        match cursor {
            None => Ok(BTreeMap::new()),
            Some(cursor) if cursor.binding == binding => Ok(cursor.positions.clone()),
            Some(cursor) => Err(ApiError::bad(
                "cursor",
                &cursor.encode(),
                "the cursor of an answer to the same route with the same sort, filters and chain; \
                 leave it out to start anew",
            )),
        }
    }

    /// A cursor behind the given rows.
    pub fn new(binding: Binding, positions: BTreeMap<i64, Position>) -> Self {
        Self { binding, score: None, positions }
    }

    /// Leaves `limit` of the rows that were read behind `positions`, one more than the page to see whether there is
    /// another: the cursor of that one.
    pub fn cut<R>(
        rows: &mut Vec<R>,
        limit: i64,
        binding: Binding,
        mut positions: BTreeMap<i64, Position>,
        place: impl Fn(&R) -> (i64, Position),
    ) -> Option<Self> {
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        positions.extend(rows.iter().map(place));
        more.then(|| Self::new(binding, positions))
    }

    /// For each of the rows that were read behind `positions`, the cursor behind it.
    pub fn behind<R>(
        rows: &[R],
        binding: Binding,
        mut positions: BTreeMap<i64, Position>,
        place: impl Fn(&R) -> (i64, Position),
    ) -> Vec<Self> {
        let cursor = |row: &R| {
            positions.extend([place(row)]);
            Self::new(binding, positions.clone())
        };
        rows.iter().map(cursor).collect()
    }

    /// A cursor behind one row, in the order of a score.
    pub fn scored(binding: Binding, score: U256, chain_id: i64, listing: i64) -> Self {
        Self { binding, score: Some(score), positions: BTreeMap::from([(chain_id, (listing, 0))]) }
    }

    /// The score, chain and listing of a cursor's row, if the cursor belongs to the question.
    pub fn place(cursor: Option<&Self>, binding: Binding) -> Result<Option<(U256, i64, i64)>, ApiError> {
        let positions = Self::positions(cursor, binding)?;
        let score = cursor.and_then(|cursor| cursor.score);
        let row = positions.into_iter().next();
        Ok(score.zip(row).map(|(score, (chain_id, (listing, _)))| (score, chain_id, listing)))
    }

    /// The text that goes out.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::with_capacity(1 + BINDING + ENTRY * self.positions.len());
        bytes.push(if self.score.is_some() { SCORED } else { FORMAT });
        bytes.extend_from_slice(&self.binding.0);
        if let Some(score) = self.score {
            bytes.extend_from_slice(&score.to_be_bytes::<SCORE>());
        }
        for (chain_id, (major, minor)) in &self.positions {
            bytes.extend_from_slice(&chain_id.to_be_bytes());
            bytes.extend_from_slice(&major.to_be_bytes());
            bytes.extend_from_slice(&minor.to_be_bytes());
        }
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn decode(text: &str) -> Option<Self> {
        if text.len() > 2 * (1 + BINDING + ENTRY * MAX_ENTRIES) {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (format, rest) = bytes.split_first()?;
        let (binding, rest) = rest.split_first_chunk::<BINDING>()?;
        let (score, rest) = match *format {
            FORMAT => (None, rest),
            SCORED => {
                let (score, rest) = rest.split_first_chunk::<SCORE>()?;
                (Some(U256::from_be_bytes(*score)), rest)
            }
            _ => return None,
        };
        let (entries, odd) = rest.as_chunks::<ENTRY>();
        if !odd.is_empty() || entries.len() > MAX_ENTRIES || (score.is_some() && entries.len() != 1) {
            return None;
        }
        let mut positions = BTreeMap::new();
        for entry in entries {
            let (chain_id, rest) = entry.split_first_chunk::<8>()?;
            let (major, rest) = rest.split_first_chunk::<8>()?;
            let (minor, _) = rest.split_first_chunk::<4>()?;
            let position = (i64::from_be_bytes(*major), i32::from_be_bytes(*minor));
            if positions.insert(i64::from_be_bytes(*chain_id), position).is_some() {
                return None;
            }
        }
        Some(Self { binding: Binding(*binding), score, positions })
    }
}

impl FromParam for Cursor {
    fn from_param(text: &str) -> Option<Self> {
        Self::decode(text)
    }

    fn allowed() -> String {
        "the `next` of an earlier answer, unchanged".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_of_another_question_is_refused() {
        let cursor = Cursor::new(Binding::to(&("listings", 1)), BTreeMap::from([(1, (2, 3))]));
        assert!(Cursor::positions(Some(&cursor), Binding::to(&("listings", 1))).is_ok());
        let error = Cursor::positions(Some(&cursor), Binding::to(&("listings", 2))).expect_err("another");
        assert!(error.to_string().contains("same sort, filters and chain"), "{error}");
    }

    proptest! {
        #[test]
        fn cursors_survive_the_way_out_and_back(
            question in ".{0,20}",
            positions in prop::collection::btree_map(any::<i64>(), any::<(i64, i32)>(), 0..8),
        ) {
            let cursor = Cursor::new(Binding::to(&question), positions);
            prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        }

        #[test]
        fn cursors_with_a_score_survive_too(score in any::<[u8; 32]>(), chain in any::<i64>(), row in any::<i64>()) {
            let binding = Binding::to(&1);
            let cursor = Cursor::scored(binding, U256::from_be_bytes(score), chain, row);
            let back = Cursor::decode(&cursor.encode());
            prop_assert_eq!(back.as_ref(), Some(&cursor));
            let place = Cursor::place(back.as_ref(), binding).expect("the same question");
            prop_assert_eq!(place, Some((U256::from_be_bytes(score), chain, row)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[ -~]{0,200}") {
            let _ = Cursor::decode(&text);
        }

        #[test]
        fn a_cut_cursor_is_refused(cut in 1usize..40) {
            let cursor = Cursor::new(Binding::to(&1), BTreeMap::from([(31337, (7, 1))]));
            let text = cursor.encode();
            let kept = text.len().saturating_sub(cut);
            prop_assert_ne!(Cursor::decode(&text[..kept]), Some(cursor));
        }
    }
}
