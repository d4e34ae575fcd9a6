//! What the tests of every crate share: a fresh database, a chain of their own, the built binaries.
//!
//! These helpers panic with one clear sentence when something is missing, as a test would.

mod anvil;
mod bin;
mod database;

pub use anvil::{Anvil, AnvilOptions};
pub use bin::Bin;
pub use database::TestDatabase;

/// Ends the test with a readable sentence.
#[expect(clippy::panic, reason = "a test helper has no caller that could handle its failure")]
fn fail(what: &str, error: &dyn std::fmt::Display) -> ! {
    panic!("{what}: {error}")
}
