-- The next rows of a chain's outbox.
SELECT seq, kind, block_number, block_hash, block_time
FROM archive.outbox WHERE chain_id = $1 AND seq >= $2 ORDER BY seq LIMIT $3
