-- What no view of Listings tells, and what is counted.
WITH sold AS (
    SELECT listing, count(*) AS purchases, count(DISTINCT payer) AS buyers
    FROM archive.market_purchased WHERE chain_id = $1 AND block_number <= $2 GROUP BY listing
), offered AS (
    SELECT listing, count(*) AS plans
    FROM archive.market_plan_created WHERE chain_id = $1 AND block_number <= $2 GROUP BY listing
), renewed AS (
    SELECT listing, max(block_number) AS metadata_block
    FROM archive.listings_metadata_update WHERE chain_id = $1 AND block_number <= $2 GROUP BY listing
), told AS (
    SELECT created.*, coalesce(metadata_block, block_number) AS metadata_block, coalesce(purchases, 0) AS purchases, coalesce(buyers, 0) AS buyers,
           coalesce(plans, 0) AS plans
    FROM archive.listings_listing_created AS created
    LEFT JOIN sold USING (listing)
    LEFT JOIN offered USING (listing)
    LEFT JOIN renewed USING (listing)
    WHERE chain_id = $1 AND block_number <= $2
)
SELECT format('listing %s: %s', listing, part.name) AS what, part.stored, part.told
FROM (SELECT * FROM market.listing WHERE chain_id = $1) AS stored
FULL JOIN told USING (listing)
CROSS JOIN LATERAL (VALUES
    ('creator', stored.creator::text, told.owner::text),
    ('licence', stored.licence, told.licence),
    ('created_block', stored.created_block::text, told.block_number::text),
    ('created_time', stored.created_time::text, told.block_time::text),
    ('created_tx', stored.created_tx::text, told.tx_hash::text),
    ('purchases', stored.purchases::text, told.purchases::text),
    ('buyers', stored.buyers::text, told.buyers::text),
    ('plans', stored.plans::text, told.plans::text),
    ('metadata_block', stored.metadata_block::text, told.metadata_block::text)
) AS part (name, stored, told)
UNION ALL
SELECT format('listing %s version %s: %s', listing, version, part.name), part.stored, part.told
FROM (SELECT * FROM market.listing_version WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT * FROM archive.listings_version_published WHERE chain_id = $1 AND block_number <= $2
) AS told USING (listing, version)
CROSS JOIN LATERAL (VALUES
    ('uris', stored.uris::text, told.uris::text),
    ('block_number', stored.block_number::text, told.block_number::text),
    ('block_time', stored.block_time::text, told.block_time::text),
    ('tx_hash', stored.tx_hash::text, told.tx_hash::text)
) AS part (name, stored, told)
