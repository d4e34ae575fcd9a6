-- The array is in the order of the contract's answer.
SELECT sale,
       ARRAY['0x' || encode(seller, 'hex'), sells_from::text, '0x' || encode(share, 'hex'), sells_until::text,
             '0x' || encode(token, 'hex'), cap::text, lot::text, price::text, sold::text, closed::text]
FROM market.share_sale WHERE chain_id = $1
ORDER BY hashtextextended(sale::text, $3) LIMIT $2
