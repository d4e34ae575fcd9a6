//! The API against a real PostgreSQL, which tests fill as the indexer would. One file per story.

mod account;
mod chronicle;
mod content;
mod events;
mod export;
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
mod shares;
mod sql;
mod stage;
mod staking;
mod statements;
mod status;
mod web;
mod windows;
