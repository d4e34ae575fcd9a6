-- Whoever created or owned a listing, paid for a purchase, received a pass or shares, or locked STOA.
WITH seen AS (
    SELECT owner AS account, block_number, block_time, 0 AS purchases, 1 AS listings
    FROM archive.listings_listing_created WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT receiver, block_number, block_time, 0, 0
    FROM archive.listings_transfer WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT payer, block_number, block_time, 1, 0
    FROM archive.market_purchased WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT receiver, block_number, block_time, 0, 0
    FROM archive.market_transfer_single WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT receiver, block_number, block_time, 0, 0
    FROM archive.market_transfer_batch WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT receiver, block_number, block_time, 0, 0
    FROM archive.share_transfer WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT account, block_number, block_time, 0, 0
    FROM archive.staking_lock_changed WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
)
INSERT INTO market.account (chain_id, account, first_block, first_time, purchases, listings)
SELECT $1, account, min(block_number), min(block_time), sum(purchases), sum(listings)
FROM seen
WHERE account <> '\x0000000000000000000000000000000000000000'
GROUP BY account
ON CONFLICT (chain_id, account) DO UPDATE
SET purchases = account.purchases + excluded.purchases, listings = account.listings + excluded.listings;
