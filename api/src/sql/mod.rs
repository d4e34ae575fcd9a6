//! `POST /v1/sql`: one SELECT over documented views, by a role that can read nothing else.
//!
//! Three fences, each enough alone for what it is about:
//! - [`check`]: the statement is parsed, every part of it must be on a list, and what is sent is what was parsed,
//!   printed anew: no comment, no second statement, no spelling that two parsers may read differently;
//! - [`role`]: the role may read the views of schema `market` and nothing else, and its transactions are read-only;
//! - [`run`]: a pool of its own, limits on time, memory, rows and bytes, and an end when the client leaves.

mod cell;
pub mod check;
pub mod lists;
pub mod role;
pub mod routes;
pub(crate) mod run;

pub use run::Sql;
