//! Integration tests: real processes, a real PostgreSQL, a real chain.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test, as the tests themselves do")]

mod children;
mod cli;
mod databases;
mod demo;
mod deployments;
mod dev;
