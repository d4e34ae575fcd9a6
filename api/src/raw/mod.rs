//! What the chain said, as it said it: every event of the protocol, and transactions told in words.
//!
//! - [`catalogue`]: which events there are, from the declarations of `stoa_schema::events`;
//! - [`search`]: one SQL statement over their tables;
//! - [`args`]: an event's arguments as JSON;
//! - [`history`]: what concerned an account, told in words;
//! - [`lexicon`]: what sentences look up;
//! - [`words`]: what an event says, as a sentence.

pub(crate) mod catalogue;
pub mod events;
pub mod history;
pub(crate) mod search;
pub mod transaction;

mod args;
mod lexicon;
mod words;
