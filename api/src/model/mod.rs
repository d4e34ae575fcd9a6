//! What several routes speak of: public ids, kinds, tokens, finality.

use std::fmt;

use serde::{Serialize, Serializer};
use stoa_schema::types::Addr;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::params::{Choice, FromParam};

mod words;

pub use words::{Finality, Kind, ListingStatus, PlanKind, Sort};

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
        Some(Self { chain_id: crate::params::natural(chain)?, number: crate::params::natural(number)? })
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
        crate::params::natural(text.strip_prefix("eip155:").unwrap_or(text)).map(Self)
    }

    fn allowed() -> String {
        "a chain id or its CAIP-2 form, as in `31337` or `eip155:31337`".to_owned()
    }
}

/// An ERC-20 token. What it says of itself is not checked by anyone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Token {
    /// Contract of the token.
    #[schema(value_type = String, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3")]
    pub address: Addr,
    /// Symbol it tells of itself; null when it was never described.
    #[schema(example = "STOA", required = true)]
    pub symbol: Option<String>,
    /// Name it tells of itself; null when it was never described.
    #[schema(example = "Stoa", required = true)]
    pub name: Option<String>,
    /// How many decimals separate its unit from its base unit; null when it was never described.
    #[schema(example = 18, minimum = 0, maximum = 255, required = true)]
    pub decimals: Option<i16>,
}

/// A share of revenue between a listing and one that it derives from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Edge {
    /// The other listing.
    #[schema(value_type = String, example = "31337-1")]
    pub id: PublicId,
    /// What the parent is granted of the child's revenue, in 1/10,000.
    #[schema(example = 500, minimum = 0, maximum = 10_000)]
    pub bps: i32,
}

/// Reads a number that the projections keep for a word.
pub(crate) fn word_of<T: Choice>(number: i16, what: &str) -> Result<T, ApiError> {
    usize::try_from(number)
        .ok()
        .and_then(|at| T::ALL.get(at))
        .map(|(_, value)| *value)
        .ok_or_else(|| ApiError::Internal(format!("{number} is no {what} that this version knows")))
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

    #[test]
    fn numbers_without_a_word_are_errors() {
        assert_eq!(word_of::<Kind>(1, "kind").expect("known"), Kind::Dataset);
        assert!(word_of::<Kind>(5, "kind").is_err());
        assert!(word_of::<Kind>(-1, "kind").is_err());
    }
}
