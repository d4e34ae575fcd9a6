//! The database that the indexer writes and the API reads: migrations, row types and type mappings.
