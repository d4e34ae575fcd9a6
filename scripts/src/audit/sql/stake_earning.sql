SELECT account, token, ARRAY[reward_index::text, accrued::text]
FROM market.stake_earning WHERE chain_id = $1
ORDER BY hashtextextended(ROW(account, token)::text, $3) LIMIT $2
