SELECT account, token, amount::text
FROM market.balance WHERE chain_id = $1
ORDER BY hashtextextended(ROW(account, token)::text, $3) LIMIT $2
