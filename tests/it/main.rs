//! Whole-system stories, each on a chain and a database of its own.

mod audit;
mod browser;
mod chains;
mod history;
mod kills;
mod model;
mod observed;
mod oracle;
mod outages;
mod paper;
mod rebuilds;
mod relay;
mod simulation;
mod story;
mod support;
