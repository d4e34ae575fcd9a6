-- A listing's settlements before a place, the newest first. Blocks beyond the projected one are not told of yet.
SELECT s.block_number, s.log_index, s.block_time, s.tx_hash, s.beneficiary, s.token, s.received, s.beneficiary_amount,
       s.parents, s.parent_beneficiaries, s.parent_amounts::text[] AS parent_amounts, t.name, t.symbol, t.decimals
FROM archive.revenue_settled AS s
LEFT JOIN market.token AS t ON t.chain_id = s.chain_id AND t.token = s.token
WHERE s.chain_id = $1 AND s.listing = $2 AND s.block_number <= $3 AND (s.block_number, s.log_index) < ($4, $5)
ORDER BY s.block_number DESC, s.log_index DESC LIMIT $6
