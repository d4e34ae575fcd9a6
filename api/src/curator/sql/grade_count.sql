-- Grades every listing of chain $1 after block $2, whose time is $3. The formulas stand in api/README.md.
-- Everything comes from events: schema `market` is replaced at a rebuild, which would wait for as long as this takes, and
-- every reader behind it.
WITH insider AS MATERIALIZED (
    -- Who ever owned the listing, or ever held shares of it.
    SELECT listing, receiver AS account FROM archive.listings_transfer WHERE chain_id = $1 AND block_number <= $2
    UNION
    SELECT s.listing, t.receiver
    FROM archive.revenue_shares_created AS s JOIN archive.share_transfer AS t USING (chain_id, share)
    WHERE s.chain_id = $1 AND s.block_number <= $2 AND t.block_number <= $2
), bought AS MATERIALIZED (
    SELECT p.listing, p.payer, plan.token, p.block_time, p.amount, p.amount - p.fee AS net
    FROM archive.market_purchased AS p JOIN archive.market_plan_created AS plan USING (chain_id, plan)
    WHERE p.chain_id = $1 AND p.block_number <= $2
), buyer AS MATERIALIZED (
    SELECT DISTINCT listing, payer FROM bought
), payout AS MATERIALIZED (
    SELECT DISTINCT sender, receiver FROM archive.vault_transfer
    WHERE chain_id = $1 AND block_number <= $2 AND sender IN (SELECT account FROM insider)
      AND receiver IN (SELECT payer FROM buyer)
      -- A deposit comes from nobody, and burnt shares go there.
      AND sender <> decode(repeat('00', 20), 'hex')
), related AS MATERIALIZED (
    SELECT listing, payer, min(reason) AS reason
    FROM (
        SELECT b.listing, b.payer, 1 AS reason
        FROM buyer AS b JOIN insider AS i ON i.listing = b.listing AND i.account = b.payer
        UNION ALL
        SELECT b.listing, b.payer, 2
        FROM payout AS o JOIN insider AS i ON i.account = o.sender
        JOIN buyer AS b ON b.listing = i.listing AND b.payer = o.receiver
    ) AS found
    GROUP BY listing, payer
), sale AS MATERIALIZED (
    SELECT b.*, r.reason FROM bought AS b LEFT JOIN related AS r USING (listing, payer)
), ignored AS (
    INSERT INTO api.grade_ignored (chain_id, listing, reason, token, sales, amount)
    SELECT $1, listing, reason, token, count(*), sum(amount)
    FROM sale WHERE reason IS NOT NULL GROUP BY listing, reason, token
), counted AS MATERIALIZED (
    -- What costs nothing proves nothing.
    SELECT * FROM sale WHERE reason IS NULL AND amount > 0
), person AS (
    SELECT listing, payer, max(block_time) AS latest,
           count(DISTINCT date_trunc('day', block_time, 'UTC')) > 1 AS again,
           bool_or(block_time > $3 - interval '30 days') AS in_30,
           bool_or(block_time > $3 - interval '60 days' AND block_time <= $3 - interval '30 days') AS before_30,
           bool_or(block_time > $3 - interval '90 days') AS in_90,
           bool_or(block_time > $3 - interval '180 days' AND block_time <= $3 - interval '90 days') AS before_90
    FROM counted GROUP BY listing, payer
), buyers AS (
    SELECT listing, max(latest) AS latest, count(*) AS n, count(*) FILTER (WHERE again) AS again,
           count(*) FILTER (WHERE in_30) AS n_30, count(*) FILTER (WHERE before_30) AS p_30,
           count(*) FILTER (WHERE in_30 AND again) AS again_30,
           count(*) FILTER (WHERE in_90) AS n_90, count(*) FILTER (WHERE before_90) AS p_90
    FROM person GROUP BY listing
), earned AS (
    SELECT listing, token, sum(net) AS net_all,
           coalesce(sum(net) FILTER (WHERE counted.block_time > $3 - interval '30 days'), 0) AS net_30
    FROM counted JOIN archive.staking_token_listed AS quote USING (token)
    WHERE quote.chain_id = $1 AND quote.block_number <= $2
    GROUP BY listing, token
), ranked AS MATERIALIZED (
    SELECT *, rank() OVER (PARTITION BY token ORDER BY net_all DESC) AS rank_all,
           count(*) OVER (PARTITION BY token) AS of_all,
           CASE WHEN net_30 > 0 THEN rank() OVER (PARTITION BY token ORDER BY net_30 DESC) END AS rank_30,
           count(*) FILTER (WHERE net_30 > 0) OVER (PARTITION BY token) AS of_30
    FROM earned
), places AS (
    INSERT INTO api.grade_revenue (chain_id, listing, token, net_30, rank_30, of_30, net_all, rank_all, of_all)
    SELECT $1, listing, token, net_30, rank_30, of_30, net_all, rank_all, of_all FROM ranked
), place AS (
    SELECT listing, coalesce(max(1000 * (of_30 - rank_30 + 1) / (of_30 + 1)), 0) AS revenue_short,
           max(1000 * (of_all - rank_all + 1) / (of_all + 1)) AS revenue_long
    FROM ranked GROUP BY listing
), figure AS (
    SELECT l.listing, coalesce(b.n_30, 0) AS n_30, coalesce(b.p_30, 0) AS p_30, coalesce(b.again_30, 0) AS again_30,
           coalesce(b.n_90, 0) AS n_90, coalesce(b.p_90, 0) AS p_90, coalesce(b.n, 0) AS n,
           coalesce(b.again, 0) AS again, coalesce(p.revenue_short, 0) AS revenue_short,
           coalesce(p.revenue_long, 0) AS revenue_long,
           coalesce(floor(extract(epoch FROM b.latest - l.block_time) / 86400), 0)::bigint AS days
    FROM archive.listings_listing_created AS l
    LEFT JOIN buyers AS b USING (listing) LEFT JOIN place AS p USING (listing)
    WHERE l.chain_id = $1 AND l.block_number <= $2
), points AS (
    SELECT *, 1000 * n_30 / (n_30 + p_30 + 5) AS growth_short, 1000 * again_30 / (n_30 + 5) AS repeat_short,
           1000 * n_90 / (n_90 + p_90 + 5) AS growth_long, 1000 * again / (n + 5) AS repeat_long,
           1000 * days / (days + 180) AS age_long
    FROM figure
)
INSERT INTO api.grade (
    chain_id, listing, short_score, long_score, growth_short, repeat_short, revenue_short, growth_long, repeat_long,
    revenue_long, age_long, buyers_30, buyers_30_before, repeat_30, buyers_90, buyers_90_before, buyers_all, repeat_all,
    age_days
)
SELECT $1, listing, (4 * growth_short + 3 * repeat_short + 3 * revenue_short) / 10,
       (2 * growth_long + 3 * repeat_long + 3 * revenue_long + 2 * age_long) / 10, growth_short, repeat_short,
       revenue_short, growth_long, repeat_long, revenue_long, age_long, n_30, p_30, again_30, n_90, p_90, n, again, days
FROM points
