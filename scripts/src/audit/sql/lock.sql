SELECT account, amount::text, score::text, lock_end, reinvest::text
FROM market.lock WHERE chain_id = $1
ORDER BY hashtextextended(account::text, $3) LIMIT $2
