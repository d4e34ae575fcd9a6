INSERT INTO market.share (
    chain_id, share, listing, account, name, symbol, supply, own_bps, created_block, created_time
)
SELECT chain_id, share, listing, account, name, symbol, supply, own_bps, block_number, block_time
FROM archive.revenue_shares_created
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

INSERT INTO market.share_token (chain_id, share, token, position)
SELECT chain_id, share, token, position
FROM archive.share_payment_token_added
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

-- A row stays at zero when the last share leaves, so that the table does not depend on how blocks are grouped.
WITH change AS (
    SELECT share, receiver AS holder, amount
    FROM archive.share_transfer WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT share, sender, -amount
    FROM archive.share_transfer WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
)
INSERT INTO market.share_balance (chain_id, share, holder, amount)
SELECT $1, share, holder, sum(amount)
FROM change
WHERE holder <> '\x0000000000000000000000000000000000000000'
GROUP BY share, holder
ON CONFLICT (chain_id, share, holder) DO UPDATE SET amount = share_balance.amount + excluded.amount;

UPDATE market.share_token SET claimed = share_token.claimed + paid.amount
FROM (
    SELECT share, token, sum(amount) AS amount
    FROM archive.share_revenue_claimed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    GROUP BY share, token
) AS paid
WHERE share_token.chain_id = $1 AND share_token.share = paid.share AND share_token.token = paid.token;

-- Checkpoints and claims both leave index and remainder; the last of either stands.
WITH step AS (
    SELECT share, account, token, block_number, log_index, reward_index, accrued, 0 AS amount
    FROM archive.share_checkpointed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    UNION ALL
    SELECT share, account, token, block_number, log_index, reward_index, accrued, amount
    FROM archive.share_revenue_claimed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
), latest AS (
    SELECT DISTINCT ON (share, account, token) share, account, token, reward_index, accrued
    FROM step ORDER BY share, account, token, block_number DESC, log_index DESC
), paid AS (
    SELECT share, account, token, sum(amount) AS amount FROM step GROUP BY share, account, token
)
INSERT INTO market.share_earning (chain_id, share, holder, token, reward_index, accrued, claimed)
SELECT $1, share, account, token, latest.reward_index, latest.accrued, paid.amount
FROM latest JOIN paid USING (share, account, token)
ON CONFLICT (chain_id, share, holder, token) DO UPDATE
SET reward_index = excluded.reward_index, accrued = excluded.accrued,
    claimed = share_earning.claimed + excluded.claimed;

INSERT INTO market.share_sale (
    chain_id, sale, listing, seller, share, token, lot, price, cap, sells_from, sells_until, created_block,
    created_time
)
SELECT chain_id, sale, listing, seller, share, token, lot, price, cap, sells_from, sells_until, block_number,
       block_time
FROM archive.market_share_sale_opened
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

UPDATE market.share_sale SET closed = true
FROM archive.market_share_sale_closed AS closing
WHERE closing.chain_id = $1 AND closing.block_number BETWEEN $2 AND $3
  AND share_sale.chain_id = closing.chain_id AND share_sale.sale = closing.sale;

-- `sold` is a running total told with every sale.
WITH latest AS (
    SELECT DISTINCT ON (sale) sale, sold
    FROM archive.market_shares_sold
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ORDER BY sale, block_number DESC, log_index DESC
)
UPDATE market.share_sale SET sold = latest.sold
FROM latest WHERE share_sale.chain_id = $1 AND share_sale.sale = latest.sale;
