//! What whole-system tests compare the real parts with.

pub mod facts;
pub mod history;
pub mod logs;
pub mod model;
pub mod paper;
