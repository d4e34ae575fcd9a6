CREATE TABLE market.nonce (
    chain_id  bigint NOT NULL,
    -- 0 Vault (payments), 1 Market (orders to spend credits).
    scope     smallint NOT NULL,
    account   bytea NOT NULL,
    -- Nonce n is bit n % 256 of word n / 256.
    word      numeric(78,0) NOT NULL,
    -- A set bit is a nonce that was used or cancelled.
    used      numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, scope, account, word)
);
COMMENT ON TABLE market.nonce IS 'Which nonces no signature of an account can use any more.';

CREATE TABLE market.stake_nonce (
    chain_id  bigint NOT NULL,
    account   bytea NOT NULL,
    -- What the account's next signature for a lock must carry.
    nonce     numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, account)
);
COMMENT ON TABLE market.stake_nonce IS 'Next nonces of those who signed for a lock, or took a signature back.';
