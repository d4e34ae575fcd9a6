SELECT scope, account, word::text, used::text
FROM market.nonce WHERE chain_id = $1
ORDER BY hashtextextended(ROW(scope, account, word)::text, $3) LIMIT $2
