-- The last sale of the shares of listing $2 up to block $3, in each token.
SELECT DISTINCT ON (s.token) s.token, sold.shares, sold.amount, sold.block_time
FROM market.share_sale AS s JOIN archive.market_shares_sold AS sold USING (chain_id, sale)
WHERE s.chain_id = $1 AND s.listing = $2 AND sold.block_number <= $3
ORDER BY s.token, sold.block_number DESC, sold.log_index DESC
