-- The API's own tables live in their own schema, so that a rebuild of the projections never touches them.
-- The migrator has made the schema by now, for its bookkeeping; this says what it is for.
COMMENT ON SCHEMA api IS 'What the API itself must remember. Never read or written by the indexer, and never dropped by it.';
