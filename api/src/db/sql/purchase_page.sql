-- Of each listing the next purchases, newest first.
SELECT p.chain_id, p.block_number, p.log_index, p.block_time, p.tx_hash, p.listing, p.plan, plan.kind AS plan_kind,
       p.payer, p.recipient, p.beneficiary, p.quantity, p.amount, p.fee, p.expiry, p.token,
       token.name, token.symbol, token.decimals
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[]) AS wanted (chain_id, listing, block_number, log_index)
CROSS JOIN LATERAL (
    SELECT p.* FROM market.purchase AS p
    WHERE p.chain_id = wanted.chain_id AND p.listing = wanted.listing
      AND (p.block_number, p.log_index) < (wanted.block_number, wanted.log_index)
    ORDER BY p.block_number DESC, p.log_index DESC LIMIT $5
) AS p
LEFT JOIN market.plan AS plan ON plan.chain_id = p.chain_id AND plan.plan = p.plan
LEFT JOIN market.token AS token ON token.chain_id = p.chain_id AND token.token = p.token
ORDER BY p.chain_id, p.listing, p.block_number DESC, p.log_index DESC
