CREATE TABLE market.protocol (
    chain_id          bigint NOT NULL,
    -- Fee of a sale, in 1/10,000, and who gets it.
    fee_bps           integer NOT NULL DEFAULT 0,
    fee_recipient     bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    -- Who may pause new sales, once while it is armed; the zero address for nobody.
    guardian          bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    guardian_armed    boolean NOT NULL DEFAULT false,
    -- Unix time until which new sales are paused; in the past, they are not.
    paused_until      bigint NOT NULL DEFAULT 0,
    -- Scores from which the tiers begin, in whole STOA; null until they are told.
    tier1             bigint,
    tier2             bigint,
    tier3             bigint,
    tier4             bigint,
    -- Who sets these, and to whom that power is offered; the zero address for nobody.
    revenue_owner     bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    revenue_offered   bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    staking_owner     bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    staking_offered   bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    PRIMARY KEY (chain_id)
);
COMMENT ON TABLE market.protocol IS 'What governs a chain''s deployment: one row.';
