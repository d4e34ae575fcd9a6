//! The library behind the `stoa` command-line tool: local servers, child processes, compilation, deployment,
//! and what the tests of all crates share.

pub mod anvil;
pub mod checkout;
pub mod child;
pub mod postgres;
pub mod testing;
