SELECT l.chain_id, l.listing, l.uri, d.name
FROM market.listing AS l
JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing) USING (chain_id, listing)
LEFT JOIN api.listing_document AS d ON d.chain_id = l.chain_id AND d.listing = l.listing AND d.uri = l.uri
WHERE octet_length(l.uri) <= $3
