//! Queries, one file per table. Functions take a connection inside the request's snapshot.

pub(crate) mod chain;
pub(crate) mod listing;
pub(crate) mod listing_parent;
pub(crate) mod listing_version;
pub(crate) mod plan;
pub(crate) mod purchase;
pub(crate) mod revenue;

mod page;

pub(crate) use page::{PARTS, Starts, columns, token};
