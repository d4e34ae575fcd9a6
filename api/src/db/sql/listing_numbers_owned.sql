-- The listings that account $2 owns.
SELECT listing FROM market.listing WHERE chain_id = $1 AND owner = $2
