-- Counts the listings $2 of chain $1 anew.
INSERT INTO api.ranking (chain_id, listing, buyers, trend, last_block)
SELECT $1, listing, count(*), sum(power(2::float8, extract(epoch FROM latest - timestamptz '2026-01-01Z')::float8 / 604800)),
       max(last_block)
FROM (
    SELECT p.listing, p.payer, max(p.block_time) AS latest, max(p.block_number) AS last_block
    FROM market.purchase AS p JOIN market.listing AS l USING (chain_id, listing)
    WHERE p.chain_id = $1 AND p.listing = ANY($2) AND p.payer <> l.owner AND NOT EXISTS (
        SELECT FROM market.share AS s JOIN market.share_balance AS b USING (chain_id, share)
        WHERE s.chain_id = p.chain_id AND s.listing = p.listing AND b.holder = p.payer AND b.amount > 0
    )
    GROUP BY p.listing, p.payer
) AS buyer
GROUP BY listing
