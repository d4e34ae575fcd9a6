//! What several routes speak of: public ids, kinds, tokens, times, finality.

mod id;
mod log_id;
mod moment;
mod part;
mod words;

pub use id::{ChainId, PublicId};
pub use log_id::LogId;
pub(crate) use moment::{moment, moment_of, open};
pub use part::{Edge, Token};
pub(crate) use words::word_of;
pub use words::{
    AllowanceScope, Finality, GateKind, Ignored, Interval, Kind, Leaders, ListingSort, ListingStatus,
    Measure, MetadataStatus, OperatorScope, PlanKind, RevenueSource, Sort, Window,
};
