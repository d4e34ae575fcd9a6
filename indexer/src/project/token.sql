-- The Vault describes a token once.
INSERT INTO market.token (chain_id, token, name, symbol, decimals)
SELECT chain_id, token, name, symbol, decimals
FROM archive.vault_token_described
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;
