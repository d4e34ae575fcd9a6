-- What account $3 was credited up to block $2, within days before $4, by token.
SELECT token,
       coalesce(sum(amount) FILTER (WHERE block_time > $4 - interval '30 days'), 0) AS days_30,
       coalesce(sum(amount) FILTER (WHERE block_time > $4 - interval '90 days'), 0) AS days_90,
       sum(amount) AS days_365
FROM archive.vault_transfer
WHERE chain_id = $1 AND block_number <= $2 AND receiver = $3 AND block_time > $4 - interval '365 days'
GROUP BY token
