//! The database that the indexer writes and the API reads.
//!
//! - [`types`]: how Ethereum's words (`uint256`, addresses, hashes) stand in Postgres;
//! - [`events`]: the event tables of schema `archive`, one Rust declaration each;
//! - [`archive`]: that schema's migrations, and the cursors;
//! - [`market`]: the projections' tables, versioned by the hash of their DDL;
//! - [`earnings`]: what is claimable, which follows from several of their rows and the time.

pub mod archive;
pub mod copy;
pub mod ddl;
pub mod earnings;
pub mod event;
pub mod events;
pub mod lookup;
pub mod market;
pub mod types;
