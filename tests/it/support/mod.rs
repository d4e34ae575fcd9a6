//! The suite as a user runs it, in one test: a chain with the contracts, a database, the two binaries.

mod actors;
mod rows;
mod stack;
pub(crate) mod typed;

pub(crate) use actors::{Actors, done};
pub(crate) use rows::same_rows;
pub(crate) use stack::{Stack, api, eventually, free_address};
