-- The retractions that a reader does not know yet.
SELECT seq, kind, block_number, block_hash, block_time
FROM archive.outbox WHERE chain_id = $1 AND seq > $2 AND kind = 1 ORDER BY seq
