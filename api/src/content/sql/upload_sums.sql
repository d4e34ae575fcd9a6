-- What a wallet has uploaded today, and all have ever; days are those of UTC.
SELECT coalesce(sum(size) FILTER (WHERE account = $1
           AND created_at >= date_trunc('day', now(), 'UTC')), 0)::bigint AS today,
       coalesce(sum(size), 0)::bigint AS "all",
       ceil(extract(epoch FROM date_trunc('day', now(), 'UTC') + interval '1 day' - now()))::bigint AS reset
FROM api.upload
