SELECT listing, beneficiary, token, received::text, beneficiary_amount::text, parents_amount::text,
       ARRAY(
           SELECT bps FROM market.listing_parent
           WHERE listing_parent.chain_id = $1 AND listing_parent.listing = settlement.listing
           ORDER BY parent
       )
FROM market.settlement WHERE chain_id = $1
ORDER BY hashtextextended(ROW(listing, beneficiary, token)::text, $3) LIMIT $2
