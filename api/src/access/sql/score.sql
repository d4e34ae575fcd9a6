-- The score of an account that counts by the head's time, and from which scores the tiers begin.
SELECT l.score, p.tier1, p.tier2, p.tier3, p.tier4
FROM market.lock l
JOIN market.protocol p USING (chain_id)
JOIN archive.cursor c USING (chain_id)
LEFT JOIN archive.head h USING (chain_id)
WHERE l.chain_id = $1 AND l.account = $2
  AND l.lock_end > extract(epoch FROM greatest(c.projected_time, h.block_time))
