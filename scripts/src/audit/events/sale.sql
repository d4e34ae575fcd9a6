-- Who bought what, counted and summed: of a purchase itself, the receipt of its transaction tells the rest.
WITH sale AS (
    SELECT purchased.*, plan.token
    FROM archive.market_purchased AS purchased
    LEFT JOIN archive.market_plan_created AS plan
        ON plan.chain_id = purchased.chain_id AND plan.plan = purchased.plan
    WHERE purchased.chain_id = $1 AND purchased.block_number <= $2
)
SELECT format('purchase %s-%s: %s', block_number, log_index, part.name) AS what, part.stored, part.told
FROM (SELECT * FROM market.purchase WHERE chain_id = $1) AS stored
FULL JOIN sale AS told USING (block_number, log_index)
CROSS JOIN LATERAL (VALUES
    ('block_time', stored.block_time::text, told.block_time::text),
    ('tx_hash', stored.tx_hash::text, told.tx_hash::text),
    ('token', stored.token::text, told.token::text)
) AS part (name, stored, told)
UNION ALL
SELECT format('purchases of listing %s by 0x%s', listing, encode(buyer, 'hex')), stored.purchases::text,
       told.purchases::text
FROM (SELECT * FROM market.listing_buyer WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT listing, payer AS buyer, count(*) AS purchases FROM sale GROUP BY listing, payer
) AS told USING (listing, buyer)
UNION ALL
SELECT format('revenue of listing %s in 0x%s: %s', listing, encode(token, 'hex'), part.name), part.stored, part.told
FROM (SELECT * FROM market.revenue WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT listing, token, count(*) AS sales, sum(amount) AS amount, sum(fee) AS fee
    FROM sale GROUP BY listing, token
) AS told USING (listing, token)
CROSS JOIN LATERAL (VALUES
    ('sales', stored.sales::text, told.sales::text),
    ('amount', stored.amount::text, told.amount::text),
    ('fee', stored.fee::text, told.fee::text)
) AS part (name, stored, told)
