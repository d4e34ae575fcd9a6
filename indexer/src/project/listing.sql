-- A listing is born with its first version, which the third statement fills in.
INSERT INTO market.listing (
    chain_id, listing, kind, owner, creator, uri, licence, derivatives, derivative_bps, royalty_receiver,
    royalty_bps, content_hash, created_block, created_time, created_tx, metadata_block
)
SELECT chain_id, listing, kind, owner, owner, uri, licence, derivatives, derivative_bps, royalty_receiver,
       royalty_bps, '\x', block_number, block_time, tx_hash, block_number
FROM archive.listings_listing_created
WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3;

INSERT INTO market.listing_parent (chain_id, listing, parent, bps)
SELECT created.chain_id, created.listing, parent.id, parent.bps
FROM archive.listings_listing_created AS created, unnest(created.parents, created.parent_bps) AS parent (id, bps)
WHERE created.chain_id = $1 AND created.block_number BETWEEN $2 AND $3;

WITH published AS (
    INSERT INTO market.listing_version (
        chain_id, listing, version, content_hash, uris, block_number, block_time, tx_hash
    )
    SELECT chain_id, listing, version, content_hash, uris, block_number, block_time, tx_hash
    FROM archive.listings_version_published
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    RETURNING listing, version, content_hash
), latest AS (
    SELECT DISTINCT ON (listing) listing, version, content_hash
    FROM published ORDER BY listing, version DESC
)
UPDATE market.listing SET version = latest.version, content_hash = latest.content_hash
FROM latest WHERE listing.chain_id = $1 AND listing.listing = latest.listing;

WITH latest AS (
    SELECT DISTINCT ON (listing) listing, receiver
    FROM archive.listings_transfer
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ORDER BY listing, block_number DESC, log_index DESC
)
UPDATE market.listing SET owner = latest.receiver
FROM latest WHERE listing.chain_id = $1 AND listing.listing = latest.listing;

WITH latest AS (
    SELECT DISTINCT ON (listing) listing, status
    FROM archive.listings_status_changed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ORDER BY listing, block_number DESC, log_index DESC
)
UPDATE market.listing SET status = latest.status
FROM latest WHERE listing.chain_id = $1 AND listing.listing = latest.listing;

WITH latest AS (
    SELECT DISTINCT ON (listing) listing, uri
    FROM archive.listings_uri_changed
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ORDER BY listing, block_number DESC, log_index DESC
)
UPDATE market.listing SET uri = latest.uri
FROM latest WHERE listing.chain_id = $1 AND listing.listing = latest.listing;

WITH latest AS (
    SELECT listing, max(block_number) AS block_number
    FROM archive.listings_metadata_update
    WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    GROUP BY listing
)
UPDATE market.listing SET metadata_block = latest.block_number
FROM latest WHERE listing.chain_id = $1 AND listing.listing = latest.listing;

-- A transfer takes the approval back without saying so.
WITH latest AS (
    SELECT DISTINCT ON (listing) listing, approved
    FROM (
        SELECT listing, block_number, log_index, approved
        FROM archive.listings_approval
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
        UNION ALL
        SELECT listing, block_number, log_index, '\x0000000000000000000000000000000000000000'
        FROM archive.listings_transfer
        WHERE chain_id = $1 AND block_number BETWEEN $2 AND $3
    ) AS step
    ORDER BY listing, block_number DESC, log_index DESC
)
UPDATE market.listing SET approved = latest.approved
FROM latest
WHERE listing.chain_id = $1 AND listing.listing = latest.listing AND listing.approved <> latest.approved;

-- Once, and for good.
UPDATE market.listing SET share = bound.share
FROM archive.listings_revenue_bound AS bound
WHERE bound.chain_id = $1 AND bound.block_number BETWEEN $2 AND $3
  AND listing.chain_id = bound.chain_id AND listing.listing = bound.listing;
