-- A listing's grades, and the block after which they were counted.
SELECT g.*, c.block_number, c.block_time FROM api.grade g JOIN api.grade_cursor c USING (chain_id)
WHERE g.chain_id = $1 AND g.listing = $2
