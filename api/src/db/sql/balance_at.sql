-- The sum of an account's Vault transfers up to a block, by token.
SELECT $1::bigint AS chain_id, b.token, b.amount, t.name, t.symbol, t.decimals
FROM (
    SELECT token, sum(CASE WHEN receiver = $3 THEN amount ELSE 0 END - CASE WHEN sender = $3 THEN amount ELSE 0 END) AS amount
    FROM archive.vault_transfer
    WHERE chain_id = $1 AND block_number <= $2 AND (sender = $3 OR receiver = $3)
    GROUP BY token
) AS b
LEFT JOIN market.token AS t ON t.chain_id = $1 AND t.token = b.token
WHERE b.amount > 0
ORDER BY t.symbol NULLS LAST, b.token LIMIT $4
