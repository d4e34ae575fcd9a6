-- What listings $2 of chain $1 brought up to block $3: their own sales, direct payments, and royalties of settlements.
WITH found AS (
    SELECT listing, 0::smallint AS source, NULL::bigint AS child, token, sales AS count, amount, fee
    FROM market.revenue WHERE chain_id = $1 AND listing = ANY($2) AND sales > 0
    UNION ALL
    SELECT listing, 1::smallint, NULL, token, payments, paid, 0
    FROM market.revenue WHERE chain_id = $1 AND listing = ANY($2) AND payments > 0
    UNION ALL
    SELECT part.parent, 2::smallint, s.listing, s.token, count(*), sum(part.amount), 0
    FROM archive.revenue_settled AS s, unnest(s.parents, s.parent_amounts) AS part (parent, amount)
    WHERE s.chain_id = $1 AND s.block_number <= $3 AND s.parents && $2 AND part.parent = ANY($2) AND part.amount > 0
    GROUP BY part.parent, s.listing, s.token
)
SELECT f.*, t.name, t.symbol, t.decimals
FROM found AS f LEFT JOIN market.token AS t ON t.chain_id = $1 AND t.token = f.token
ORDER BY f.listing, f.source, f.child, f.token LIMIT $4
