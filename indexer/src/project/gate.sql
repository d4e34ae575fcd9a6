-- What a gate is told stands until it is told anew. A row holds what all of them were told.
INSERT INTO market.gate_rule (chain_id, plan, root)
SELECT DISTINCT ON (plan) chain_id, plan, root
FROM archive.merkle_gate_root_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY plan, block_number DESC, log_index DESC
ON CONFLICT (chain_id, plan) DO UPDATE SET root = excluded.root;

INSERT INTO market.gate_rule (chain_id, plan, tier)
SELECT DISTINCT ON (plan) chain_id, plan, tier
FROM archive.tier_gate_tier_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY plan, block_number DESC, log_index DESC
ON CONFLICT (chain_id, plan) DO UPDATE SET tier = excluded.tier;

INSERT INTO market.gate_rule (chain_id, plan, token, amount)
SELECT DISTINCT ON (plan) chain_id, plan, token, amount
FROM archive.token_gate_holding_changed
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
ORDER BY plan, block_number DESC, log_index DESC
ON CONFLICT (chain_id, plan) DO UPDATE SET token = excluded.token, amount = excluded.amount;
