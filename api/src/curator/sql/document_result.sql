-- What was read once stays while an address is only away for now.
UPDATE api.document
SET status = CASE WHEN $3 = 4 AND status = 1 THEN 1 ELSE $3 END,
    reason = CASE WHEN $3 = 4 AND status = 1 THEN reason ELSE $4 END,
    verified = CASE WHEN $3 = 4 AND status = 1 THEN verified ELSE $5 END,
    fields = CASE WHEN $3 = 4 AND status = 1 THEN fields ELSE $6 END,
    attempts = CASE WHEN $3 = 1 THEN 0 ELSE attempts END,
    checked_at = now(),
    next_try = now() + make_interval(secs => $7)
WHERE uri = $1 AND content_hash = $2
