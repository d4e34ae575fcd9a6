-- ERC-4906: a listing's owner says that its metadata should be read anew, though its address may be the same. The block
-- of the latest such event tells whether a listing was noted before it.
ALTER TABLE api.listing_document ADD COLUMN metadata_block bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN api.listing_document.metadata_block IS 'Block of the latest event that asked to read the metadata.';
