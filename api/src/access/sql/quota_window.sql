-- Leases from an allowance of $4 in the calendar's day or month ($5), in UTC. $3 are wanted; what there is, is given.
-- What is left and how many seconds until the next window come back as well.
INSERT INTO api.quota AS q (subject, name, since, granted, leased)
VALUES ($1, $2, date_trunc($5, now(), 'UTC'), least($3, $4), least($3, $4))
ON CONFLICT (subject, name) DO UPDATE SET
    leased = CASE WHEN q.since >= date_trunc($5, now(), 'UTC') THEN greatest(0, least($3, $4 - q.granted)) ELSE least($3, $4) END,
    granted = CASE WHEN q.since >= date_trunc($5, now(), 'UTC') THEN q.granted + greatest(0, least($3, $4 - q.granted))
        ELSE least($3, $4) END,
    since = greatest(q.since, date_trunc($5, now(), 'UTC'))
RETURNING leased, greatest(0, $4 - granted),
    extract(epoch FROM (date_trunc($5, now() AT TIME ZONE 'UTC') + ('1 ' || $5)::interval) AT TIME ZONE 'UTC' - now())::double precision
