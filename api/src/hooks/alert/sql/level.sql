-- What alerts with a threshold watch, as it stands: a plan's price, a listing's grade, what a listing has brought.
SELECT a.id, a.webhook, a.name, a.kind, a.watch, a.above, a.below, reading.value,
       EXISTS (SELECT FROM api.alert_fired f WHERE f.alert = a.id AND f.subject = '') AS fired
FROM api.alert a CROSS JOIN LATERAL (
    SELECT p.price AS value FROM market.plan p
    WHERE a.kind = 'price' AND p.chain_id = a.chain_id AND p.plan = a.number
    UNION ALL
    SELECT CASE a.term WHEN 'short' THEN g.short_score ELSE g.long_score END FROM api.grade g
    WHERE a.kind = 'grade' AND g.chain_id = a.chain_id AND g.listing = a.number
    UNION ALL
    SELECT r.amount - r.fee + r.paid FROM market.revenue r
    WHERE a.kind = 'revenue' AND r.chain_id = a.chain_id AND r.listing = a.number AND r.token = a.token
) reading
WHERE a.enabled AND a.kind IN ('price', 'grade', 'revenue')
