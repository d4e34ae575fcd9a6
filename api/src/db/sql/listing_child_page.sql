-- Of each listing the next that derive from it, oldest first.
SELECT c.chain_id, c.parent, c.listing, c.bps
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (chain_id, listing, behind)
CROSS JOIN LATERAL (
    SELECT c.* FROM market.listing_parent AS c
    WHERE c.chain_id = wanted.chain_id AND c.parent = wanted.listing AND c.listing > wanted.behind
    ORDER BY c.listing LIMIT $4
) AS c
ORDER BY c.chain_id, c.parent, c.listing
