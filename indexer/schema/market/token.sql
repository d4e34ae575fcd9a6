CREATE TABLE market.token (
    chain_id  bigint NOT NULL,
    token     bytea NOT NULL,
    name      text NOT NULL,
    symbol    text NOT NULL,
    decimals  smallint NOT NULL,
    PRIMARY KEY (chain_id, token)
);
COMMENT ON TABLE market.token IS 'Tokens that the Vault has described. Name and symbol are what the token says of itself.';
