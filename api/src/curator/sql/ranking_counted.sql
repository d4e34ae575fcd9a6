-- Notes how far chain $1 was counted; $4 says whether everything was.
INSERT INTO api.ranking_cursor AS r VALUES ($1, $2, $3, now())
ON CONFLICT (chain_id) DO UPDATE
SET block_hash = $2, final_block = $3, counted_at = CASE WHEN $4 THEN now() ELSE r.counted_at END
