-- Whether no document of the chains $1 has the words of the search $2.
SELECT NOT EXISTS (
    SELECT FROM api.listing_document WHERE words @@ websearch_to_tsquery('english', $2) AND chain_id = ANY($1)
)
