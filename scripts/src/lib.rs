//! The library behind the `stoa` command-line tool: local servers, child processes, compilation, deployment,
//! and what the tests of all crates share.

pub mod anvil;
pub mod audit;
pub mod cargo;
pub mod checkout;
pub mod child;
pub mod cli;
pub mod compile;
pub mod content;
pub mod demo;
pub mod deploy;
pub mod fingerprint;
pub mod key;
pub mod keystore;
pub mod metadata;
pub mod port;
pub mod postgres;
pub mod progress;
pub mod queries;
pub mod testing;
pub mod toolchain;
pub mod web;
