-- One minute, then four times as long each time, up to a day. A day without a ban, and it begins anew. A ban that
-- another replica has just made is not made longer.
INSERT INTO api.ban AS b (subject, strikes, until) VALUES ($1, 1, now() + interval '1 minute')
ON CONFLICT (subject) DO UPDATE SET
    strikes = CASE WHEN b.until > now() THEN b.strikes
        WHEN b.until < now() - interval '1 day' THEN 1 ELSE least(b.strikes + 1, 20) END,
    until = CASE WHEN b.until > now() THEN b.until
        WHEN b.until < now() - interval '1 day' THEN now() + interval '1 minute'
        ELSE now() + least(interval '1 day', interval '1 minute' * power(4, least(b.strikes, 10))) END
RETURNING until
