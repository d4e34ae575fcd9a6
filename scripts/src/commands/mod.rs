//! One file per command.

pub(crate) mod alert;
pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod buy;
pub(crate) mod compile;
pub(crate) mod credits;
pub(crate) mod deploy;
pub(crate) mod dev;
pub(crate) mod govern;
pub(crate) mod key;
pub(crate) mod listing;
pub(crate) mod network;
pub(crate) mod order;
pub(crate) mod passes;
pub(crate) mod plan;
pub(crate) mod publish;
pub(crate) mod revenue;
pub(crate) mod seed;
pub(crate) mod shares;
pub(crate) mod sqlx;
pub(crate) mod stake;
pub(crate) mod toolchain;
pub(crate) mod vault;
pub(crate) mod verify;
pub(crate) mod wallet;
pub(crate) mod webhook;
