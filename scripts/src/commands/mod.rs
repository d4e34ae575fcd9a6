//! One file per command.

pub(crate) mod compile;
pub(crate) mod toolchain;
