-- A sale's beneficiary is who owned the listing then, unless shares earn it: whoever pays itself is no buyer.
INSERT INTO market.sale_hour (chain_id, listing, token, hour, sales, amount, fee, own_sales, own_amount)
SELECT $1, sale.listing, plan.token, floor(extract(epoch FROM sale.block_time) / 3600)::bigint * 3600, count(*), sum(sale.amount),
       sum(sale.fee), count(*) FILTER (WHERE sale.payer = sale.beneficiary),
       coalesce(sum(sale.amount) FILTER (WHERE sale.payer = sale.beneficiary), 0)
FROM archive.market_purchased AS sale
JOIN market.plan ON plan.chain_id = sale.chain_id AND plan.plan = sale.plan
WHERE sale.chain_id = $1 AND sale.block_number BETWEEN $2 AND $3
GROUP BY 2, 3, 4
ORDER BY 4, 2, 3
ON CONFLICT (chain_id, hour, listing, token) DO UPDATE
SET sales = sale_hour.sales + excluded.sales,
    amount = sale_hour.amount + excluded.amount,
    fee = sale_hour.fee + excluded.fee,
    own_sales = sale_hour.own_sales + excluded.own_sales,
    own_amount = sale_hour.own_amount + excluded.own_amount;
