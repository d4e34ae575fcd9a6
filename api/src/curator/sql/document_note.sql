-- A document that is new is due at once; so is one that nobody had, now that other mirrors are named, and one that no
-- hash binds, whenever a listing asks for it anew.
INSERT INTO api.document AS d (uri, content_hash, mirrors, next_try) VALUES ($1, $2, $3, now())
ON CONFLICT (uri, content_hash) DO UPDATE SET mirrors = excluded.mirrors, attempts = 0, next_try = now()
WHERE (d.mirrors <> excluded.mirrors AND d.status <> 1) OR NOT d.verified
