SELECT scope, owner, operator, approved::text
FROM market.operator WHERE chain_id = $1
ORDER BY hashtextextended(ROW(scope, owner, operator)::text, $3) LIMIT $2
