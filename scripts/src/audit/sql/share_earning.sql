SELECT share, holder, token, ARRAY[reward_index::text, accrued::text]
FROM market.share_earning WHERE chain_id = $1
ORDER BY hashtextextended(ROW(share, holder, token)::text, $3) LIMIT $2
