-- Which listings plans, shares and sales of shares belong to; those that were taken back included.
SELECT 'plan' AS kind, plan::text AS key, listing FROM market.plan WHERE chain_id = $1 AND plan = ANY($2)
UNION ALL
SELECT 'share', share::text, listing FROM market.share WHERE chain_id = $1 AND share = ANY($3)
UNION ALL
SELECT 'sale', sale::text, listing FROM market.share_sale WHERE chain_id = $1 AND sale = ANY($4)
UNION ALL
SELECT CASE event WHEN 'market_plan_created' THEN 'plan' WHEN 'revenue_shares_created' THEN 'share' ELSE 'sale' END,
       CASE event WHEN 'market_plan_created' THEN content ->> 'plan'
                  WHEN 'revenue_shares_created' THEN content ->> 'share' ELSE content ->> 'sale' END,
       (content ->> 'listing')::bigint
FROM archive.retracted_event
WHERE $5 AND chain_id = $1
  AND event IN ('market_plan_created', 'revenue_shares_created', 'market_share_sale_opened')
