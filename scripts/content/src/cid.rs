//! Names of content (CID): what of them is used here.

pub use cid::Cid;
use cid::multihash::Multihash;
use sha2::{Digest as _, Sha256};

/// The bytes named are the content itself.
pub const RAW: u64 = 0x55;
/// The bytes named are a block of links.
pub const DAG_PB: u64 = 0x70;
const SHA2_256: u64 = 0x12;

/// The name of bytes.
#[must_use]
pub fn of(codec: u64, bytes: &[u8]) -> Cid {
    with_digest(codec, Sha256::digest(bytes).into())
}

pub(crate) fn with_digest(codec: u64, digest: [u8; 32]) -> Cid {
    #[expect(clippy::unwrap_used, reason = "32 bytes fit a multihash of up to 64")]
    Cid::new_v1(codec, Multihash::wrap(SHA2_256, &digest).unwrap())
}

/// The sha-256 in a name that [`parse`] has let through.
#[must_use]
pub fn digest(cid: &Cid) -> [u8; 32] {
    cid.hash().digest().try_into().unwrap_or_default()
}

/// Reads a name: version 0 or 1, sha-256, of raw bytes or links. One of version 0 is told as version 1.
///
/// # Errors
/// What is wrong with it.
pub fn parse(text: &str) -> Result<Cid, String> {
    let cid = Cid::try_from(text).map_err(|_| "it is no CID, such as bafkrei…".to_owned())?;
    checked(cid)
}

pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Cid, String> {
    let cid = Cid::try_from(bytes).map_err(|error| format!("a link is no CID: {error}"))?;
    checked(cid)
}

fn checked(cid: Cid) -> Result<Cid, String> {
    if cid.hash().code() != SHA2_256 || cid.hash().size() != 32 {
        return Err("its hash is not sha-256, which alone is used here".to_owned());
    }
    match cid.codec() {
        RAW | DAG_PB => Ok(Cid::new_v1(cid.codec(), *cid.hash())),
        codec => Err(format!("it names data of kind {codec:#x}, neither raw bytes (0x55) nor files (0x70)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_ipfs() {
        let empty = of(RAW, b"").to_string();
        assert_eq!(empty, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
        let hello = of(RAW, b"hello world").to_string();
        assert_eq!(hello, "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
        assert_eq!(parse(&hello).map(|cid| digest(&cid)), Ok(Sha256::digest(b"hello world").into()));
    }

    #[test]
    fn the_old_version_is_read_and_told_as_the_new_one() {
        let folder = parse("QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn").unwrap();
        assert_eq!(folder.to_string(), "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "b", "../secret", "bafy", "Qm", "0x12", &"b".repeat(10_000), "bafkrei%00"] {
            assert_eq!(parse(text), Err("it is no CID, such as bafkrei…".to_owned()), "{text:.40}");
        }
        // dag-cbor; and raw bytes under sha-512.
        let cbor = Cid::new_v1(0x71, *of(RAW, b"").hash()).to_string();
        assert!(parse(&cbor).unwrap_err().contains("0x71"), "{cbor}");
        let long = Cid::new_v1(RAW, Multihash::wrap(0x13, &[7; 64]).unwrap()).to_string();
        assert!(parse(&long).unwrap_err().contains("sha-256"), "{long}");
    }
}
