CREATE TABLE market.revenue (
    chain_id   bigint NOT NULL,
    listing    bigint NOT NULL,
    token      bytea NOT NULL,
    sales      bigint NOT NULL,
    -- In base units of the token: what buyers paid, and the protocol fee in it.
    amount     numeric(78,0) NOT NULL,
    fee        numeric(78,0) NOT NULL,
    -- What was paid to the listing directly, without a sale and without a fee; in how many payments.
    paid       numeric(78,0) NOT NULL DEFAULT 0,
    payments   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, listing, token)
);
COMMENT ON TABLE market.revenue IS 'What a listing''s sales and direct payments brought, by token. Amounts in different tokens are never added.';

CREATE TABLE market.settlement (
    chain_id            bigint NOT NULL,
    listing             bigint NOT NULL,
    beneficiary         bytea NOT NULL,
    token               bytea NOT NULL,
    -- In base units: revenue that is split by now, and what of it went to the beneficiary and to parents.
    received            numeric(78,0) NOT NULL,
    beneficiary_amount  numeric(78,0) NOT NULL,
    parents_amount      numeric(78,0) NOT NULL,
    settled_block       bigint NOT NULL,
    PRIMARY KEY (chain_id, listing, beneficiary, token)
);
COMMENT ON TABLE market.settlement IS 'How far a listing''s revenue is split between its beneficiary and its parents.';

CREATE TABLE market.listing_payment (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    log_index     integer NOT NULL,
    block_time    timestamptz NOT NULL,
    tx_hash       bytea NOT NULL,
    listing       bigint NOT NULL,
    payer         bytea NOT NULL,
    -- Who earns it: the listing's shares, else its owner when it was paid.
    beneficiary   bytea NOT NULL,
    token         bytea NOT NULL,
    amount        numeric(78,0) NOT NULL,
    -- 32 bytes of the payer's choice.
    memo          bytea NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
CREATE INDEX listing_payment_by_listing ON market.listing_payment (chain_id, listing, block_number, log_index);
CREATE INDEX listing_payment_by_payer ON market.listing_payment (chain_id, payer, block_number, log_index);
COMMENT ON TABLE market.listing_payment IS 'Payments to listings without a sale.';
