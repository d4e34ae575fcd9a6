-- Notes after which block chain $1 was graded.
INSERT INTO api.grade_cursor VALUES ($1, $2, $3, $4, now())
ON CONFLICT (chain_id) DO UPDATE SET block_number = $2, block_hash = $3, block_time = $4, counted_at = now()
