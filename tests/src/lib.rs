//! What whole-system tests compare the real parts with.

pub mod logs;
pub mod model;
