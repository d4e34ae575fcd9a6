SELECT share, holder, amount::text
FROM market.share_balance WHERE chain_id = $1
ORDER BY hashtextextended(ROW(share, holder)::text, $3) LIMIT $2
