-- When what was numbered or cloned came to be, and of which listing.
WITH stored AS (
    SELECT 'plan ' || plan AS entity, created_block, created_time, NULL::bigint AS listing
    FROM market.plan WHERE chain_id = $1
    UNION ALL
    SELECT 'shares 0x' || encode(share, 'hex'), created_block, created_time, NULL::bigint
    FROM market.share WHERE chain_id = $1
    UNION ALL
    SELECT 'share sale ' || sale, created_block, created_time, listing FROM market.share_sale WHERE chain_id = $1
), told AS (
    SELECT 'plan ' || plan AS entity, block_number, block_time, NULL::bigint AS listing
    FROM archive.market_plan_created WHERE chain_id = $1 AND block_number <= $2
    UNION ALL
    SELECT 'shares 0x' || encode(share, 'hex'), block_number, block_time, NULL::bigint
    FROM archive.revenue_shares_created WHERE chain_id = $1 AND block_number <= $2
    UNION ALL
    SELECT 'share sale ' || sale, block_number, block_time, listing
    FROM archive.market_share_sale_opened WHERE chain_id = $1 AND block_number <= $2
)
SELECT format('%s: %s', entity, part.name) AS what, part.stored, part.told
FROM stored FULL JOIN told USING (entity)
CROSS JOIN LATERAL (VALUES
    ('created_block', stored.created_block::text, told.block_number::text),
    ('created_time', stored.created_time::text, told.block_time::text),
    ('listing', stored.listing::text, told.listing::text)
) AS part (name, stored, told)
