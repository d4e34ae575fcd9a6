INSERT INTO market.spending (
    chain_id, block_number, log_index, block_time, tx_hash, plan, holder, spender, units, reference, remaining
)
SELECT chain_id, block_number, log_index, block_time, tx_hash, plan, holder, spender, units, reference, remaining
FROM archive.market_credits_spent
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;
