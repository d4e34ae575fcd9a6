-- A row stays at zero when the last unit leaves, so that the table does not depend on how blocks are grouped.
WITH change AS (
    SELECT receiver AS account, token, amount
    FROM archive.vault_transfer WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT sender, token, -amount
    FROM archive.vault_transfer WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
)
INSERT INTO market.balance (chain_id, account, token, amount)
SELECT $1, account, token, sum(amount)
FROM change
WHERE account <> '\x0000000000000000000000000000000000000000'
GROUP BY account, token
ORDER BY account, token
ON CONFLICT (chain_id, account, token) DO UPDATE SET amount = balance.amount + excluded.amount;
