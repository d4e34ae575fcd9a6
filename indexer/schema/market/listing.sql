CREATE TABLE market.listing (
    chain_id          bigint NOT NULL,
    listing           bigint NOT NULL,
    -- 0 model, 1 dataset, 2 compute, 3 agent, 4 service.
    kind              smallint NOT NULL,
    -- 0 active, 1 paused, 2 retired.
    status            smallint NOT NULL DEFAULT 0,
    owner             bytea NOT NULL,
    creator           bytea NOT NULL,
    uri               text NOT NULL,
    licence           text NOT NULL,
    derivatives       boolean NOT NULL,
    derivative_bps    integer NOT NULL,
    royalty_receiver  bytea NOT NULL,
    royalty_bps       integer NOT NULL,
    -- Latest version and its content hash.
    version           bigint NOT NULL DEFAULT 0,
    content_hash      bytea NOT NULL,
    created_block     bigint NOT NULL,
    created_time      timestamptz NOT NULL,
    created_tx        bytea NOT NULL,
    purchases         bigint NOT NULL DEFAULT 0,
    -- Distinct accounts that paid for it.
    buyers            bigint NOT NULL DEFAULT 0,
    plans             bigint NOT NULL DEFAULT 0,
    -- Who may manage and move it beside its owner and the owner's operators (ERC-721); the zero address for nobody.
    approved          bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    -- Contract whose shares earn its revenue; the zero address while there is none.
    share             bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    -- The last block that asked for its metadata to be read anew (ERC-4906); that of its creation before.
    metadata_block    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, listing)
);
CREATE INDEX listing_by_owner ON market.listing (chain_id, owner, listing);
CREATE INDEX listing_by_kind ON market.listing (chain_id, kind, listing);
CREATE INDEX listing_by_status ON market.listing (chain_id, status, listing);
COMMENT ON TABLE market.listing IS 'AI assets, as they stand at the projected block.';

CREATE TABLE market.listing_parent (
    chain_id  bigint NOT NULL,
    listing   bigint NOT NULL,
    parent    bigint NOT NULL,
    -- What the parent is granted of the listing's revenue, in 1/10,000.
    bps       integer NOT NULL,
    PRIMARY KEY (chain_id, listing, parent)
);
CREATE INDEX listing_parent_by_parent ON market.listing_parent (chain_id, parent, listing);
COMMENT ON TABLE market.listing_parent IS 'Which listings a listing derives from. Never changes.';

CREATE TABLE market.listing_version (
    chain_id      bigint NOT NULL,
    listing       bigint NOT NULL,
    version       bigint NOT NULL,
    content_hash  bytea NOT NULL,
    uris          text[] NOT NULL,
    block_number  bigint NOT NULL,
    block_time    timestamptz NOT NULL,
    tx_hash       bytea NOT NULL,
    PRIMARY KEY (chain_id, listing, version)
);
COMMENT ON TABLE market.listing_version IS 'Immutable releases of a listing.';
