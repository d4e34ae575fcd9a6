-- How far each chain's outbox goes and is kept, and what is safe and final: what no block of ours contradicts. What is
-- projected beyond the block of the newest row came without rows: the archive was filled first.
SELECT c.chain_id, c.outbox_seq, c.finalized_block, c.projected_block,
       (SELECT o.block_number - o.kind FROM archive.outbox o WHERE o.chain_id = c.chain_id AND o.seq = c.outbox_seq)
           AS told_block,
       least(coalesce(h.safe_block, 0), c.projected_block) AS safe_block,
       coalesce((SELECT min(o.seq) FROM archive.outbox o WHERE o.chain_id = c.chain_id), c.outbox_seq + 1) AS oldest
FROM archive.cursor c LEFT JOIN archive.head h USING (chain_id) ORDER BY c.chain_id
