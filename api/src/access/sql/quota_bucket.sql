-- Leases tokens of a bucket that fills up by $4 in a minute and holds as many. $3 are wanted; what there is, is given.
-- What is left and how many seconds until it is full come back as well.
INSERT INTO api.quota AS q (subject, name, since, level, leased)
VALUES ($1, $2, now(), $4 - least($3, $4), least($3, $4))
ON CONFLICT (subject, name) DO UPDATE SET
    leased = least($3, floor(least($4, q.level + $4 / 60.0 * greatest(0, extract(epoch FROM now() - q.since)))))::bigint,
    level = least($4, q.level + $4 / 60.0 * greatest(0, extract(epoch FROM now() - q.since)))
        - least($3, floor(least($4, q.level + $4 / 60.0 * greatest(0, extract(epoch FROM now() - q.since))))),
    since = greatest(now(), q.since)
RETURNING leased, floor(level)::bigint, CASE WHEN $4 > 0 THEN ($4 - level) * 60.0 / $4 ELSE 60.0 END::double precision
