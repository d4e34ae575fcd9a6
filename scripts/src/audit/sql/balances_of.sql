-- Vault balances of accounts, in their order.
SELECT coalesce(balance.amount, 0)::text
FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS wanted (account, token, place)
LEFT JOIN market.balance
    ON balance.chain_id = $1 AND balance.account = wanted.account AND balance.token = wanted.token
ORDER BY place
