SELECT p.chain_id, p.plan, plan.listing, plan.kind, plan.unit, plan.transferable, p.quantity, s.expiry
FROM market.plan AS plan
JOIN market.pass AS p ON p.chain_id = plan.chain_id AND p.plan = plan.plan AND p.holder = $3 AND p.quantity > 0
LEFT JOIN market.subscription AS s
    ON s.chain_id = p.chain_id AND s.plan = p.plan AND s.holder = p.holder
WHERE plan.chain_id = $1 AND plan.listing = $2
ORDER BY p.plan DESC LIMIT $4
