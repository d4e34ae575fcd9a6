SELECT wanted.chain_id, wanted.listing, d.status, d.reason, d.verified, d.checked_at, d.fields
FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS wanted (chain_id, listing, uri)
JOIN api.listing_document AS l
    ON l.chain_id = wanted.chain_id AND l.listing = wanted.listing AND l.uri = wanted.uri
JOIN api.document AS d ON d.uri = l.uri AND d.content_hash = l.content_hash
