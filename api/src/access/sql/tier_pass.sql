-- The highest tier that a valid pass of an account gives, by the head's time: a licence, a subscription that has not
-- ended, or credits that are left.
SELECT max(w.tier)
FROM unnest($2::bigint[], $3::bigint[], $4::smallint[]) AS w (chain_id, listing, tier)
JOIN market.plan ON plan.chain_id = w.chain_id AND plan.listing = w.listing
JOIN market.pass p ON p.chain_id = plan.chain_id AND p.plan = plan.plan AND p.holder = $1 AND p.quantity > 0
LEFT JOIN market.subscription s ON s.chain_id = p.chain_id AND s.plan = p.plan AND s.holder = p.holder
JOIN archive.cursor c ON c.chain_id = w.chain_id
LEFT JOIN archive.head h ON h.chain_id = w.chain_id
WHERE plan.kind <> 1 OR s.expiry > extract(epoch FROM greatest(c.projected_time, h.block_time))
