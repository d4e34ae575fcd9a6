-- Where the projections have moved since the last time, and where all is counted again after ten minutes: owners and
-- shareholders, whose purchases are left out, change without a purchase.
SELECT c.chain_id, c.projected_hash, least(coalesce(h.finalized_block, 0), c.projected_block) AS final_block,
       CASE WHEN r.counted_at > now() - interval '10 minutes' THEN r.final_block ELSE -1 END AS since
FROM archive.cursor AS c
LEFT JOIN archive.head AS h USING (chain_id)
LEFT JOIN api.ranking_cursor AS r USING (chain_id)
WHERE r.chain_id IS NULL OR r.block_hash <> c.projected_hash OR r.counted_at <= now() - interval '10 minutes'
