//! The API against a real PostgreSQL, which tests fill as the indexer would. One file per story.

mod headers;
mod listing;
mod listings;
mod paging;
mod process;
mod property;
mod purchases;
mod readiness;
mod rebuild;
mod refusals;
mod rows;
mod stage;
mod statements;
mod status;
mod web;
