-- Chains that moved on since their listings were graded, ten minutes ago or longer.
SELECT c.chain_id, c.projected_block, c.projected_hash, c.projected_time
FROM archive.cursor AS c LEFT JOIN api.grade_cursor AS g USING (chain_id)
WHERE g.chain_id IS NULL
   OR (g.block_hash <> c.projected_hash AND g.counted_at <= now() - interval '10 minutes')
