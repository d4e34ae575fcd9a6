CREATE TABLE market.plan (
    chain_id       bigint NOT NULL,
    plan           bigint NOT NULL,
    listing        bigint NOT NULL,
    -- 0 licence, 1 subscription, 2 credits.
    kind           smallint NOT NULL,
    token          bytea NOT NULL,
    -- Price of one, in base units of the token.
    price          numeric(78,0) NOT NULL,
    -- How many may be sold; 0 is no limit.
    cap            numeric(78,0) NOT NULL,
    sold           numeric(78,0) NOT NULL DEFAULT 0,
    paused         boolean NOT NULL DEFAULT false,
    transferable   boolean NOT NULL,
    version        bigint NOT NULL,
    -- Subscription: seconds of one period; else 0.
    period         bigint NOT NULL,
    -- Credits: units in one pack and what a unit is called; else 0 and empty.
    units          numeric(78,0) NOT NULL,
    unit           text NOT NULL,
    -- Unix times between which it sells; 0 is no bound.
    sells_from     numeric(78,0) NOT NULL,
    sells_until    numeric(78,0) NOT NULL,
    -- Contract that says who may buy; the zero address for everybody.
    gate           bytea NOT NULL,
    -- Whether the staking tier of the listing's owner lowers the protocol fee of its sales.
    tier_discount  boolean NOT NULL DEFAULT false,
    created_block  bigint NOT NULL,
    created_time   timestamptz NOT NULL,
    PRIMARY KEY (chain_id, plan)
);
CREATE INDEX plan_by_listing ON market.plan (chain_id, listing, plan);
COMMENT ON TABLE market.plan IS 'Ways to buy a listing, as they stand at the projected block.';
