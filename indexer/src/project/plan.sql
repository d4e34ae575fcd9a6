INSERT INTO market.plan (
    chain_id, plan, listing, kind, token, price, cap, transferable, version, period, units, unit,
    sells_from, sells_until, gate, tier_discount, created_block, created_time
)
SELECT chain_id, plan, listing, kind, token, price, cap, transferable, version, period, units, unit,
       sells_from, sells_until, gate, tier_discount, block_number, block_time
FROM archive.market_plan_created
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

UPDATE market.listing SET plans = listing.plans + created.plans
FROM (
    SELECT listing, count(*) AS plans
    FROM archive.market_plan_created
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    GROUP BY listing
) AS created
WHERE listing.chain_id = $1 AND listing.listing = created.listing;

-- A change tells the plan's whole state: the last one stands.
WITH latest AS (
    SELECT DISTINCT ON (plan) plan, version, price, cap, paused, sells_from, sells_until, gate
    FROM archive.market_plan_changed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ORDER BY plan, block_number DESC, log_index DESC
)
UPDATE market.plan
SET version = latest.version, price = latest.price, cap = latest.cap, paused = latest.paused,
    sells_from = latest.sells_from, sells_until = latest.sells_until, gate = latest.gate
FROM latest WHERE plan.chain_id = $1 AND plan.plan = latest.plan;

-- `sold` is a running total told with every sale.
WITH latest AS (
    SELECT DISTINCT ON (plan) plan, sold
    FROM archive.market_purchased
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ORDER BY plan, block_number DESC, log_index DESC
)
UPDATE market.plan SET sold = latest.sold
FROM latest WHERE plan.chain_id = $1 AND plan.plan = latest.plan;
