-- The first array is in the order of the contract's answer.
SELECT listing, version,
       ARRAY['0x' || encode(owner, 'hex'), royalty_bps::text, derivative_bps::text, version::text, kind::text,
             status::text, derivatives::text, '0x' || encode(royalty_receiver, 'hex')],
       uri, '0x' || encode(content_hash, 'hex'),
       coalesce((
           SELECT string_agg(parent || ':' || bps, ' ' ORDER BY parent) FROM market.listing_parent
           WHERE listing_parent.chain_id = $1 AND listing_parent.listing = listing.listing
       ), ''),
       (
           SELECT share FROM market.share
           WHERE share.chain_id = $1 AND share.listing = listing.listing
       ),
       '0x' || encode(share, 'hex'), '0x' || encode(approved, 'hex')
FROM market.listing WHERE chain_id = $1
ORDER BY hashtextextended(listing::text, $3) LIMIT $2
