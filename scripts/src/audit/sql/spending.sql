SELECT block_number, log_index, tx_hash,
       ARRAY[plan::text, '0x' || encode(holder, 'hex'), '0x' || encode(spender, 'hex'), units::text,
             '0x' || encode(reference, 'hex'), remaining::text]
FROM market.spending WHERE chain_id = $1
ORDER BY hashtextextended(ROW(block_number, log_index)::text, $3) LIMIT $2
