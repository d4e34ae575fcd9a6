//! What several routes speak of: public ids, kinds, tokens, times, finality.

mod id;
mod moment;
mod part;
mod words;

pub use id::{ChainId, PublicId};
pub(crate) use moment::{moment, moment_of, open};
pub use part::{Edge, Token};
pub(crate) use words::word_of;
pub use words::{Finality, Kind, ListingSort, ListingStatus, MetadataStatus, PlanKind, Sort};
