-- The last word of an account on somebody stands.
INSERT INTO market.operator (chain_id, scope, owner, operator, approved)
SELECT DISTINCT ON (owner, spender) chain_id, 0, owner, spender, approved
FROM archive.vault_operator_set
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY owner, spender, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, owner, operator) DO UPDATE SET approved = excluded.approved;

INSERT INTO market.operator (chain_id, scope, owner, operator, approved)
SELECT DISTINCT ON (owner, operator) chain_id, 1, owner, operator, approved
FROM archive.listings_approval_for_all
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY owner, operator, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, owner, operator) DO UPDATE SET approved = excluded.approved;

INSERT INTO market.operator (chain_id, scope, owner, operator, approved)
SELECT DISTINCT ON (owner, operator) chain_id, 2, owner, operator, approved
FROM archive.market_approval_for_all
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY owner, operator, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, owner, operator) DO UPDATE SET approved = excluded.approved;

INSERT INTO market.allowance (chain_id, scope, owner, spender, token, amount)
SELECT DISTINCT ON (owner, spender, token) chain_id, 0, owner, spender, token, amount
FROM archive.vault_approval
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY owner, spender, token, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, owner, spender, token) DO UPDATE SET amount = excluded.amount;

INSERT INTO market.allowance (chain_id, scope, owner, spender, token, amount)
SELECT DISTINCT ON (owner, spender, share) chain_id, 1, owner, spender, share, amount
FROM archive.share_approval
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY owner, spender, share, block_number DESC, log_index DESC
ON CONFLICT (chain_id, scope, owner, spender, token) DO UPDATE SET amount = excluded.amount;
