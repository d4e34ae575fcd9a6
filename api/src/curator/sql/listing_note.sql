INSERT INTO api.listing_document (chain_id, listing, uri, version, content_hash, licence, metadata_block)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (chain_id, listing) DO UPDATE
SET uri = excluded.uri, version = excluded.version, content_hash = excluded.content_hash, licence = excluded.licence,
    metadata_block = excluded.metadata_block
