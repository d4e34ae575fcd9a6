//! The indexer against a real Postgres and a real node.

mod earnings;
mod follow;
mod market;
mod projections;
mod support;
mod undo;
mod writer;
