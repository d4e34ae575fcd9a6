-- The share contracts of listings, where they have one.
SELECT s.chain_id, s.listing, s.share, s.account, s.name, s.symbol, s.supply, s.own_bps,
       (SELECT count(*) FROM market.share_balance AS b
        WHERE b.chain_id = s.chain_id AND b.share = s.share AND b.amount > 0) AS holders
FROM market.share AS s
JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing) USING (chain_id, listing)
