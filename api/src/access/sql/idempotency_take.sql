-- Takes a key: a new one, one that is older than a day, or one whose runner has had its time twice over and is gone.
INSERT INTO api.idempotency AS i (subject, key, request, running_till)
VALUES ($1, $2, $3, now() + make_interval(secs => $4))
ON CONFLICT (subject, key) DO UPDATE SET
    request = excluded.request, created_at = now(), running_till = excluded.running_till, status = NULL, body = NULL
WHERE i.created_at < now() - interval '24 hours'
   OR (i.status IS NULL AND i.running_till < now() AND i.request = excluded.request)
