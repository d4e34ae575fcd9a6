//! Follows the chain's events into Postgres.
