-- Who may do what, and who may buy: rows that must be there, and what was said last.
SELECT format('%s operator 0x%s of 0x%s: approved', (ARRAY['vault', 'listing', 'pass'])[scope + 1],
              encode(operator, 'hex'), encode(owner, 'hex')) AS what,
       stored.approved::text AS stored, told.approved::text AS told
FROM (SELECT * FROM market.operator WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT DISTINCT ON (scope, owner, operator) scope, owner, operator, approved
    FROM (
        SELECT chain_id, block_number, log_index, 0 AS scope, owner, spender AS operator, approved
        FROM archive.vault_operator_set
        UNION ALL SELECT chain_id, block_number, log_index, 1, owner, operator, approved
        FROM archive.listings_approval_for_all
        UNION ALL SELECT chain_id, block_number, log_index, 2, owner, operator, approved
        FROM archive.market_approval_for_all
    ) AS word WHERE chain_id = $1 AND block_number <= $2
    ORDER BY scope, owner, operator, block_number DESC, log_index DESC
) AS told USING (scope, owner, operator)
UNION ALL
SELECT format('%s allowance of 0x%s to 0x%s in 0x%s: amount', (ARRAY['vault', 'share'])[scope + 1],
              encode(owner, 'hex'), encode(spender, 'hex'), encode(token, 'hex')),
       stored.amount::text, told.amount::text
FROM (SELECT * FROM market.allowance WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT DISTINCT ON (scope, owner, spender, token) scope, owner, spender, token, amount
    FROM (
        SELECT chain_id, block_number, log_index, 0 AS scope, owner, spender, token, amount
        FROM archive.vault_approval
        UNION ALL SELECT chain_id, block_number, log_index, 1, owner, spender, share, amount
        FROM archive.share_approval
    ) AS word WHERE chain_id = $1 AND block_number <= $2
    ORDER BY scope, owner, spender, token, block_number DESC, log_index DESC
) AS told USING (scope, owner, spender, token)
UNION ALL
SELECT format('%s nonces %s of 0x%s: row', (ARRAY['vault', 'market'])[scope + 1], word, encode(account, 'hex')),
       CASE WHEN stored.used IS NOT NULL THEN 'there' END, CASE WHEN told.account IS NOT NULL THEN 'there' END
FROM (SELECT * FROM market.nonce WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT 0 AS scope, account, word
    FROM archive.vault_nonces_changed WHERE chain_id = $1 AND block_number <= $2
    UNION SELECT 1, account, word
    FROM archive.market_nonces_changed WHERE chain_id = $1 AND block_number <= $2
) AS told USING (scope, account, word)
UNION ALL
SELECT format('lock nonce of 0x%s: row', encode(account, 'hex')),
       CASE WHEN stored.nonce IS NOT NULL THEN 'there' END, CASE WHEN told.told THEN 'there' END
FROM (SELECT * FROM market.stake_nonce WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT DISTINCT account, true AS told
    FROM archive.staking_nonce_changed WHERE chain_id = $1 AND block_number <= $2
) AS told USING (account)
UNION ALL
SELECT format('gate of plan %s: row', plan),
       CASE WHEN stored.root IS NOT NULL THEN 'there' END, CASE WHEN told.told THEN 'there' END
FROM (SELECT * FROM market.gate_rule WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT DISTINCT plan, true AS told
    FROM (
        SELECT chain_id, block_number, plan FROM archive.merkle_gate_root_changed
        UNION ALL SELECT chain_id, block_number, plan FROM archive.tier_gate_tier_changed
        UNION ALL SELECT chain_id, block_number, plan FROM archive.token_gate_holding_changed
    ) AS word WHERE chain_id = $1 AND block_number <= $2
) AS told USING (plan)
UNION ALL
SELECT 'protocol: row', CASE WHEN EXISTS (SELECT FROM market.protocol WHERE chain_id = $1) THEN 'there' END,
       CASE WHEN EXISTS (SELECT FROM archive.revenue_fee_changed WHERE chain_id = $1 AND block_number <= $2)
            THEN 'there' END
