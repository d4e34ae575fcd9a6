//! The event tables, by contract. Each declaration is the one home of its columns: the migration is generated from
//! it.
//!
//! Ids that the contracts number are `bigint`; every other `uint` is `numeric(78,0)`.

mod gate;
mod listings;
mod market;
mod raw;
mod revenue;
mod share;
mod staking;
mod vault;

pub use gate::*;
pub use listings::*;
pub use market::*;
pub use raw::*;
pub use revenue::*;
pub use share::*;
pub use staking::*;
pub use vault::*;

use crate::event::Table;

/// Every event table.
pub fn tables() -> impl Iterator<Item = &'static Table> {
    [
        raw::TABLES,
        vault::TABLES,
        listings::TABLES,
        market::TABLES,
        revenue::TABLES,
        share::TABLES,
        staking::TABLES,
        gate::TABLES,
    ]
    .into_iter()
    .flatten()
}
