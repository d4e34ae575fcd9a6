-- Whoever created or owned a listing, paid for a purchase, received a pass or shares, or locked STOA.
WITH seen AS (
    SELECT chain_id, owner AS account, block_number, block_time, 0 AS purchases, 1 AS listings
    FROM archive.listings_listing_created
    UNION ALL SELECT chain_id, receiver, block_number, block_time, 0, 0 FROM archive.listings_transfer
    UNION ALL SELECT chain_id, payer, block_number, block_time, 1, 0 FROM archive.market_purchased
    UNION ALL SELECT chain_id, receiver, block_number, block_time, 0, 0 FROM archive.market_transfer_single
    UNION ALL SELECT chain_id, receiver, block_number, block_time, 0, 0 FROM archive.market_transfer_batch
    UNION ALL SELECT chain_id, receiver, block_number, block_time, 0, 0 FROM archive.share_transfer
    UNION ALL SELECT chain_id, account, block_number, block_time, 0, 0 FROM archive.staking_lock_changed
), told AS (
    SELECT account, min(block_number) AS first_block, min(block_time) AS first_time,
           sum(purchases) AS purchases, sum(listings) AS listings
    FROM seen
    WHERE chain_id = $1 AND block_number <= $2
      AND account <> '\x0000000000000000000000000000000000000000'
    GROUP BY account
)
SELECT format('account 0x%s: %s', encode(account, 'hex'), part.name) AS what, part.stored, part.told
FROM (SELECT * FROM market.account WHERE chain_id = $1) AS stored
FULL JOIN told USING (account)
CROSS JOIN LATERAL (VALUES
    ('first_block', stored.first_block::text, told.first_block::text),
    ('first_time', stored.first_time::text, told.first_time::text),
    ('purchases', stored.purchases::text, told.purchases::text),
    ('listings', stored.listings::text, told.listings::text)
) AS part (name, stored, told)
