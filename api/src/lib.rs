//! Serves what the indexer wrote: REST, and the web app.
//!
//! - [`app`]: the router with everything around it;
//! - [`routes`]: one module per resource, each with its documents;
//! - [`snapshot`]: one request, one snapshot of the database;
//! - [`params`], [`cursor`]: what a request may say;
//! - [`live`]: WebSocket and Server-Sent Events;
//! - [`reply`], [`problem`], [`error`]: what it is answered with;
//! - `web`: files, outside `/v1`.

pub mod app;
pub mod config;
pub mod cursor;
pub mod error;
pub mod live;
pub mod meta;
pub mod migrate;
pub mod model;
pub mod params;
pub mod problem;
pub mod reply;
pub mod routes;
pub mod serve;
pub mod snapshot;

mod db;
mod health;
mod metadata;
mod web;
