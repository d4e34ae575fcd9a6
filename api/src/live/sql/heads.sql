-- How far each chain's outbox goes and is kept, and what is safe and final: what no block of ours contradicts.
SELECT c.chain_id, c.outbox_seq, c.finalized_block,
       least(coalesce(h.safe_block, 0), c.projected_block) AS safe_block,
       coalesce((SELECT min(o.seq) FROM archive.outbox o WHERE o.chain_id = c.chain_id), c.outbox_seq + 1) AS oldest
FROM archive.cursor c LEFT JOIN archive.head h USING (chain_id) ORDER BY c.chain_id
