//! Cargo, started from a program that cargo itself may have started.

use std::{ffi::OsString, process::Command};

use crate::checkout;

/// Cargo at the checkout's root.
pub fn command() -> Command {
    let mut command = Command::new(program());
    command.current_dir(checkout::root());
    for variable in inherited() {
        command.env_remove(variable);
    }
    command
}

/// The cargo that started this program, else the one that the shell would find.
pub fn program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// What `cargo run` told this program about its own package. A cargo started from here must not pass it on: build
/// scripts that look at it would run again, and what depends on them be compiled again, at each change of hands.
pub fn inherited() -> Vec<String> {
    std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        .collect()
}
