-- Who owned a listing, before a place, the newest first: each until the transfer that came next.
SELECT o.block_number, o.log_index, o.block_time, o.tx_hash, o.receiver AS owner, o.until_block, o.until_time
FROM (
    SELECT t.*, lag(t.block_number) OVER newer AS until_block, lag(t.block_time) OVER newer AS until_time
    FROM archive.listings_transfer AS t
    WHERE t.chain_id = $1 AND t.listing = $2 AND t.block_number <= $3
    WINDOW newer AS (ORDER BY t.block_number DESC, t.log_index DESC)
) AS o
WHERE (o.block_number, o.log_index) < ($4, $5)
ORDER BY o.block_number DESC, o.log_index DESC LIMIT $6
