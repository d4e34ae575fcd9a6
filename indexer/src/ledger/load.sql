-- Every running total of chain $1 as it stands at the cursor: from the projections up to $2, from the archive behind it,
-- up to $3.
-- Rows of one series come in order; the last one stands.
SELECT 0 AS series, NULL::bigint AS id, NULL::bytea AS account, NULL::bytea AS token,
       coalesce(max(listing), 0)::numeric AS total, 0::bigint AS block_number, 0 AS log_index
FROM market.listing WHERE chain_id = $1
UNION ALL SELECT 0, NULL, NULL, NULL, listing, block_number, log_index
FROM archive.listings_listing_created WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 1, listing, NULL, NULL, version, 0, 0 FROM market.listing WHERE chain_id = $1
UNION ALL SELECT 1, listing, NULL, NULL, version, block_number, log_index
FROM archive.listings_version_published WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 2, NULL, NULL, NULL, coalesce(max(plan), 0), 0, 0 FROM market.plan WHERE chain_id = $1
UNION ALL SELECT 2, NULL, NULL, NULL, plan, block_number, log_index
FROM archive.market_plan_created WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 3, plan, NULL, NULL, version, 0, 0 FROM market.plan WHERE chain_id = $1
UNION ALL SELECT 3, plan, NULL, NULL, version, block_number, log_index
FROM archive.market_plan_created WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 3, plan, NULL, NULL, version, block_number, log_index
FROM archive.market_plan_changed WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 4, plan, NULL, NULL, sold, 0, 0 FROM market.plan WHERE chain_id = $1 AND sold > 0
UNION ALL SELECT 4, plan, NULL, NULL, sold, block_number, log_index
FROM archive.market_purchased WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 5, NULL, NULL, NULL, coalesce(max(sale), 0), 0, 0 FROM market.share_sale WHERE chain_id = $1
UNION ALL SELECT 5, NULL, NULL, NULL, sale, block_number, log_index
FROM archive.market_share_sale_opened WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 6, sale, NULL, NULL, sold, 0, 0 FROM market.share_sale WHERE chain_id = $1 AND sold > 0
UNION ALL SELECT 6, sale, NULL, NULL, sold, block_number, log_index
FROM archive.market_shares_sold WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 7, NULL, NULL, NULL, count(*), 0, 0 FROM market.stake_token WHERE chain_id = $1
UNION ALL SELECT 7, NULL, NULL, NULL, position + 1, block_number, log_index
FROM archive.staking_token_listed WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 8, NULL, share, NULL, count(*), 0, 0 FROM market.share_token WHERE chain_id = $1 GROUP BY share
UNION ALL SELECT 8, NULL, share, NULL, position + 1, block_number, log_index
FROM archive.share_payment_token_added WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 9, NULL, account, NULL, amount, 0, 0 FROM market.lock WHERE chain_id = $1
UNION ALL SELECT 9, NULL, account, NULL, amount, block_number, log_index
FROM archive.staking_lock_changed WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 9, NULL, account, NULL, 0, block_number, log_index
FROM archive.staking_principal_withdrawn WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 10, listing, beneficiary, token, received, 0, 0 FROM market.settlement WHERE chain_id = $1
UNION ALL SELECT 10, listing, beneficiary, token, received, block_number, log_index
FROM archive.revenue_settled WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
UNION ALL SELECT 11, NULL, NULL, token, reward_index, 0, 0 FROM market.stake_token
WHERE chain_id = $1 AND reward_index > 0
UNION ALL SELECT 11, NULL, NULL, token, reward_index, block_number, log_index
FROM archive.staking_fees_distributed WHERE chain_id = $1 AND block_number BETWEEN $2 + 1 AND $3
ORDER BY block_number, log_index
