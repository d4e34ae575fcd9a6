//! Whole-system stories: contracts, indexer, API and page together.
