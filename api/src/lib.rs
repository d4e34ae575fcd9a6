//! Serves what the indexer wrote: REST, and the web app.
//!
//! - [`app`]: the router with everything around it;
//! - [`routes`]: one module per resource, each with its documents;
//! - [`raw`], [`export`], [`sql`]: events, whole collections and queries, for those who reckon with them;
//! - [`snapshot`]: one request, one snapshot of the database;
//! - [`params`], [`cursor`]: what a request may say; `front`: what is understood on every route;
//! - [`graphql`]: the same model as a graph;
//! - [`hot`]: answers kept for those who ask the same again;
//! - [`hooks`]: webhooks and alerts;
//! - [`live`]: WebSocket and Server-Sent Events;
//! - [`reply`], [`problem`], [`error`]: what it is answered with;
//! - [`access`]: who asks, what they may, and how much;
//! - [`content`], [`relay`]: files that are uploaded, and orders that are sent to the chain;
//! - [`curator`]: fetches listings' metadata, and counts what they are sorted by;
//! - `web`: files, outside `/v1`.

pub mod access;
pub mod app;
pub mod config;
pub mod content;
pub mod curator;
pub mod cursor;
pub mod error;
pub mod export;
pub mod graphql;
pub mod hooks;
pub mod hot;
pub mod live;
pub mod meta;
pub mod migrate;
pub mod model;
pub mod params;
pub mod problem;
pub mod raw;
pub mod relay;
pub mod reply;
pub mod routes;
pub mod serve;
pub mod snapshot;
pub mod sql;

mod db;
mod front;
mod health;
mod metadata;
mod web;
