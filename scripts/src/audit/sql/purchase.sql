-- The array is in the order of the event's parameters.
SELECT block_number, log_index, tx_hash,
       ARRAY[plan::text, '0x' || encode(payer, 'hex'), '0x' || encode(recipient, 'hex'), listing::text,
             quantity::text, amount::text, fee::text, '0x' || encode(beneficiary, 'hex'), expiry::text]
FROM market.purchase WHERE chain_id = $1
ORDER BY hashtextextended(ROW(block_number, log_index)::text, $3) LIMIT $2
