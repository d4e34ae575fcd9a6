CREATE TABLE market.gate_rule (
    chain_id      bigint NOT NULL,
    plan          bigint NOT NULL,
    -- MerkleGate: root of the list of buyers; zero lets nobody buy.
    root          bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000000000000000000000000000',
    -- TierGate: lowest staking tier of a buyer; zero lets nobody buy.
    tier          smallint NOT NULL DEFAULT 0,
    -- TokenGate: what a buyer must hold in its wallet; an amount of zero lets nobody buy.
    token         bytea NOT NULL DEFAULT '\x0000000000000000000000000000000000000000',
    amount        numeric(78,0) NOT NULL DEFAULT 0,
    PRIMARY KEY (chain_id, plan)
);
COMMENT ON TABLE market.gate_rule IS 'What the gates were told of a plan. Only the rule of the gate that the plan names counts.';
