-- Counts, the stakers' tokens in their order, and the sum of the scores that run at $2.
SELECT (SELECT count(*) FROM market.listing WHERE chain_id = $1)::text,
       (SELECT count(*) FROM market.plan WHERE chain_id = $1)::text,
       (SELECT count(*) FROM market.share_sale WHERE chain_id = $1)::text,
       (SELECT coalesce(string_agg(position || ':0x' || encode(token, 'hex'), ' ' ORDER BY position), '')
        FROM market.stake_token WHERE chain_id = $1),
       (SELECT coalesce(sum(score), 0) FROM market.lock WHERE chain_id = $1 AND lock_end > $2)::text
