//! How listings, plans and chains are named outside.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::params::{FromParam, natural};

/// A listing or plan, told apart from those of other chains: `{chainId}-{n}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicId {
    pub chain_id: i64,
    pub number: i64,
}

impl fmt::Display for PublicId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.chain_id, self.number)
    }
}

impl Serialize for PublicId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromParam for PublicId {
    fn from_param(text: &str) -> Option<Self> {
        let (chain, number) = text.split_once('-')?;
        Some(Self { chain_id: natural(chain)?, number: natural(number)? })
    }

    fn allowed() -> String {
        "an id of the form `{chainId}-{n}`, as in `31337-1`".to_owned()
    }
}

/// A chain as a parameter names it: its id, or CAIP-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainId(pub i64);

impl FromParam for ChainId {
    fn from_param(text: &str) -> Option<Self> {
        natural(text.strip_prefix("eip155:").unwrap_or(text)).map(Self)
    }

    fn allowed() -> String {
        "a chain id or its CAIP-2 form, as in `31337` or `eip155:31337`".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_ids_are_read_as_they_are_written() {
        let id = PublicId::from_param("31337-12").expect("valid");
        assert_eq!(id.to_string(), "31337-12");
        for bad in
            ["", "-", "31337", "31337-", "-1", "0-1", "1-0", "1--1", "01-1", "1-1-1", "1-9223372036854775808"]
        {
            assert_eq!(PublicId::from_param(bad), None, "{bad}");
        }
    }

    #[test]
    fn chains_are_named_by_id_or_caip_2() {
        assert_eq!(ChainId::from_param("31337"), Some(ChainId(31337)));
        assert_eq!(ChainId::from_param("eip155:31337"), Some(ChainId(31337)));
        for bad in ["", "eip155:", "solana:1", "0", "-1", "eip155:eip155:1", "18446744073709551616"] {
            assert_eq!(ChainId::from_param(bad), None, "{bad}");
        }
    }
}
