//! The API against a real PostgreSQL, which tests fill as the indexer would. One file per story.

mod account;
mod content;
mod headers;
mod listing;
mod listings;
mod live;
mod paging;
mod process;
mod property;
mod purchases;
mod readiness;
mod rebuild;
mod refusals;
mod rows;
mod shares;
mod stage;
mod staking;
mod statements;
mod status;
mod web;
mod windows;
