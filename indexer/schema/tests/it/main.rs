//! The schema crate against a real Postgres.

mod copy;
mod tables;
