//! Follows the chain's events into Postgres: `fetch → decode → store → project`.
//!
//! - [`fetch`] is the only part that speaks to a node;
//! - [`decode`] is pure: logs in, rows out;
//! - [`store`] writes rows and cursors;
//! - [`project`] folds rows into entities;
//! - [`engine`] decides what is next, and does it.

pub mod config;
pub mod decode;
pub mod deployment;
pub mod engine;
pub mod fetch;
pub mod ledger;
pub mod metrics;
pub mod progress;
pub mod project;
pub mod serve;
pub mod store;
pub mod telemetry;
