//! What a request may say: query parameters, each read into a type.

mod query;
mod value;

pub use query::Params;
pub(crate) use value::natural;
pub use value::{Choice, Flag, FromParam, Limit, List, Text, Time};
