CREATE TABLE market.account (
    chain_id     bigint NOT NULL,
    account      bytea NOT NULL,
    first_block  bigint NOT NULL,
    first_time   timestamptz NOT NULL,
    -- Purchases it paid for.
    purchases    bigint NOT NULL DEFAULT 0,
    -- Listings it created.
    listings     bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, account)
);
COMMENT ON TABLE market.account IS 'Everyone who created or owned a listing, paid for a purchase, received a pass or shares, or locked STOA.';
