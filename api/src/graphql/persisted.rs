//! Automatic persisted queries: a client sends a document's SHA-256, and the document itself only where it is not known.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

/// What is kept in all, in bytes of documents. The oldest make room.
const MAX_BYTES: usize = 4 * 1024 * 1024;

type Digest = [u8; 32];

/// Documents by their hash, in this process's memory.
#[derive(Debug, Default)]
pub(super) struct Persisted(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    documents: HashMap<Digest, Arc<str>>,
    order: VecDeque<Digest>,
    bytes: usize,
}

impl Persisted {
    pub(super) fn get(&self, digest: &Digest) -> Option<Arc<str>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).documents.get(digest).cloned()
    }

    /// Keeps a document; tells whether the digest is its own.
    pub(super) fn keep(&self, digest: Digest, document: &str) -> bool {
        if Digest::from(Sha256::digest(document.as_bytes())) != digest {
            return false;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if document.len() <= MAX_BYTES && kept.documents.insert(digest, document.into()).is_none() {
            kept.order.push_back(digest);
            kept.bytes += document.len();
        }
        while kept.bytes > MAX_BYTES
            && let Some(oldest) = kept.order.pop_front()
        {
            let gone = kept.documents.remove(&oldest);
            kept.bytes -= gone.map_or(0, |gone| gone.len());
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(text: &str) -> Digest {
        Sha256::digest(text.as_bytes()).into()
    }

    #[test]
    fn a_document_is_known_by_its_own_hash_alone() {
        let persisted = Persisted::default();
        assert!(!persisted.keep(digest("{ a }"), "{ b }"));
        assert!(persisted.keep(digest("{ a }"), "{ a }"));
        assert_eq!(persisted.get(&digest("{ a }")).as_deref(), Some("{ a }"));
        assert_eq!(persisted.get(&digest("{ b }")), None);
    }

    #[test]
    fn the_oldest_make_room() {
        let persisted = Persisted::default();
        let document = |n: usize| format!("{n}{}", "0".repeat(1_000_000));
        for n in 0..10 {
            assert!(persisted.keep(digest(&document(n)), &document(n)));
        }
        assert_eq!(persisted.get(&digest(&document(0))), None);
        assert!(persisted.get(&digest(&document(9))).is_some());
        assert!(persisted.0.lock().expect("whole").bytes <= MAX_BYTES);
    }
}
