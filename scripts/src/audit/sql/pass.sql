SELECT plan, holder, quantity::text
FROM market.pass WHERE chain_id = $1
ORDER BY hashtextextended(ROW(plan, holder)::text, $3) LIMIT $2
