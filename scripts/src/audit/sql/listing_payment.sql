SELECT block_number, log_index, tx_hash,
       ARRAY[listing::text, '0x' || encode(payer, 'hex'), '0x' || encode(token, 'hex'),
             '0x' || encode(beneficiary, 'hex'), amount::text, '0x' || encode(memo, 'hex')]
FROM market.listing_payment WHERE chain_id = $1
ORDER BY hashtextextended(ROW(block_number, log_index)::text, $3) LIMIT $2
