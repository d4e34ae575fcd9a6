-- Takes subscriptions that nobody holds, or whose holder has fallen silent; those that another replica takes at the same
-- moment are passed over.
UPDATE api.webhook SET held_by = $1
WHERE id IN (
    SELECT w.id FROM api.webhook w
    WHERE w.state = 'active' AND w.held_by IS DISTINCT FROM $1 AND (w.held_by IS NULL OR NOT EXISTS (
        SELECT FROM api.webhook_worker other
        WHERE other.id = w.held_by AND other.beat_at > clock_timestamp() - make_interval(secs => $2)
    ))
    ORDER BY w.next_at LIMIT $3 FOR UPDATE SKIP LOCKED
)
