-- What version 2 of the archive, the release before following, left beside the events: a cursor that stands at a final
-- block, and a schema `market` of another build. Rows come from schema `donor`, a copy of the archive of this build.

CREATE SCHEMA market;
CREATE TABLE market.listing (
    chain_id    bigint NOT NULL,
    listing_id  bigint NOT NULL,
    title       text NOT NULL,
    PRIMARY KEY (chain_id, listing_id)
);
INSERT INTO market.listing SELECT 31337, n, 'of another build' FROM generate_series(1, 3) AS n;
INSERT INTO archive.projection (hash) VALUES ('of another build');

INSERT INTO archive.cursor (chain_id, contracts, first_block, stored_block, stored_hash, stored_time,
                            projected_block, projected_hash, projected_time)
SELECT chain_id, contracts, first_block, stored_block, stored_hash, stored_time,
       stored_block, stored_hash, stored_time
FROM donor.cursor;
INSERT INTO archive.header (chain_id, block_number, hash, block_time)
SELECT chain_id, stored_block, stored_hash, stored_time FROM archive.cursor;
INSERT INTO archive.head (chain_id, block_number, block_time, safe_block, finalized_block, observed_at)
SELECT chain_id, stored_block, stored_time, stored_block, stored_block, stored_time FROM archive.cursor;
