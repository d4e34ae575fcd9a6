-- Due documents, kept from others for as long as a fetch may take. The lease makes a server that dies harmless.
UPDATE api.document SET next_try = now() + make_interval(secs => $2), attempts = attempts + 1
WHERE (uri, content_hash) IN (
    SELECT uri, content_hash FROM api.document WHERE next_try <= now()
    ORDER BY next_try LIMIT $1 FOR UPDATE SKIP LOCKED
)
RETURNING uri, content_hash, mirrors, attempts
