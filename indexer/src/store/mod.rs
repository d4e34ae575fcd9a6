//! Writes: rows by binary `COPY`, and the cursor that says how far they go.

mod batch;
pub mod cursor;
pub mod header;
mod writer;

pub use batch::Batch;
pub use cursor::Cursor;
pub use writer::{StoreError, Writer};
