-- Each event tells the whole word.
INSERT INTO market.nonce (chain_id, scope, account, word, used)
SELECT DISTINCT ON (account, word) chain_id, 0, account, word, used
FROM archive.vault_nonces_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY account, word, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, account, word) DO UPDATE SET used = excluded.used;

INSERT INTO market.nonce (chain_id, scope, account, word, used)
SELECT DISTINCT ON (account, word) chain_id, 1, account, word, used
FROM archive.market_nonces_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY account, word, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, account, word) DO UPDATE SET used = excluded.used;

INSERT INTO market.stake_nonce (chain_id, account, nonce)
SELECT DISTINCT ON (account) chain_id, account, nonce
FROM archive.staking_nonce_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY account, block_number DESC, log_index DESC
ON CONFLICT (chain_id, account) DO UPDATE SET nonce = excluded.nonce;
