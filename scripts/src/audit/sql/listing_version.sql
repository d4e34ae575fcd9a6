SELECT listing, version, '0x' || encode(content_hash, 'hex')
FROM market.listing_version WHERE chain_id = $1
ORDER BY hashtextextended(ROW(listing, version)::text, $3) LIMIT $2
