//! Integration tests: real processes, a real PostgreSQL, a real chain.

mod children;
mod databases;
mod deployments;
mod dev;
