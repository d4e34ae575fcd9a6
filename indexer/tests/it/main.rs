//! The indexer against a real Postgres and a real node.

mod earnings;
mod fetch_doubts;
mod fetch_faults;
mod fetch_heads;
mod fetch_health;
mod fetch_limits;
mod fetch_node;
mod fetch_receipts;
mod follow;
mod market;
mod powers;
mod projections;
mod support;
mod undo;
mod writer;
