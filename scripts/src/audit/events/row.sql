-- Rows that must be there and rows that may not: those of tables whose keys no contract counts.
WITH stored (entity) AS (
    SELECT format('vault balance of 0x%s in 0x%s', encode(account, 'hex'), encode(token, 'hex'))
    FROM market.balance WHERE chain_id = $1
    UNION ALL SELECT format('token 0x%s', encode(token, 'hex')) FROM market.token WHERE chain_id = $1
    UNION ALL SELECT format('passes of plan %s of 0x%s', plan, encode(holder, 'hex'))
    FROM market.pass WHERE chain_id = $1
    UNION ALL SELECT format('subscription to plan %s of 0x%s', plan, encode(holder, 'hex'))
    FROM market.subscription WHERE chain_id = $1
    UNION ALL SELECT format('settlement of listing %s for 0x%s in 0x%s', listing, encode(beneficiary, 'hex'),
                            encode(token, 'hex')) FROM market.settlement WHERE chain_id = $1
    UNION ALL SELECT format('shares 0x%s of 0x%s', encode(share, 'hex'), encode(holder, 'hex'))
    FROM market.share_balance WHERE chain_id = $1
    UNION ALL SELECT format('earnings of 0x%s from shares 0x%s in 0x%s', encode(holder, 'hex'),
                            encode(share, 'hex'), encode(token, 'hex'))
    FROM market.share_earning WHERE chain_id = $1
    UNION ALL SELECT format('lock of 0x%s', encode(account, 'hex')) FROM market.lock WHERE chain_id = $1
    UNION ALL SELECT format('fees of week %s in 0x%s', week, encode(token, 'hex'))
    FROM market.stake_week WHERE chain_id = $1
    UNION ALL SELECT format('fees of 0x%s in 0x%s', encode(account, 'hex'), encode(token, 'hex'))
    FROM market.stake_earning WHERE chain_id = $1
), told (entity) AS (
    SELECT format('vault balance of 0x%s in 0x%s', encode(account, 'hex'), encode(token, 'hex'))
    FROM archive.vault_transfer CROSS JOIN LATERAL (VALUES (sender), (receiver)) AS side (account)
    WHERE chain_id = $1 AND block_number <= $2
      AND account <> '\x0000000000000000000000000000000000000000'
    UNION SELECT format('token 0x%s', encode(token, 'hex'))
    FROM archive.vault_token_described WHERE chain_id = $1 AND block_number <= $2
    UNION SELECT format('passes of plan %s of 0x%s', plan, encode(holder, 'hex'))
    FROM archive.market_transfer_single CROSS JOIN LATERAL (VALUES (sender), (receiver)) AS side (holder)
    WHERE chain_id = $1 AND block_number <= $2 AND holder <> '\x0000000000000000000000000000000000000000'
    UNION SELECT format('passes of plan %s of 0x%s', plan, encode(holder, 'hex'))
    FROM archive.market_transfer_batch CROSS JOIN LATERAL (VALUES (sender), (receiver)) AS side (holder)
    CROSS JOIN LATERAL unnest(plans) AS moved (plan)
    WHERE chain_id = $1 AND block_number <= $2 AND holder <> '\x0000000000000000000000000000000000000000'
    UNION SELECT format('subscription to plan %s of 0x%s', plan, encode(recipient, 'hex'))
    FROM archive.market_purchased WHERE chain_id = $1 AND block_number <= $2 AND expiry > 0
    UNION SELECT format('settlement of listing %s for 0x%s in 0x%s', listing, encode(beneficiary, 'hex'),
                        encode(token, 'hex'))
    FROM archive.revenue_settled WHERE chain_id = $1 AND block_number <= $2
    UNION SELECT format('shares 0x%s of 0x%s', encode(share, 'hex'), encode(holder, 'hex'))
    FROM archive.share_transfer CROSS JOIN LATERAL (VALUES (sender), (receiver)) AS side (holder)
    WHERE chain_id = $1 AND block_number <= $2 AND holder <> '\x0000000000000000000000000000000000000000'
    UNION SELECT format('earnings of 0x%s from shares 0x%s in 0x%s', encode(account, 'hex'),
                        encode(share, 'hex'), encode(token, 'hex'))
    FROM (
        SELECT chain_id, block_number, account, share, token FROM archive.share_checkpointed
        UNION ALL SELECT chain_id, block_number, account, share, token FROM archive.share_revenue_claimed
    ) AS fixed WHERE chain_id = $1 AND block_number <= $2
    UNION SELECT format('lock of 0x%s', encode(account, 'hex'))
    FROM (
        SELECT chain_id, block_number, account FROM archive.staking_lock_changed
        UNION ALL SELECT chain_id, block_number, account FROM archive.staking_reinvest_set
    ) AS changed WHERE chain_id = $1 AND block_number <= $2
    UNION SELECT format('fees of week %s in 0x%s', week, encode(token, 'hex'))
    FROM archive.staking_fees_distributed WHERE chain_id = $1 AND block_number <= $2
    UNION SELECT format('fees of 0x%s in 0x%s', encode(account, 'hex'), encode(token, 'hex'))
    FROM (
        SELECT chain_id, block_number, account, token FROM archive.staking_checkpointed
        UNION ALL SELECT chain_id, block_number, account, token FROM archive.staking_fees_claimed
    ) AS fixed WHERE chain_id = $1 AND block_number <= $2
)
SELECT format('%s: row', entity) AS what,
       CASE WHEN stored IS NOT NULL THEN 'there' END AS stored,
       CASE WHEN told IS NOT NULL THEN 'there' END AS told
FROM stored FULL JOIN told USING (entity)
