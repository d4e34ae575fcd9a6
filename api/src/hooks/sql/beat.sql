-- Says that this replica lives, and tells how many do and how many subscriptions there are for them.
WITH own AS (
    INSERT INTO api.webhook_worker (id) VALUES ($1)
    ON CONFLICT (id) DO UPDATE SET beat_at = clock_timestamp()
)
SELECT (SELECT count(*) FROM api.webhook WHERE state = 'active'),
       1 + (SELECT count(*) FROM api.webhook_worker
            WHERE id <> $1 AND beat_at > clock_timestamp() - make_interval(secs => $2))
