CREATE TABLE market.sale_hour (
    chain_id    bigint NOT NULL,
    listing     bigint NOT NULL,
    token       bytea NOT NULL,
    -- Unix time at which the hour began.
    hour        bigint NOT NULL,
    sales       bigint NOT NULL,
    -- In base units of the token: what buyers paid, and the protocol fee in it.
    amount      numeric(78,0) NOT NULL,
    fee         numeric(78,0) NOT NULL,
    -- What of it the listing's owner bought of itself: counted, never ranked.
    own_sales   bigint NOT NULL,
    own_amount  numeric(78,0) NOT NULL,
    -- By time first: what is new comes behind what is there.
    PRIMARY KEY (chain_id, hour, listing, token)
);
CREATE INDEX sale_hour_by_listing ON market.sale_hour (chain_id, listing, hour);
COMMENT ON TABLE market.sale_hour IS 'Sales by hour of the block''s time, listing and token. Amounts in different tokens are never added.';
