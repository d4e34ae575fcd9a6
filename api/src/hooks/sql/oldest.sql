-- Before all that is kept of each chain.
SELECT c.chain_id,
       coalesce((SELECT min(o.seq) - 1 FROM archive.outbox o WHERE o.chain_id = c.chain_id), c.outbox_seq) AS seq
FROM archive.cursor c ORDER BY c.chain_id
