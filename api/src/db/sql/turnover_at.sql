-- What was paid on chain $1 up to block $2, by token, those of most sales first.
WITH paid AS (
    SELECT s.listing, p.token, 1 AS sales, s.amount, s.fee, 0 AS payments, 0 AS paid
    FROM archive.market_purchased AS s JOIN market.plan AS p ON p.chain_id = s.chain_id AND p.plan = s.plan
    WHERE s.chain_id = $1 AND s.block_number <= $2
    UNION ALL
    SELECT listing, token, 0, 0, 0, 1, amount
    FROM archive.revenue_listing_paid WHERE chain_id = $1 AND block_number <= $2
)
SELECT $1::bigint AS chain_id, paid.token, count(DISTINCT listing) AS listings, sum(sales) AS sales, sum(amount) AS amount,
       sum(fee) AS fee, sum(payments) AS payments, sum(paid) AS paid, t.name, t.symbol, t.decimals
FROM paid LEFT JOIN market.token AS t ON t.chain_id = $1 AND t.token = paid.token
GROUP BY paid.token, t.name, t.symbol, t.decimals
ORDER BY sum(sales) DESC, paid.token LIMIT $3
