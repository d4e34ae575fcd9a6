-- The figures of chain $1 after block $2, folded from the events as the projections fold them.
WITH status AS (
    SELECT DISTINCT ON (listing) listing, status FROM archive.listings_status_changed
    WHERE chain_id = $1 AND block_number <= $2 ORDER BY listing, block_number DESC, log_index DESC
), listing AS (
    SELECT coalesce(s.status, 0) AS status
    FROM archive.listings_listing_created AS c LEFT JOIN status AS s USING (listing)
    WHERE c.chain_id = $1 AND c.block_number <= $2
), owner AS (
    SELECT DISTINCT ON (listing) receiver FROM archive.listings_transfer
    WHERE chain_id = $1 AND block_number <= $2 ORDER BY listing, block_number DESC, log_index DESC
), lock AS (
    SELECT DISTINCT ON (account) amount
    FROM (
        SELECT account, amount, block_number, log_index FROM archive.staking_lock_changed
        WHERE chain_id = $1 AND block_number <= $2
        UNION ALL
        SELECT account, 0, block_number, log_index FROM archive.staking_principal_withdrawn
        WHERE chain_id = $1 AND block_number <= $2
    ) AS changed
    ORDER BY account, block_number DESC, log_index DESC
), seen AS (
    SELECT owner AS account FROM archive.listings_listing_created WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT receiver FROM archive.listings_transfer WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT payer FROM archive.market_purchased WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT receiver FROM archive.market_transfer_single WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT receiver FROM archive.market_transfer_batch WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT receiver FROM archive.share_transfer WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT account FROM archive.staking_lock_changed WHERE chain_id = $1 AND block_number <= $2
)
SELECT $1::bigint AS chain_id,
       (SELECT count(*) FROM listing WHERE status = 0) AS active,
       (SELECT count(*) FROM listing WHERE status = 1) AS paused,
       (SELECT count(*) FROM listing WHERE status = 2) AS retired,
       (SELECT count(*) FROM archive.market_plan_created WHERE chain_id = $1 AND block_number <= $2) AS plans,
       (SELECT count(*) FROM archive.market_purchased WHERE chain_id = $1 AND block_number <= $2) AS sales,
       (SELECT count(*) FROM seen WHERE account <> '\x0000000000000000000000000000000000000000') AS accounts,
       (SELECT count(DISTINCT payer) FROM archive.market_purchased WHERE chain_id = $1 AND block_number <= $2) AS buyers,
       (SELECT count(DISTINCT receiver) FROM owner) AS providers,
       (SELECT coalesce(sum(amount), 0) FROM lock) AS locked
