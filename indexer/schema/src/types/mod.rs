//! Ethereum's words as Postgres types. `sqlx` cannot be taught foreign types, hence the newtypes.

mod bytes;
#[cfg(feature = "graphql")]
mod graphql;
mod numeric;
mod uint;

pub use bytes::{Addr, Hash};
pub use numeric::{Numeric, NumericError};
pub use uint::Uint;
