INSERT INTO api.usage AS u (subject, day, requests, cost, premium, refused)
SELECT subject, (now() AT TIME ZONE 'UTC')::date, requests, cost, premium, refused
FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
    AS added (subject, requests, cost, premium, refused)
ORDER BY subject
ON CONFLICT (subject, day) DO UPDATE SET
    requests = u.requests + excluded.requests, cost = u.cost + excluded.cost,
    premium = u.premium + excluded.premium, refused = u.refused + excluded.refused
