-- A left join: a sale whose plan is unknown must fail loudly on the token, not vanish.
INSERT INTO market.purchase (
    chain_id, block_number, log_index, block_time, tx_hash, listing, plan, payer, recipient, beneficiary, token,
    quantity, amount, fee, expiry
)
SELECT sale.chain_id, sale.block_number, sale.log_index, sale.block_time, sale.tx_hash, sale.listing, sale.plan,
       sale.payer, sale.recipient, sale.beneficiary, plan.token, sale.quantity, sale.amount, sale.fee,
       sale.expiry
FROM archive.market_purchased AS sale
LEFT JOIN market.plan ON plan.chain_id = sale.chain_id AND plan.plan = sale.plan
WHERE sale.chain_id = $1 AND sale.block_number BETWEEN $2 AND $3;

-- New buyers are counted before they are written: both halves see the same snapshot.
WITH bought AS (
    SELECT listing, payer, count(*) AS purchases
    FROM archive.market_purchased
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    GROUP BY listing, payer
), counted AS (
    SELECT bought.listing, sum(bought.purchases) AS purchases,
           count(*) FILTER (WHERE known.buyer IS NULL) AS buyers
    FROM bought
    LEFT JOIN market.listing_buyer AS known
        ON known.chain_id = $1 AND known.listing = bought.listing AND known.buyer = bought.payer
    GROUP BY bought.listing
), written AS (
    INSERT INTO market.listing_buyer (chain_id, listing, buyer, purchases)
    SELECT $1, listing, payer, purchases FROM bought ORDER BY listing, payer
    ON CONFLICT (chain_id, listing, buyer) DO UPDATE
    SET purchases = listing_buyer.purchases + excluded.purchases
)
UPDATE market.listing
SET purchases = listing.purchases + counted.purchases, buyers = listing.buyers + counted.buyers
FROM counted WHERE listing.chain_id = $1 AND listing.listing = counted.listing;
