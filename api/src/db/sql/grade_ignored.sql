-- A listing's sales that do not count, by reason and token.
SELECT i.*, t.name, t.symbol, t.decimals
FROM api.grade_ignored i LEFT JOIN market.token t USING (chain_id, token)
WHERE i.chain_id = $1 AND i.listing = $2 ORDER BY i.reason, i.token LIMIT $3
