//! Writes: rows by binary `COPY`, projections, and the cursor that says how far they go, in one transaction.

mod advance;
mod batch;
pub mod contract;
pub mod cursor;
mod decoder;
mod error;
mod fill;
pub mod header;
mod lease;
pub mod outbox;
pub mod rebuild;
pub mod settle;
mod undo;
mod writer;

pub use advance::{Advance, Pass};
pub use batch::Batch;
pub use contract::Contract;
pub use cursor::Cursor;
pub use decoder::Redecoded;
pub use error::StoreError;
pub use lease::Lease;
pub use writer::Writer;
