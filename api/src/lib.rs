//! Serves what the indexer wrote: REST, and the web app.
