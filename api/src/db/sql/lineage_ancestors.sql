-- Every edge above a listing. The union drops listings that were reached before: each edge is read once.
WITH RECURSIVE reached (listing) AS (
    SELECT $2::bigint
    UNION
    SELECT p.parent FROM reached JOIN market.listing_parent AS p
        ON p.chain_id = $1 AND p.listing = reached.listing
)
SELECT p.listing AS child, p.parent, p.bps
FROM reached JOIN market.listing_parent AS p ON p.chain_id = $1 AND p.listing = reached.listing
LIMIT $3
