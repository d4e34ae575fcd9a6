-- The archive is what the chain said: one table per event, and how far it was read.
-- Everything else can be rebuilt from it without asking a node.

-- One row per chain. It is locked first by every transaction that writes for the chain, and checked: a writer
-- that was overtaken finds another position than it left and stops.
CREATE TABLE archive.cursor (
    chain_id         bigint PRIMARY KEY,
    -- Contract name -> address. One deployment per chain per database: another one is refused at start.
    contracts        jsonb NOT NULL,
    -- Where the deployment begins. Nothing of it stands in an earlier block.
    first_block      bigint NOT NULL,
    -- Last block whose events are stored. Before the first range: the block before `first_block`.
    stored_block     bigint NOT NULL,
    stored_hash      bytea NOT NULL,
    stored_time      timestamptz NOT NULL,
    -- Last block whose events the projections hold.
    projected_block  bigint NOT NULL,
    projected_hash   bytea NOT NULL,
    projected_time   timestamptz NOT NULL,
    CHECK (projected_block <= stored_block)
);
COMMENT ON TABLE archive.cursor IS 'How far each chain was read, and the deployment that is followed.';

-- What the node last said of its chain. Apart from the cursor, so that telling it waits for no range.
CREATE TABLE archive.head (
    chain_id         bigint PRIMARY KEY,
    block_number     bigint NOT NULL,
    block_time       timestamptz NOT NULL,
    safe_block       bigint NOT NULL,
    finalized_block  bigint NOT NULL,
    observed_at      timestamptz NOT NULL
);
COMMENT ON TABLE archive.head IS 'The newest, safe and finalized block of each chain, as last heard from a node.';

-- The last block of each committed range, from the newest final one on: what a node that is behind, or on
-- another fork, is told apart by.
CREATE TABLE archive.header (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    hash          bytea NOT NULL,
    block_time    timestamptz NOT NULL,
    PRIMARY KEY (chain_id, block_number)
);
COMMENT ON TABLE archive.header IS 'Blocks that the archive ended at, kept from the newest final one on.';

-- Which DDL and SQL schema `market` was made with. Another hash means that it is built anew.
CREATE TABLE archive.projection (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    hash      text NOT NULL
);
COMMENT ON TABLE archive.projection IS 'The hash of the DDL and SQL that the projections in schema market come from.';
