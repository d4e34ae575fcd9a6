-- What a claim of each lock follows from. Seconds of a week: 604,800.
SELECT lock.account, stake.token, lock.score::text, coalesce(reached.reward_index, 0)::text,
       coalesce(earning.reward_index, 0)::text, coalesce(earning.accrued, 0)::text
FROM market.lock
JOIN market.stake_token AS stake USING (chain_id)
LEFT JOIN market.stake_earning AS earning
    ON earning.chain_id = $1 AND earning.account = lock.account AND earning.token = stake.token
LEFT JOIN LATERAL (
    SELECT reward_index FROM market.stake_week
    WHERE stake_week.chain_id = $1 AND stake_week.token = stake.token
      AND stake_week.week < lock.lock_end / 604800
    ORDER BY week DESC LIMIT 1
) AS reached ON true
WHERE lock.chain_id = $1
ORDER BY hashtextextended(ROW(lock.account, stake.token)::text, $3) LIMIT $2
