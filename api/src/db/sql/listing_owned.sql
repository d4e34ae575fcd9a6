SELECT chain.id AS chain_id, own.total, l.listing, l.kind, l.status, l.created_time, l.purchases, l.buyers
FROM unnest($1::bigint[]) AS chain (id)
CROSS JOIN LATERAL (
    SELECT count(*) AS total FROM market.listing AS o WHERE o.chain_id = chain.id AND o.owner = $2
) AS own
CROSS JOIN LATERAL (
    SELECT * FROM market.listing AS o WHERE o.chain_id = chain.id AND o.owner = $2 ORDER BY o.listing DESC LIMIT $3
) AS l
ORDER BY chain.id, l.listing DESC
