//! What whole-system tests compare the real parts with.

pub mod model;
pub mod paper;
