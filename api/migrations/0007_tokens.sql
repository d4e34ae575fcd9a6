-- Keys that ask for signed requests, and access tokens.
SET LOCAL search_path = public, api;

ALTER TABLE api.api_key
    -- What each request with the key is signed with; null where none need be.
    ADD COLUMN signing        text CHECK (signing IN ('ed25519', 'hmac-sha256')),
    -- 32 bytes of Ed25519 (RFC 8032).
    ADD COLUMN public_key     bytea,
    -- Sealed under a master key that is not in this database.
    ADD COLUMN signing_secret bytea,
    ADD CONSTRAINT api_key_signing CHECK (
        (public_key IS NOT NULL) = (signing IS NOT DISTINCT FROM 'ed25519')
        AND (signing_secret IS NOT NULL) = (signing IS NOT DISTINCT FROM 'hmac-sha256'));

CREATE TABLE api.signature_nonce (
    key_id      text NOT NULL,
    nonce       text NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (key_id, nonce)
);
CREATE INDEX signature_nonce_by_end ON api.signature_nonce (expires_at);
COMMENT ON TABLE api.signature_nonce IS 'Nonces of signed requests, until their signatures are too old to be taken again.';

CREATE TABLE api.revoked_token (
    id          text PRIMARY KEY,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX revoked_token_by_end ON api.revoked_token (expires_at);
COMMENT ON TABLE api.revoked_token IS 'Access tokens that were revoked before they ended.';

CREATE FUNCTION api.tell_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('stoa_access', 'token:' || NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER revoked_token_tells AFTER INSERT ON api.revoked_token FOR EACH ROW EXECUTE FUNCTION api.tell_revoked();
