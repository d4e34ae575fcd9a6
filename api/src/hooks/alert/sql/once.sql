-- What happens once and was not told yet: passes and keys that end soon, keys that are used oddly.
WITH own_key AS (
    SELECT a.id AS alert, a.kind, a.created_at AS since, a.below, k.*
    FROM api.alert a JOIN api.api_key k ON k.owner = a.owner
    WHERE a.enabled AND a.kind IN ('key_expiry', 'key_use')
      AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
), found AS (
    SELECT a.id AS alert, 'pass:' || s.chain_id || '-' || s.plan || ':' || s.expiry AS subject,
           jsonb_build_object('plan', s.chain_id || '-' || s.plan, 'expiry', s.expiry) AS detail
    FROM api.alert a
    JOIN market.subscription s ON s.holder = a.account AND (a.number IS NULL OR (s.chain_id, s.plan) = (a.chain_id, a.number))
    JOIN archive.cursor c ON c.chain_id = s.chain_id
    LEFT JOIN archive.head h ON h.chain_id = s.chain_id
    CROSS JOIN LATERAL (SELECT extract(epoch FROM greatest(h.block_time, c.projected_time))::bigint AS now) clock
    WHERE a.enabled AND a.kind = 'pass_expiry' AND s.expiry > clock.now AND s.expiry <= clock.now + a.below
    UNION ALL
    SELECT alert, 'key:' || id || ':' || extract(epoch FROM expires_at)::bigint,
           jsonb_build_object('key', id, 'name', name, 'expiry', extract(epoch FROM expires_at)::bigint)
    FROM own_key
    WHERE kind = 'key_expiry' AND replaced_by IS NULL AND expires_at <= now() + make_interval(secs => below::double precision)
    UNION ALL
    -- Not the first that a key ever came from.
    SELECT k.alert, 'network:' || k.id || ':' || n.network,
           jsonb_build_object('key', k.id, 'name', k.name, 'what', 'new_network', 'network', n.network)
    FROM own_key k JOIN api.key_network n ON n.key_id = k.id
    WHERE k.kind = 'key_use' AND n.first_seen > k.since
      AND EXISTS (SELECT FROM api.key_network other WHERE other.key_id = k.id AND other.first_seen < n.first_seen)
    UNION ALL
    -- Five times what was usual on the days of the last week on which it was used, of which there are three at least.
    SELECT k.alert, 'spike:' || k.id || ':' || today.day,
           jsonb_build_object('key', k.id, 'name', k.name, 'what', 'spike', 'requests', today.requests, 'usual', usual.mean)
    FROM own_key k
    JOIN api.usage today ON today.subject = 'key:' || k.id AND today.day = (now() AT TIME ZONE 'UTC')::date
    CROSS JOIN LATERAL (
        SELECT count(*) AS days, coalesce(sum(u.requests) / nullif(count(*), 0), 0)::bigint AS mean FROM api.usage u
        WHERE u.subject = today.subject AND u.day BETWEEN today.day - 7 AND today.day - 1
    ) usual
    WHERE k.kind = 'key_use' AND usual.days >= 3 AND today.requests >= greatest(500, 5 * usual.mean)
    UNION ALL
    SELECT k.alert, 'refusals:' || k.id || ':' || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD'),
           jsonb_build_object('key', k.id, 'name', k.name, 'what', 'refusals', 'refused', refused.times)
    FROM own_key k CROSS JOIN LATERAL (
        SELECT sum(e.times)::bigint AS times FROM api.audit e
        WHERE e.account = k.owner AND e.key_id = k.id AND e.action LIKE 'refused: %'
          AND e.at > greatest(k.since, now() - interval '1 hour')
    ) refused
    WHERE k.kind = 'key_use' AND refused.times >= 50
)
SELECT a.id, a.webhook, a.name, a.kind, a.watch, found.subject, found.detail
FROM found JOIN api.alert a ON a.id = found.alert
WHERE NOT EXISTS (SELECT FROM api.alert_fired f WHERE f.alert = found.alert AND f.subject = found.subject)
LIMIT 1000
