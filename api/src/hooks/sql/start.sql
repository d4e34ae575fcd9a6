-- Behind what each chain has told at a level so far: what a stream without a cursor begins with.
SELECT c.chain_id, CASE WHEN $1 = 'latest' THEN c.outbox_seq ELSE coalesce(
    (SELECT max(o.seq) FROM archive.outbox o
     WHERE o.chain_id = c.chain_id AND o.kind = 0 AND o.block_number <= CASE WHEN $1 = 'safe'
         THEN greatest(c.finalized_block, least(coalesce(h.safe_block, 0), c.projected_block))
         ELSE c.finalized_block END),
    (SELECT min(o.seq) - 1 FROM archive.outbox o WHERE o.chain_id = c.chain_id),
    c.outbox_seq) END AS seq
FROM archive.cursor c LEFT JOIN archive.head h USING (chain_id) ORDER BY c.chain_id
