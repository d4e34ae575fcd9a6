//! The API against a real PostgreSQL, which tests fill as the indexer would. One file per story.

mod access;
mod account;
mod content;
mod curator;
mod front;
mod headers;
mod lineage;
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
mod search;
mod shares;
mod stage;
mod staking;
mod statements;
mod status;
mod web;
mod windows;
