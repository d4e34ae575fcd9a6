CREATE TABLE market.operator (
    chain_id  bigint NOT NULL,
    -- 0 vault balances (ERC-6909), 1 listings (ERC-721), 2 passes (ERC-1155).
    scope     smallint NOT NULL,
    owner     bytea NOT NULL,
    operator  bytea NOT NULL,
    approved  boolean NOT NULL,
    PRIMARY KEY (chain_id, scope, owner, operator)
);
COMMENT ON TABLE market.operator IS 'Who may move all that an account has of something. A row stays when it is taken back.';

CREATE TABLE market.allowance (
    chain_id  bigint NOT NULL,
    -- 0 a vault balance in the token, 1 shares of the token, which is a share contract.
    scope     smallint NOT NULL,
    owner     bytea NOT NULL,
    spender   bytea NOT NULL,
    token     bytea NOT NULL,
    -- In base units, as it was allowed last. What is spent of it is told by no event: at most so much may be moved.
    amount    numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, scope, owner, spender, token)
);
COMMENT ON TABLE market.allowance IS 'Who may move how much of an account''s balances and shares. A row stays when it is taken back.';
