//! One file per command.

pub(crate) mod compile;
pub(crate) mod deploy;
pub(crate) mod dev;
pub(crate) mod network;
pub(crate) mod sqlx;
pub(crate) mod toolchain;
pub(crate) mod vault;
pub(crate) mod verify;
pub(crate) mod wallet;
