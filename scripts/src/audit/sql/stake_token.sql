-- What came and was not divided yet is what lies there, less what was divided and not claimed, and, in STOA, less
-- the principal.
SELECT stake.token, stake.reward_index::text,
       (coalesce(lying.amount, 0) + stake.claimed - stake.distributed - CASE
           WHEN stake.token = $4 THEN (SELECT coalesce(sum(amount), 0) FROM market.lock WHERE lock.chain_id = $1)
           ELSE 0
       END)::text
FROM market.stake_token AS stake
LEFT JOIN market.balance AS lying
    ON lying.chain_id = $1 AND lying.account = $5 AND lying.token = stake.token
WHERE stake.chain_id = $1
ORDER BY hashtextextended(stake.token::text, $3) LIMIT $2
