-- Of each listing the next releases, newest first.
SELECT v.chain_id, v.listing, v.version, v.content_hash, v.uris, v.block_number, v.block_time, v.tx_hash
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS wanted (chain_id, listing, before)
CROSS JOIN LATERAL (
    SELECT v.* FROM market.listing_version AS v
    WHERE v.chain_id = wanted.chain_id AND v.listing = wanted.listing AND v.version < wanted.before
    ORDER BY v.version DESC LIMIT $4
) AS v
ORDER BY v.chain_id, v.listing, v.version DESC
