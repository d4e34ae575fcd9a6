CREATE TABLE market.purchase (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    log_index     integer NOT NULL,
    block_time    timestamptz NOT NULL,
    tx_hash       bytea NOT NULL,
    listing       bigint NOT NULL,
    plan          bigint NOT NULL,
    payer         bytea NOT NULL,
    recipient     bytea NOT NULL,
    beneficiary   bytea NOT NULL,
    token         bytea NOT NULL,
    quantity      numeric(78,0) NOT NULL,
    -- Fee and net together, in base units of the token.
    amount        numeric(78,0) NOT NULL,
    fee           numeric(78,0) NOT NULL,
    -- Subscription: Unix time until which the recipient's is valid after it; else 0.
    expiry        bigint NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
CREATE INDEX purchase_by_listing ON market.purchase (chain_id, listing, block_number, log_index);
CREATE INDEX purchase_by_payer ON market.purchase (chain_id, payer, block_number, log_index);
CREATE INDEX purchase_by_recipient ON market.purchase (chain_id, recipient, block_number, log_index);
COMMENT ON TABLE market.purchase IS 'Every sale, with the terms that held when it was made.';

CREATE TABLE market.listing_buyer (
    chain_id   bigint NOT NULL,
    listing    bigint NOT NULL,
    buyer      bytea NOT NULL,
    purchases  bigint NOT NULL,
    PRIMARY KEY (chain_id, listing, buyer)
);
COMMENT ON TABLE market.listing_buyer IS 'Who paid for a listing, and how often.';
