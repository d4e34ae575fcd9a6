INSERT INTO market.revenue (chain_id, listing, token, sales, amount, fee)
SELECT $1, sale.listing, plan.token, count(*), sum(sale.amount), sum(sale.fee)
FROM archive.market_purchased AS sale
JOIN market.plan ON plan.chain_id = sale.chain_id AND plan.plan = sale.plan
WHERE sale.chain_id = $1 AND sale.block_number BETWEEN $2 AND $3
GROUP BY sale.listing, plan.token
ON CONFLICT (chain_id, listing, token) DO UPDATE
SET sales = revenue.sales + excluded.sales,
    amount = revenue.amount + excluded.amount,
    fee = revenue.fee + excluded.fee;

INSERT INTO market.listing_payment (
    chain_id, block_number, log_index, block_time, tx_hash, listing, payer, beneficiary, token, amount, memo
)
SELECT chain_id, block_number, log_index, block_time, tx_hash, listing, payer, beneficiary, token, amount, memo
FROM archive.revenue_listing_paid
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

INSERT INTO market.revenue (chain_id, listing, token, sales, amount, fee, paid, payments)
SELECT $1, listing, token, 0, 0, 0, sum(amount), count(*)
FROM archive.revenue_listing_paid
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
GROUP BY listing, token
ON CONFLICT (chain_id, listing, token) DO UPDATE
SET paid = revenue.paid + excluded.paid, payments = revenue.payments + excluded.payments;

-- `received` is a running total: the largest is the last.
INSERT INTO market.settlement (
    chain_id, listing, beneficiary, token, received, beneficiary_amount, parents_amount, settled_block
)
SELECT chain_id, listing, beneficiary, token, max(received), sum(beneficiary_amount),
       sum((SELECT coalesce(sum(part), 0) FROM unnest(parent_amounts) AS part)), max(block_number)
FROM archive.revenue_settled
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
GROUP BY chain_id, listing, beneficiary, token
ON CONFLICT (chain_id, listing, beneficiary, token) DO UPDATE
SET received = excluded.received,
    beneficiary_amount = settlement.beneficiary_amount + excluded.beneficiary_amount,
    parents_amount = settlement.parents_amount + excluded.parents_amount,
    settled_block = excluded.settled_block;
