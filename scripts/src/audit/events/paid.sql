-- What was paid and divided, summed; and the last block that changed something.
SELECT format('earnings of 0x%s from shares 0x%s in 0x%s: claimed', encode(holder, 'hex'), encode(share, 'hex'),
              encode(token, 'hex')) AS what,
       stored.claimed::text AS stored, coalesce(told.claimed, 0)::text AS told
FROM (SELECT * FROM market.share_earning WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT share, account AS holder, token, sum(amount) AS claimed
    FROM archive.share_revenue_claimed WHERE chain_id = $1 AND block_number <= $2
    GROUP BY share, account, token
) AS told USING (share, holder, token)
UNION ALL
SELECT format('fees of 0x%s in 0x%s: claimed', encode(account, 'hex'), encode(token, 'hex')),
       stored.claimed::text, coalesce(told.claimed, 0)::text
FROM (SELECT * FROM market.stake_earning WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT account, token, sum(amount) AS claimed
    FROM archive.staking_fees_claimed WHERE chain_id = $1 AND block_number <= $2
    GROUP BY account, token
) AS told USING (account, token)
UNION ALL
SELECT format('fees in 0x%s: %s', encode(token, 'hex'), part.name), part.stored, coalesce(part.told, '0')
FROM (SELECT * FROM market.stake_token WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT token, sum(amount) AS distributed
    FROM archive.staking_fees_distributed WHERE chain_id = $1 AND block_number <= $2 GROUP BY token
) AS divided USING (token)
LEFT JOIN (
    SELECT token, sum(amount) AS claimed
    FROM archive.staking_fees_claimed WHERE chain_id = $1 AND block_number <= $2 GROUP BY token
) AS claimed USING (token)
CROSS JOIN LATERAL (VALUES
    ('distributed', stored.distributed::text, divided.distributed::text),
    ('claimed', stored.claimed::text, claimed.claimed::text)
) AS part (name, stored, told)
UNION ALL
SELECT format('fees of week %s in 0x%s: amount', week, encode(token, 'hex')), stored.amount::text,
       told.amount::text
FROM (SELECT * FROM market.stake_week WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT token, week, sum(amount) AS amount
    FROM archive.staking_fees_distributed WHERE chain_id = $1 AND block_number <= $2 GROUP BY token, week
) AS told USING (token, week)
UNION ALL
SELECT format('settlement of listing %s for 0x%s in 0x%s: settled_block', listing, encode(beneficiary, 'hex'),
              encode(token, 'hex')),
       stored.settled_block::text, told.settled_block::text
FROM (SELECT * FROM market.settlement WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT listing, beneficiary, token, max(block_number) AS settled_block
    FROM archive.revenue_settled WHERE chain_id = $1 AND block_number <= $2
    GROUP BY listing, beneficiary, token
) AS told USING (listing, beneficiary, token)
UNION ALL
-- Where only the choice to reinvest was made, that is the lock's beginning.
SELECT format('lock of 0x%s: changed_block', encode(account, 'hex')), stored.changed_block::text,
       coalesce(changed.block_number, chosen.block_number)::text
FROM (SELECT * FROM market.lock WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT account, max(block_number) AS block_number
    FROM archive.staking_lock_changed WHERE chain_id = $1 AND block_number <= $2 GROUP BY account
) AS changed USING (account)
LEFT JOIN (
    SELECT account, min(block_number) AS block_number
    FROM archive.staking_reinvest_set WHERE chain_id = $1 AND block_number <= $2 GROUP BY account
) AS chosen USING (account)
UNION ALL
SELECT format('token 0x%s: %s', encode(token, 'hex'), part.name), part.stored, part.told
FROM (SELECT * FROM market.token WHERE chain_id = $1) AS stored
LEFT JOIN (
    SELECT * FROM archive.vault_token_described WHERE chain_id = $1 AND block_number <= $2
) AS told USING (token)
CROSS JOIN LATERAL (VALUES
    ('name', stored.name, told.name),
    ('symbol', stored.symbol, told.symbol),
    ('decimals', stored.decimals::text, told.decimals::text)
) AS part (name, stored, told)
