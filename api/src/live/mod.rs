//! Live: what is committed, as it is committed, over WebSocket and Server-Sent Events.
//!
//! One task reads the outbox once ([`hub`]) and hands each row, with everything that subscribers can be told of it
//! ([`batch`], read by [`reader`]), to all connections. Each connection has a [`follower`]: it knows how far it is on
//! each chain, catches up from the outbox, holds back what is not final enough, and says what is taken back.
//! [`sse`] and [`ws`] are the two ways out.
//!
//! *Invariant:* whoever resumes from the cursor of the last message misses nothing and is told nothing twice.

mod batch;
mod content;
mod follower;
mod hub;
mod message;
mod place;
mod query;
mod reader;
mod slots;
pub mod sse;
mod topic;
mod track;
pub mod ws;

pub(crate) use follower::{EXPIRED, Follower, Out};
pub use hub::Live;
pub use message::{
    BlockStats, LiveAbout, LiveData, LiveEvent, LiveMessage, LiveNotice, LiveRetracted, TokenStats,
};
pub(crate) use place::{Place, Places};
pub(crate) use query::Wish;
pub use slots::Settings;
pub(crate) use topic::{Topic, Topics};

use axum::Router;
use axum::routing::get;

use crate::app::App;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/stream", get(sse::stream)).route("/live", get(ws::live))
}
