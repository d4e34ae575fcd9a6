CREATE TABLE market.revenue (
    chain_id   bigint NOT NULL,
    listing    bigint NOT NULL,
    token      bytea NOT NULL,
    sales      bigint NOT NULL,
    -- In base units of the token: what buyers paid, and the protocol fee in it.
    amount     numeric(78,0) NOT NULL,
    fee        numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, listing, token)
);
COMMENT ON TABLE market.revenue IS 'What a listing''s sales brought, by token. Amounts in different tokens are never added.';

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
