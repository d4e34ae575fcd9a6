//! The contracts' words as columns. Ids that the contracts number fit `bigint`; a larger one is not theirs.

use alloy::primitives::{Address, U256};

use super::Undecoded;

pub(super) fn id(field: &'static str, value: U256) -> Result<i64, Undecoded> {
    i64::try_from(value).map_err(|_| Undecoded::TooLarge { field, value })
}

pub(super) fn ids(field: &'static str, values: &[U256]) -> Result<Vec<i64>, Undecoded> {
    values.iter().map(|value| id(field, *value)).collect()
}

/// The token of an ERC-6909 id: the id is the address as a number.
pub(super) fn token(value: U256) -> Result<Address, Undecoded> {
    if value >> 160 != U256::ZERO {
        return Err(Undecoded::TooLarge { field: "id", value });
    }
    Ok(Address::from_word(value.into()))
}
