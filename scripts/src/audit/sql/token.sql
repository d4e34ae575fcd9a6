SELECT token
FROM market.token WHERE chain_id = $1
ORDER BY hashtextextended(token::text, $3) LIMIT $2
