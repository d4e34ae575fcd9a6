-- Of each listing the next plans, oldest first.
SELECT p.chain_id, p.listing, p.plan, p.kind, p.token, p.price, p.cap, p.sold, p.paused, p.transferable, p.version,
       p.period, p.units, p.unit, p.sells_from, p.sells_until, p.gate, p.tier_discount,
       g.root, g.tier, g.token AS held, g.amount AS held_amount, t.name, t.symbol, t.decimals
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (chain_id, listing, behind)
CROSS JOIN LATERAL (
    SELECT p.* FROM market.plan AS p
    WHERE p.chain_id = wanted.chain_id AND p.listing = wanted.listing AND p.plan > wanted.behind
    ORDER BY p.plan LIMIT $4
) AS p
LEFT JOIN market.token AS t ON t.chain_id = p.chain_id AND t.token = p.token
LEFT JOIN market.gate_rule AS g ON g.chain_id = p.chain_id AND g.plan = p.plan
ORDER BY p.chain_id, p.listing, p.plan
