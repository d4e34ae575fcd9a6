SELECT token, week, reward_index::text
FROM market.stake_week WHERE chain_id = $1
ORDER BY hashtextextended(ROW(token, week)::text, $3) LIMIT $2
