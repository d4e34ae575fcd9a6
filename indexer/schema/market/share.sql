CREATE TABLE market.share (
    chain_id       bigint NOT NULL,
    share          bytea NOT NULL,
    listing        bigint NOT NULL,
    -- Vault account in which what the shares earn lies.
    account        bytea NOT NULL,
    name           text NOT NULL,
    symbol         text NOT NULL,
    -- In base units of 18 decimals.
    supply         numeric(78,0) NOT NULL,
    -- What the shares earn of what the listing receives, in 1/10,000.
    own_bps        integer NOT NULL,
    created_block  bigint NOT NULL,
    created_time   timestamptz NOT NULL,
    PRIMARY KEY (chain_id, share)
);
CREATE UNIQUE INDEX share_by_listing ON market.share (chain_id, listing);
COMMENT ON TABLE market.share IS 'Contracts whose ERC-20 shares divide a listing''s revenue.';

CREATE TABLE market.share_token (
    chain_id  bigint NOT NULL,
    share     bytea NOT NULL,
    token     bytea NOT NULL,
    position  bigint NOT NULL,
    -- Paid to holders so far, in base units.
    claimed   numeric(78,0) NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, share, token)
);
COMMENT ON TABLE market.share_token IS 'Tokens in which a share''s earnings are claimable.';

CREATE TABLE market.share_balance (
    chain_id  bigint NOT NULL,
    share     bytea NOT NULL,
    holder    bytea NOT NULL,
    amount    numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, share, holder)
);
-- Always empty, as balance_below_zero.
CREATE INDEX share_balance_below_zero ON market.share_balance (chain_id) WHERE amount < 0;
CREATE INDEX share_balance_by_holder ON market.share_balance (chain_id, holder, share);
COMMENT ON TABLE market.share_balance IS 'Shares by holder: the sum of their transfers.';

CREATE TABLE market.share_earning (
    chain_id      bigint NOT NULL,
    share         bytea NOT NULL,
    holder        bytea NOT NULL,
    token         bytea NOT NULL,
    -- In base units, as the last checkpoint or claim left it.
    reward_index  numeric(78,0) NOT NULL,
    -- Times supply.
    accrued       numeric(78,0) NOT NULL,
    claimed       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, share, holder, token)
);
COMMENT ON TABLE market.share_earning IS 'What holders of shares earned. Claimable = (accrued + balance * (earned - reward_index)) / supply, rounded down; earned = received by the share''s account * own_bps / 10000, rounded down.';

CREATE TABLE market.share_sale (
    chain_id       bigint NOT NULL,
    sale           bigint NOT NULL,
    listing        bigint NOT NULL,
    seller         bytea NOT NULL,
    share          bytea NOT NULL,
    token          bytea NOT NULL,
    -- Shares in one lot, and a lot's price, in base units.
    lot            numeric(78,0) NOT NULL,
    price          numeric(78,0) NOT NULL,
    -- Lots for sale; 0 is no limit.
    cap            numeric(78,0) NOT NULL,
    sold           numeric(78,0) NOT NULL DEFAULT 0,
    -- Unix times between which it sells; 0 is no bound.
    sells_from     numeric(78,0) NOT NULL,
    sells_until    numeric(78,0) NOT NULL,
    closed         boolean NOT NULL DEFAULT false,
    created_block  bigint NOT NULL,
    created_time   timestamptz NOT NULL,
    PRIMARY KEY (chain_id, sale)
);
CREATE INDEX share_sale_by_listing ON market.share_sale (chain_id, listing, sale);
COMMENT ON TABLE market.share_sale IS 'Offers of shares at a fixed price.';
