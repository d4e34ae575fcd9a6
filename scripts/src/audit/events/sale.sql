-- Who bought, paid and spent what, counted and summed: of each itself, the receipt of its transaction tells the rest.
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
    SELECT listing, token, coalesce(sales, 0) AS sales, coalesce(amount, 0) AS amount, coalesce(fee, 0) AS fee,
           coalesce(paid, 0) AS paid, coalesce(payments, 0) AS payments
    FROM (
        SELECT listing, token, count(*) AS sales, sum(amount) AS amount, sum(fee) AS fee
        FROM sale GROUP BY listing, token
    ) AS sold
    FULL JOIN (
        SELECT listing, token, sum(amount) AS paid, count(*) AS payments
        FROM archive.revenue_listing_paid WHERE chain_id = $1 AND block_number <= $2 GROUP BY listing, token
    ) AS directly USING (listing, token)
) AS told USING (listing, token)
CROSS JOIN LATERAL (VALUES
    ('sales', stored.sales::text, told.sales::text),
    ('amount', stored.amount::text, told.amount::text),
    ('fee', stored.fee::text, told.fee::text),
    ('paid', stored.paid::text, told.paid::text),
    ('payments', stored.payments::text, told.payments::text)
) AS part (name, stored, told)
UNION ALL
SELECT format('sales of listing %s in 0x%s at %s: %s', listing, encode(token, 'hex'), hour, part.name), part.stored, part.told
FROM (SELECT * FROM market.sale_hour WHERE chain_id = $1) AS stored
FULL JOIN (
    SELECT listing, token, extract(epoch FROM date_trunc('hour', block_time, 'UTC'))::bigint AS hour, count(*) AS sales, sum(amount) AS amount,
           sum(fee) AS fee, sum((payer = beneficiary)::int) AS own_sales,
           sum(CASE WHEN payer = beneficiary THEN amount ELSE 0 END) AS own_amount
    FROM sale GROUP BY 1, 2, 3
) AS told USING (listing, token, hour)
CROSS JOIN LATERAL (VALUES
    ('sales', stored.sales::text, told.sales::text),
    ('amount', stored.amount::text, told.amount::text),
    ('fee', stored.fee::text, told.fee::text),
    ('own_sales', stored.own_sales::text, told.own_sales::text),
    ('own_amount', stored.own_amount::text, told.own_amount::text)
) AS part (name, stored, told)
UNION ALL
SELECT format('payment %s-%s: %s', block_number, log_index, part.name), part.stored, part.told
FROM (SELECT * FROM market.listing_payment WHERE chain_id = $1) AS stored
FULL JOIN (SELECT * FROM archive.revenue_listing_paid WHERE chain_id = $1 AND block_number <= $2) AS told
    USING (block_number, log_index)
CROSS JOIN LATERAL (VALUES
    ('block_time', stored.block_time::text, told.block_time::text),
    ('tx_hash', stored.tx_hash::text, told.tx_hash::text)
) AS part (name, stored, told)
UNION ALL
SELECT format('spending %s-%s: %s', block_number, log_index, part.name), part.stored, part.told
FROM (SELECT * FROM market.spending WHERE chain_id = $1) AS stored
FULL JOIN (SELECT * FROM archive.market_credits_spent WHERE chain_id = $1 AND block_number <= $2) AS told
    USING (block_number, log_index)
CROSS JOIN LATERAL (VALUES
    ('block_time', stored.block_time::text, told.block_time::text),
    ('tx_hash', stored.tx_hash::text, told.tx_hash::text)
) AS part (name, stored, told)
