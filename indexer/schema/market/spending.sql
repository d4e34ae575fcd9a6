CREATE TABLE market.spending (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    log_index     integer NOT NULL,
    block_time    timestamptz NOT NULL,
    tx_hash       bytea NOT NULL,
    plan          bigint NOT NULL,
    holder        bytea NOT NULL,
    -- Who spent them: the holder itself, or who brought its signed order.
    spender       bytea NOT NULL,
    units         numeric(78,0) NOT NULL,
    -- The spender's own: 32 bytes.
    reference     bytea NOT NULL,
    -- The holder's units after it.
    remaining     numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, block_number, log_index)
);
CREATE INDEX spending_by_holder ON market.spending (chain_id, holder, block_number, log_index);
CREATE INDEX spending_by_plan ON market.spending (chain_id, plan, block_number, log_index);
COMMENT ON TABLE market.spending IS 'Every spending of credits.';
