//! Blocks of links (dag-pb) and what they say of files and folders (UnixFS).

use prost::Message;

use crate::cid::{self, Cid, DAG_PB};

const FOLDER: i32 = 1;
const FILE: i32 = 2;
/// No reader takes larger blocks.
pub const MAX_BLOCK: usize = 2 * 1024 * 1024;
/// IPFS splits a folder whose names and links take more over several blocks, in a way of its own.
pub const MAX_FOLDER: usize = 256 * 1024;

/// A name in a folder. It can stand as a name on disk: neither empty nor dots, without slashes and zero bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub name: String,
    pub cid: Cid,
    /// Bytes of all blocks that the link leads to.
    pub total: u64,
}

/// What a block says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Sorted by name.
    Folder(Vec<Entry>),
    /// A file of several chunks: its length.
    File(u64),
}

/// A part of a file: a chunk, or a node over such.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) cid: Cid,
    /// Bytes of content under it.
    pub(crate) content: u64,
    /// Bytes of all blocks under it, itself included.
    pub(crate) total: u64,
}

#[derive(Clone, PartialEq, Message)]
struct LinkPb {
    #[prost(bytes = "vec", optional, tag = "1")]
    hash: Option<Vec<u8>>,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(uint64, optional, tag = "3")]
    size: Option<u64>,
}

/// A block has its links before its data, against the order of their tags: written as two messages, which is one.
#[derive(Clone, PartialEq, Message)]
struct LinksPb {
    #[prost(message, repeated, tag = "2")]
    links: Vec<LinkPb>,
}

#[derive(Clone, PartialEq, Message)]
struct DataPb {
    #[prost(bytes = "vec", optional, tag = "1")]
    data: Option<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct UnixFsPb {
    #[prost(int32, required, tag = "1")]
    kind: i32,
    #[prost(bytes = "vec", optional, tag = "2")]
    data: Option<Vec<u8>>,
    #[prost(uint64, optional, tag = "3")]
    size: Option<u64>,
    #[prost(uint64, repeated, packed = "false", tag = "4")]
    sizes: Vec<u64>,
}

fn encode(links: Vec<LinkPb>, unixfs: &UnixFsPb) -> Vec<u8> {
    let mut block = LinksPb { links }.encode_to_vec();
    block.extend(DataPb { data: Some(unixfs.encode_to_vec()) }.encode_to_vec());
    block
}

fn link(cid: &Cid, name: &str, total: u64) -> LinkPb {
    LinkPb { hash: Some(cid.to_bytes()), name: Some(name.to_owned()), size: Some(total) }
}

/// The block over parts of a file.
pub(crate) fn file(parts: &[Part]) -> (Part, Vec<u8>) {
    let content = parts.iter().map(|part| part.content).sum();
    let sizes = parts.iter().map(|part| part.content).collect();
    let links = parts.iter().map(|part| link(&part.cid, "", part.total)).collect();
    let block = encode(links, &UnixFsPb { kind: FILE, data: None, size: Some(content), sizes });
    let total = block.len() as u64 + parts.iter().map(|part| part.total).sum::<u64>();
    (Part { cid: cid::of(DAG_PB, &block), content, total }, block)
}

/// The block of a folder, its name, and the bytes of all blocks under it. Entries are sorted by this.
///
/// # Errors
/// When IPFS would need more than one block for it.
pub fn folder(entries: &mut [Entry]) -> Result<(Cid, u64, Vec<u8>), String> {
    let size: usize = entries.iter().map(|entry| entry.name.len() + entry.cid.encoded_len()).sum();
    if size >= MAX_FOLDER {
        return Err(format!(
            "its {} entries are too many for one folder: put some of them into folders of their own, or pack \
             them into one file",
            entries.len()
        ));
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    let links = entries.iter().map(|entry| link(&entry.cid, &entry.name, entry.total)).collect();
    let block = encode(links, &UnixFsPb { kind: FOLDER, data: None, size: None, sizes: Vec::new() });
    let total = block.len() as u64 + entries.iter().map(|entry| entry.total).sum::<u64>();
    Ok((cid::of(DAG_PB, &block), total, block))
}

/// Reads a block. Whether it is the one asked for is for the caller to compare.
///
/// # Errors
/// What is wrong with it.
pub fn decode(block: &[u8]) -> Result<Node, String> {
    let broken = |error: prost::DecodeError| format!("the block is broken: {error}");
    let data = DataPb::decode(block).map_err(broken)?.data.ok_or("the block says nothing of itself")?;
    let unixfs = UnixFsPb::decode(data.as_slice()).map_err(broken)?;
    match unixfs.kind {
        FILE => Ok(Node::File(unixfs.size.unwrap_or_default())),
        FOLDER => {
            let links = LinksPb::decode(block).map_err(broken)?.links;
            let entries: Result<Vec<Entry>, String> = links.into_iter().map(entry).collect();
            let entries = entries?;
            match entries.is_sorted_by(|one, other| one.name < other.name) {
                true => Ok(Node::Folder(entries)),
                false => Err("a folder names its entries out of order, or twice".to_owned()),
            }
        }
        kind => Err(format!("the block is neither a file nor a folder of one block, but of kind {kind}")),
    }
}

/// The content of a file that is one block, as older versions of IPFS write small files. Whether the block is the one
/// asked for is for the caller to compare.
#[must_use]
pub fn inline(block: &[u8]) -> Option<Vec<u8>> {
    let unixfs = UnixFsPb::decode(DataPb::decode(block).ok()?.data?.as_slice()).ok()?;
    let alone = LinksPb::decode(block).ok()?.links.is_empty();
    (unixfs.kind == FILE && alone).then(|| unixfs.data.unwrap_or_default())
}

fn entry(link: LinkPb) -> Result<Entry, String> {
    let name = link.name.unwrap_or_default();
    if !can_be_named(&name) {
        return Err(format!("a folder names an entry {name:?}"));
    }
    let cid = cid::from_bytes(&link.hash.unwrap_or_default())?;
    Ok(Entry { name, cid, total: link.size.unwrap_or_default() })
}

fn can_be_named(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\\', '\0'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cid::RAW;

    fn named(name: &str) -> Entry {
        Entry { name: name.to_owned(), cid: cid::of(RAW, name.as_bytes()), total: name.len() as u64 }
    }

    #[test]
    fn an_empty_folder_is_named_as_everywhere() {
        let (cid, total, block) = folder(&mut []).unwrap();
        assert_eq!(cid.to_string(), "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
        assert_eq!((total, block.as_slice()), (4, [0x0a, 0x02, 0x08, 0x01].as_slice()));
    }

    #[test]
    fn a_folder_is_read_again_in_the_order_of_its_names() {
        let mut entries = [named("b"), named("ä"), named("B"), named("a.txt")];
        let (_, _, block) = folder(&mut entries).unwrap();
        assert_eq!(decode(&block), Ok(Node::Folder(entries.to_vec())));
        assert_eq!(entries.map(|entry| entry.name), ["B", "a.txt", "b", "ä"]);
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["", ".", "..", "a/b", "/etc/passwd", "..\\x", "a\0"] {
            let (_, _, block) = folder(&mut [named(name)]).unwrap();
            assert_eq!(decode(&block), Err(format!("a folder names an entry {name:?}")));
        }
        let (_, _, block) = folder(&mut [named("a"), named("a")]).unwrap();
        assert!(decode(&block).unwrap_err().contains("twice"));
    }

    #[test]
    fn a_folder_of_too_many_names_is_refused() {
        let many = |n: usize| (0..n).map(|n| named(&format!("{n:028}"))).collect::<Vec<_>>();
        // 28 bytes of name and 36 of link each.
        assert!(folder(&mut many(4_095)).is_ok());
        let said = folder(&mut many(4_096)).unwrap_err();
        assert!(said.starts_with("its 4096 entries are too many for one folder"), "{said}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }
    }
}
