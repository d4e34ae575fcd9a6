-- A wallet's days and those of its keys, each oldest first.
SELECT subject, day, requests, cost, premium, refused FROM api.usage
WHERE (subject = $1 OR subject IN (SELECT 'key:' || id FROM api.api_key WHERE owner = $2))
  AND day > (now() AT TIME ZONE 'UTC')::date - $3
ORDER BY subject, day
