-- A listing's places by revenue, by token.
SELECT r.*, t.name, t.symbol, t.decimals
FROM api.grade_revenue r LEFT JOIN market.token t USING (chain_id, token)
WHERE r.chain_id = $1 AND r.listing = $2 ORDER BY r.token
