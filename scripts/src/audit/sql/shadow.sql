-- Statements that make a temporary view of each table of schema market, as it stood at block $2 of chain $1.
SELECT format(
    'CREATE TEMPORARY VIEW %1$I AS
     SELECT * FROM market.%1$I AS present
     WHERE NOT EXISTS (
         SELECT FROM archive.journal
         WHERE chain_id = %3$s AND block_number > %4$s AND entity = %1$L AND key = ROW(%2$s)::text
     )
     UNION ALL
     SELECT (image::market.%1$I).*
     FROM (
         SELECT DISTINCT ON (key) existed, image
         FROM archive.journal WHERE chain_id = %3$s AND block_number > %4$s AND entity = %1$L
         ORDER BY key, block_number
     ) AS earliest
     WHERE existed',
    relname,
    (
        SELECT string_agg('present.' || part, ', ')
        FROM unnest(archive.key_columns(pg_class.oid::regclass)) AS part
    ),
    $1::bigint, $2::bigint
)
FROM pg_class WHERE relnamespace = 'market'::regnamespace AND relkind = 'r'
ORDER BY relname
