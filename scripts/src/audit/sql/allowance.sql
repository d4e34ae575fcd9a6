SELECT scope, owner, spender, token, amount::text
FROM market.allowance WHERE chain_id = $1
ORDER BY hashtextextended(ROW(scope, owner, spender, token)::text, $3) LIMIT $2
