-- Listings whose figures may have changed since block $2 of chain $1: by purchases that came, or were taken back.
SELECT DISTINCT listing FROM market.purchase WHERE chain_id = $1 AND block_number > $2
UNION SELECT listing FROM api.ranking WHERE chain_id = $1 AND last_block > $2
