CREATE TABLE market.pass (
    chain_id  bigint NOT NULL,
    plan      bigint NOT NULL,
    holder    bytea NOT NULL,
    quantity  numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, plan, holder)
);
-- Always empty, as balance_below_zero.
CREATE INDEX pass_below_zero ON market.pass (chain_id) WHERE quantity < 0;
CREATE INDEX pass_by_holder ON market.pass (chain_id, holder, plan);
COMMENT ON TABLE market.pass IS 'ERC-1155 balances of passes: the sum of their transfers.';

CREATE TABLE market.subscription (
    chain_id  bigint NOT NULL,
    plan      bigint NOT NULL,
    holder    bytea NOT NULL,
    -- Unix time: valid while the block's time is below it.
    expiry    bigint NOT NULL,
    PRIMARY KEY (chain_id, plan, holder)
);
CREATE INDEX subscription_by_holder ON market.subscription (chain_id, holder, plan);
COMMENT ON TABLE market.subscription IS 'Until when each holder''s subscription is valid.';
