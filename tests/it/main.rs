//! Whole-system stories, each on a chain and a database of its own.

mod browser;
mod kills;
mod model;
mod oracle;
mod paper;
mod story;
mod support;
