-- The row of the block that a retraction takes back.
SELECT max(seq) FROM archive.outbox
WHERE chain_id = $1 AND seq > $2 AND seq < $3 AND kind = 0 AND block_number = $4 AND block_hash = $5
