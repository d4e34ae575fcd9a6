-- What a claim of each holder follows from. Received is what lies in the share's account and what has left it.
SELECT held.share, held.holder, paying.token, share.own_bps, held.amount::text,
       (coalesce(lying.amount, 0) + paying.claimed + coalesce(split.parents_amount, 0))::text,
       share.supply::text, coalesce(earning.reward_index, 0)::text, coalesce(earning.accrued, 0)::text
FROM market.share_balance AS held
JOIN market.share USING (chain_id, share)
JOIN market.share_token AS paying USING (chain_id, share)
LEFT JOIN market.share_earning AS earning
    ON earning.chain_id = $1 AND earning.share = held.share AND earning.holder = held.holder
    AND earning.token = paying.token
LEFT JOIN market.balance AS lying
    ON lying.chain_id = $1 AND lying.account = share.account AND lying.token = paying.token
LEFT JOIN market.settlement AS split
    ON split.chain_id = $1 AND split.listing = share.listing AND split.beneficiary = share.share
    AND split.token = paying.token
WHERE held.chain_id = $1
ORDER BY hashtextextended(ROW(held.share, held.holder, paying.token)::text, $3) LIMIT $2
