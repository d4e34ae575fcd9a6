//! The contracts' words as columns. Ids that the contracts number fit `bigint`; a larger one is not theirs.

use alloy::primitives::{Address, U256};

use super::Undecoded;
use crate::ledger::{Before, Series};
use crate::store::Batch;
use stoa_schema::event::Position;

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

/// Notes that a log counts one more: its number is the total from then on.
pub(super) fn counts(batch: &mut Batch, at: &Position, series: Series, number: impl TryInto<u64>) {
    // A number that is none cannot follow from any total.
    let number = number.try_into().unwrap_or_default();
    let before = Before::Exactly(U256::from(number).wrapping_sub(U256::from(1)));
    batch.tally(at, series, before, U256::from(number));
}

/// Notes a total that a log has raised by `more`.
pub(super) fn raises(batch: &mut Batch, at: &Position, series: Series, more: U256, total: U256) {
    batch.tally(at, series, Before::Exactly(total.wrapping_sub(more)), total);
}

/// Notes a total that never falls.
pub(super) fn rises(batch: &mut Batch, at: &Position, series: Series, total: U256) {
    batch.tally(at, series, Before::AtMost(total), total);
}
