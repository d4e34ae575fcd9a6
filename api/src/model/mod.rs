//! What several routes speak of: public ids, kinds, tokens, finality.

mod id;
mod part;
mod words;

pub use id::{ChainId, PublicId};
pub use part::{Edge, Token};
pub(crate) use words::word_of;
pub use words::{Finality, Kind, ListingStatus, PlanKind, Sort};
