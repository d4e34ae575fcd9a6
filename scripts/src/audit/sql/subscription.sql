SELECT plan, holder, expiry::text
FROM market.subscription WHERE chain_id = $1
ORDER BY hashtextextended(ROW(plan, holder)::text, $3) LIMIT $2
