//! A file's name, computed while its bytes pass: nothing of it is kept but hashes.

use sha2::{Digest as _, Sha256};

use crate::{
    cid::{self, Cid, DAG_PB, RAW},
    node::{self, Part},
};

/// Bytes of a chunk.
pub const CHUNK: usize = 256 * 1024;
/// Links of a node.
const WIDTH: usize = 174;

/// What is known of a file once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    pub cid: Cid,
    pub sha256: [u8; 32],
    /// Its length.
    pub size: u64,
    /// Bytes of all blocks.
    pub total: u64,
    /// The block that the name is the hash of; none where that is the content itself.
    pub block: Option<Vec<u8>>,
}

/// Takes the bytes of a file in order.
#[derive(Clone, Debug)]
pub struct Hasher {
    whole: Sha256,
    chunk: Sha256,
    chunk_size: usize,
    filled: usize,
    size: u64,
    /// Parts that have no node over them yet: chunks first, then nodes over chunks, and so on.
    levels: Vec<Vec<Part>>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::with_chunks(CHUNK)
    }
}

impl Hasher {
    fn with_chunks(chunk_size: usize) -> Self {
        let (whole, chunk) = (Sha256::new(), Sha256::new());
        Self { whole, chunk, chunk_size, filled: 0, size: 0, levels: Vec::new() }
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(self.chunk_size - self.filled));
            self.chunk.update(now);
            self.filled += now.len();
            bytes = later;
            if self.filled == self.chunk_size {
                self.end_chunk();
            }
        }
    }

    fn end_chunk(&mut self) {
        let (digest, content) = (self.chunk.finalize_reset(), self.filled as u64);
        self.filled = 0;
        self.push(0, Part { cid: cid::with_digest(RAW, digest.into()), content, total: content });
    }

    /// A level gets a node over it once one more part follows, so that the last node of all is known as such.
    fn push(&mut self, level: usize, part: Part) {
        if self.levels.len() == level {
            self.levels.push(Vec::with_capacity(WIDTH));
        }
        if self.levels[level].len() == WIDTH {
            let (over, _) = node::file(&self.levels[level]);
            self.levels[level].clear();
            self.push(level + 1, over);
        }
        self.levels[level].push(part);
    }

    /// The name, when there is no more to come.
    #[must_use]
    pub fn finish(mut self) -> Digest {
        if self.filled > 0 || self.size == 0 {
            self.end_chunk();
        }
        let mut block = None;
        let mut level = 0;
        // Each level becomes a part of the one above, until one part is left alone at the top.
        while level + 1 < self.levels.len() || self.levels[level].len() > 1 {
            let (over, bytes) = node::file(&self.levels[level]);
            self.push(level + 1, over);
            block = Some(bytes);
            level += 1;
        }
        let root = self.levels[level][0];
        debug_assert_eq!(root.cid.codec() == DAG_PB, block.is_some());
        let sha256 = self.whole.finalize().into();
        Digest { cid: root.cid, sha256, size: self.size, total: root.total, block }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(size: usize, chunk: usize) -> String {
        let mut hasher = Hasher::with_chunks(chunk);
        let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
        bytes.chunks(100_003).for_each(|part| hasher.update(part));
        let digest = hasher.finish();
        assert_eq!(digest.size, size as u64);
        if let Some(block) = &digest.block {
            assert_eq!(cid::of(DAG_PB, block), digest.cid);
            assert_eq!(node::decode(block), Ok(node::Node::File(size as u64)));
        }
        digest.cid.to_string()
    }

    /// Computed with ipfs-unixfs-importer 17.1.1 (JavaScript): byte n of the content is n mod 251.
    #[test]
    fn names_are_those_of_another_implementation() {
        for (size, expected) in [
            (0, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
            (262_144, "bafkreibruh455iawsviqslif5c7uurdcfdemh22mtnytyzvnzn75kpejxy"),
            (262_145, "bafybeiexg2oqkfnj56l7fcmawswqbijt5shq4b5rg6a546uwpkqqzwjioi"),
            (1_000_000, "bafybeibx62obrkybp46hx3ivh53q4rnptgkunpgtwiib5lfelfgt2ekihm"),
        ] {
            assert_eq!(name(size, CHUNK), expected, "{size}");
        }
    }

    /// As above, with chunks of 16 bytes: more levels in less time.
    #[test]
    fn nodes_stand_over_nodes() {
        for (chunks, rest, expected) in SMALL {
            assert_eq!(name(chunks * 16 + rest, 16), expected, "{chunks} chunks and {rest} bytes");
        }
    }

    const SMALL: [(usize, usize, &str); 10] = [
        (1, 0, "bafkreif6ixfsmbn7g27l3zueqqncr4h5ipdjqufd3ts75w5gteuo4oujse"),
        (1, 1, "bafybeigoy2pjprxoufrlr6ez2td53kauu5ndaysnim7ggo2e3b64eaj2bi"),
        (174, 0, "bafybeibwbnh5a3k4l76cjjoy3ma7vfge3wg6rebrhqf65x7yfztkbstuuy"),
        (174, 1, "bafybeigwpzxvret5oxybubfnvh7imrsunxt7wvtxiknxaybhwwdk4ayaf4"),
        (175, 0, "bafybeihnbwuoil7owa6wkhhuwnrksfxlbmroog6bxjyjlht7egif3rmw5q"),
        (348, 0, "bafybeieyfpy2rpjmhneiej5ypfxvj7d54w2lrfmxl4xbxbrlk6avusraim"),
        (348, 1, "bafybeifcxatofr3fplrq4ojfy6ghv57gbjtnkpnvdy3t7icfqupk5ogzdq"),
        (30276, 0, "bafybeicv3csit223r56kzh6lt7vlalwsxzik3c4sligpwgwb5femtmwoli"),
        (30276, 1, "bafybeihyhwh265ift3nhkuevkpurrx72tel2nmmvyz7enczcxzm4ccfnre"),
        (30450, 1, "bafybeih4volzvcezbqsakxgitbeocd2soouv2oehtw6zroo3e5y73k7wpy"),
    ];

    proptest! {
        #[test]
        fn it_does_not_matter_how_the_bytes_come(cuts in prop::collection::vec(1_usize..600, 1..40)) {
            let size: usize = cuts.iter().sum();
            let bytes: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
            let mut hasher = Hasher::with_chunks(16);
            let mut at = 0;
            for cut in cuts {
                hasher.update(&bytes[at..at + cut]);
                at += cut;
            }
            prop_assert_eq!(hasher.finish().cid.to_string(), name(size, 16));
        }
    }
}
