//! Whole collections as CSV, NDJSON and Parquet, as they stand at a final block.
//!
//! - [`collection`]: which collections there are;
//! - [`layout`]: a collection's columns and key, as the database has them;
//! - [`page`]: one page of rows at the block, read in a short transaction of its own;
//! - [`cell`]: a value on its way out;
//! - [`format`], [`parquet`]: rows as bytes;
//! - [`stream`]: page after page, as fast as the client takes them;
//! - [`routes`], [`manifest`]: what is served.
//!
//! **At a block.** What is only ever appended (events, purchases, releases) is filtered by block: any final block
//! can be exported, at any time, and comes out the same. What changes (listings, balances …) is kept by the indexer
//! as it stands at the newest block it has read, with a journal of the rows as they were before each block that is
//! not final: rows and journal together are the collection as it stands at the newest final block, and at no
//! other. Each page is read so, and checked to be at the export's block. When another block has become final in the
//! meantime the export ends, unfinished, rather than go on with rows of another block.

pub(crate) mod cell;
pub(crate) mod collection;
pub(crate) mod format;
pub(crate) mod layout;
pub mod manifest;
pub(crate) mod page;
mod parquet;
pub mod routes;
pub(crate) mod stream;
