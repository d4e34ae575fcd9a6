CREATE TABLE market.balance (
    chain_id  bigint NOT NULL,
    account   bytea NOT NULL,
    token     bytea NOT NULL,
    amount    numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, account, token)
);
-- Always empty: what would put a row in it is refused, because a transfer before it must be missing.
CREATE INDEX balance_below_zero ON market.balance (chain_id) WHERE amount < 0;
COMMENT ON TABLE market.balance IS 'Vault balances (ERC-6909), sub-accounts included: the sum of their transfers.';
