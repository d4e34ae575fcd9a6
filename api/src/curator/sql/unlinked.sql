-- Listings whose address or version is not the one that was noted, or whose owner asked to read them anew (ERC-4906), the
-- oldest first.
SELECT l.chain_id, l.listing, l.uri, l.version, l.licence, l.content_hash, coalesce(v.uris, '{}') AS uris,
       l.metadata_block
FROM market.listing AS l
LEFT JOIN market.listing_version AS v
    ON v.chain_id = l.chain_id AND v.listing = l.listing AND v.version = l.version
LEFT JOIN api.listing_document AS d ON d.chain_id = l.chain_id AND d.listing = l.listing
WHERE octet_length(l.uri) <= $1 AND (d.listing IS NULL OR d.uri <> l.uri OR d.version <> l.version
    OR d.metadata_block <> l.metadata_block)
ORDER BY l.chain_id, l.listing LIMIT $2
