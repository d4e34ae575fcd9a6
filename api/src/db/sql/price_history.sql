-- Each price of a listing's plans, until it was another one. A change of something else sets no price.
WITH said AS (
    SELECT plan, block_number, log_index, block_time, tx_hash, price FROM archive.market_plan_created
    WHERE chain_id = $1 AND plan = ANY($2) AND block_number <= $3
    UNION ALL
    SELECT plan, block_number, log_index, block_time, tx_hash, price FROM archive.market_plan_changed
    WHERE chain_id = $1 AND plan = ANY($2) AND block_number <= $3
), compared AS (
    SELECT *, lag(price) OVER (PARTITION BY plan ORDER BY block_number, log_index) AS before FROM said
), priced AS (
    SELECT *, lead(block_number) OVER later AS until_block, lead(block_time) OVER later AS until_time
    FROM compared WHERE before IS DISTINCT FROM price
    WINDOW later AS (PARTITION BY plan ORDER BY block_number, log_index)
)
SELECT p.plan, p.block_number, p.block_time, p.tx_hash, p.price, p.until_block, p.until_time, plan.token, t.name,
       t.symbol, t.decimals
FROM priced AS p
JOIN market.plan AS plan ON plan.chain_id = $1 AND plan.plan = p.plan
LEFT JOIN market.token AS t ON t.chain_id = $1 AND t.token = plan.token
ORDER BY p.block_number DESC, p.log_index DESC LIMIT $4
