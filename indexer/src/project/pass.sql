-- A row stays at zero when its last pass leaves, so that the table does not depend on how blocks are grouped.
WITH moved AS (
    SELECT sender, receiver, plan, quantity
    FROM archive.market_transfer_single
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT batch.sender, batch.receiver, item.plan, item.quantity
    FROM archive.market_transfer_batch AS batch, unnest(batch.plans, batch.quantities) AS item (plan, quantity)
    WHERE batch.chain_id = $1 AND batch.block_number BETWEEN $2 AND $3
), change AS (
    SELECT receiver AS holder, plan, quantity FROM moved
    UNION ALL
    SELECT sender, plan, -quantity FROM moved
)
INSERT INTO market.pass (chain_id, plan, holder, quantity)
SELECT $1, plan, holder, sum(quantity)
FROM change
WHERE holder <> '\x0000000000000000000000000000000000000000'
GROUP BY plan, holder
ORDER BY plan, holder
ON CONFLICT (chain_id, plan, holder) DO UPDATE SET quantity = pass.quantity + excluded.quantity;

-- A renewal never shortens: the latest sale stands.
INSERT INTO market.subscription (chain_id, plan, holder, expiry)
SELECT DISTINCT ON (plan, recipient) chain_id, plan, recipient, expiry
FROM archive.market_purchased
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3 AND expiry > 0
ORDER BY plan, recipient, block_number DESC, log_index DESC
ON CONFLICT (chain_id, plan, holder) DO UPDATE SET expiry = excluded.expiry;
