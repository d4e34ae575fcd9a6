-- Of each listing what it earned, by token.
SELECT r.chain_id, r.listing, r.token, r.sales, r.amount, r.fee, r.paid, r.payments, t.name, t.symbol, t.decimals
FROM unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing)
CROSS JOIN LATERAL (
    SELECT r.* FROM market.revenue AS r
    WHERE r.chain_id = wanted.chain_id AND r.listing = wanted.listing
    ORDER BY r.sales DESC, r.token LIMIT $3
) AS r
LEFT JOIN market.token AS t ON t.chain_id = r.chain_id AND t.token = r.token
ORDER BY r.chain_id, r.listing, r.sales DESC, r.token
