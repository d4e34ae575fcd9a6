SELECT account, nonce::text
FROM market.stake_nonce WHERE chain_id = $1
ORDER BY hashtextextended(account::text, $3) LIMIT $2
