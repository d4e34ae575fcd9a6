-- Of each listing the offers of its shares that sell by the chain's clock or later, oldest first.
SELECT s.chain_id, s.listing, s.sale, s.seller, s.share, s.token, s.lot, s.price, s.cap, s.sold, s.sells_from,
       s.sells_until, t.name, t.symbol, t.decimals
FROM unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing)
JOIN unnest($3::bigint[], $4::bigint[]) AS clock (chain_id, now) USING (chain_id)
CROSS JOIN LATERAL (
    SELECT s.* FROM market.share_sale AS s
    WHERE s.chain_id = wanted.chain_id AND s.listing = wanted.listing AND NOT s.closed
      AND (s.cap = 0 OR s.sold < s.cap) AND (s.sells_until = 0 OR s.sells_until > clock.now)
    ORDER BY s.sale LIMIT $5
) AS s
LEFT JOIN market.token AS t ON t.chain_id = s.chain_id AND t.token = s.token
ORDER BY s.chain_id, s.listing, s.sale
