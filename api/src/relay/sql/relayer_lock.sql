-- The next number of a relayer. A chain that has seen more of it than this database counts on from there.
INSERT INTO api.relayer AS r (chain_id, address, next_nonce) VALUES ($1, $2, $3)
ON CONFLICT (chain_id, address) DO UPDATE SET next_nonce = greatest(r.next_nonce, excluded.next_nonce)
RETURNING next_nonce
