CREATE TABLE market.balance (
    chain_id  bigint NOT NULL,
    account   bytea NOT NULL,
    token     bytea NOT NULL,
    -- Below zero, a transfer before is missing: the range is refused.
    amount    numeric(78,0) NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (chain_id, account, token)
);
COMMENT ON TABLE market.balance IS 'Vault balances (ERC-6909), sub-accounts included: the sum of their transfers.';
