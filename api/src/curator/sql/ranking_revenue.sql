INSERT INTO api.ranking_revenue (chain_id, listing, token, net)
SELECT $1, p.listing, p.token, sum(p.amount - p.fee)
FROM market.purchase AS p JOIN market.listing AS l USING (chain_id, listing)
WHERE p.chain_id = $1 AND p.listing = ANY($2) AND p.payer <> l.owner AND NOT EXISTS (
    SELECT FROM market.share AS s JOIN market.share_balance AS b USING (chain_id, share)
    WHERE s.chain_id = p.chain_id AND s.listing = p.listing AND b.holder = p.payer AND b.amount > 0
)
GROUP BY p.listing, p.token
