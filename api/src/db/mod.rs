//! Queries, one file per table or family of tables. Functions take a connection inside the request's snapshot.

pub(crate) mod account;
pub(crate) mod approval;
pub(crate) mod attribution;
pub(crate) mod balance;
pub(crate) mod begin;
pub(crate) mod chain;
pub(crate) mod document;
pub(crate) mod grade;
pub(crate) mod leader;
pub(crate) mod listing;
pub(crate) mod listing_parent;
pub(crate) mod listing_parts;
pub(crate) mod listing_search;
pub(crate) mod listing_version;
pub(crate) mod lock;
pub(crate) mod market;
pub(crate) mod owner;
pub(crate) mod pass;
pub(crate) mod past;
pub(crate) mod payment;
pub(crate) mod plan;
pub(crate) mod price;
pub(crate) mod protocol;
pub(crate) mod purchase;
pub(crate) mod retention;
pub(crate) mod revenue;
pub(crate) mod series;
pub(crate) mod settlement;
pub(crate) mod share;
pub(crate) mod share_sale;
pub(crate) mod spending;
pub(crate) mod stake;
pub(crate) mod yields;

mod page;

pub(crate) use page::{PARTS, Starts, columns, token};
