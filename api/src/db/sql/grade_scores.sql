-- The two scores of several listings.
SELECT chain_id, listing, short_score, long_score FROM api.grade
JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing) USING (chain_id, listing)
