-- Who may ask for what, and how often. Replicas share it: what one changes, the others are told of.
SET LOCAL search_path = public, api;

CREATE TABLE api.api_key (
    -- Public: it is part of the key, and what it is looked up by.
    id             text PRIMARY KEY,
    -- The wallet that made it.
    owner          bytea NOT NULL,
    name           text NOT NULL,
    -- `live` or `test`.
    environment    text NOT NULL CHECK (environment IN ('live', 'test')),
    -- HMAC-SHA-256 of the whole key under a secret that is not in this database.
    hash           bytea NOT NULL,
    scopes         text[] NOT NULL,
    -- Networks that it may come from; empty for all.
    networks       text[] NOT NULL DEFAULT '{}',
    created_at     timestamptz NOT NULL DEFAULT now(),
    -- Null for never. A rotation sets it to the end of the overlap.
    expires_at     timestamptz,
    revoked_at     timestamptz,
    replaced_by    text REFERENCES api.api_key (id),
    -- An operator's limits instead of the tier's; null for the tier's.
    per_minute     bigint CHECK (per_minute >= 0),
    per_day        bigint CHECK (per_day >= 0),
    premium        bigint CHECK (premium >= 0),
    -- As of some seconds ago: replicas note it together.
    last_used_at   timestamptz,
    last_used_from text
);
CREATE INDEX api_key_by_owner ON api.api_key (owner, created_at);
COMMENT ON TABLE api.api_key IS 'API keys, without what would open anything.';

CREATE TABLE api.session (
    -- HMAC-SHA-256 of the cookie.
    hash        bytea PRIMARY KEY,
    account     bytea NOT NULL,
    chain_id    bigint NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL
);
CREATE INDEX session_by_end ON api.session (expires_at);
COMMENT ON TABLE api.session IS 'Wallets that are signed in.';

CREATE TABLE api.used_nonce (
    nonce       text PRIMARY KEY,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX used_nonce_by_end ON api.used_nonce (expires_at);
COMMENT ON TABLE api.used_nonce IS 'Nonces of sign-ins that were spent. Those that were only given out are signed, not stored.';

CREATE TABLE api.audit (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL DEFAULT now(),
    -- Whose key or session it is about; null where nobody is known.
    account  bytea,
    key_id   text,
    action   text NOT NULL,
    -- Refusals of one kind that come together are one row.
    times    bigint NOT NULL DEFAULT 1,
    address  text,
    detail   jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_by_account ON api.audit (account, id);
COMMENT ON TABLE api.audit IS 'Every change of keys and sessions, and every refusal. Rows are only added.';

CREATE FUNCTION api.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'api.audit is only added to' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_is_only_added_to BEFORE UPDATE OR DELETE ON api.audit
    FOR EACH ROW EXECUTE FUNCTION api.refuse_change();
CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON api.audit
    FOR EACH STATEMENT EXECUTE FUNCTION api.refuse_change();

CREATE TABLE api.quota (
    -- `ip:…`, `account:0x…` or `key:…`.
    subject   text NOT NULL,
    -- `minute`, `day` or `premium`.
    name      text NOT NULL,
    -- When `granted` began to count, or when `level` was reckoned.
    since     timestamptz NOT NULL,
    -- Handed out to replicas since then.
    granted   bigint NOT NULL DEFAULT 0,
    -- What is in the bucket.
    level     double precision NOT NULL DEFAULT 0,
    -- What the last lease got.
    leased    bigint NOT NULL,
    PRIMARY KEY (subject, name)
) WITH (fillfactor = 70);
CREATE INDEX quota_by_since ON api.quota (since);
COMMENT ON TABLE api.quota IS 'What replicas have leased of each limit. Never more than there is.';

CREATE TABLE api.ban (
    subject  text PRIMARY KEY,
    -- How often so far; forgotten after a day without.
    strikes  integer NOT NULL,
    until    timestamptz NOT NULL
);
COMMENT ON TABLE api.ban IS 'Who went on asking after being refused, and until when nothing is answered.';

CREATE TABLE api.usage (
    subject   text NOT NULL,
    day       date NOT NULL,
    requests  bigint NOT NULL,
    -- What they cost.
    cost      bigint NOT NULL,
    premium   bigint NOT NULL,
    -- Refused for want of quota.
    refused   bigint NOT NULL,
    PRIMARY KEY (subject, day)
);
COMMENT ON TABLE api.usage IS 'What wallets and keys asked for, by day in UTC.';

CREATE TABLE api.idempotency (
    -- Who asked.
    subject      text NOT NULL,
    key          text NOT NULL,
    -- sha-256 of method, address and body.
    request      bytea NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    -- Until then whoever runs it is waited for; a later one takes over.
    running_till timestamptz NOT NULL,
    -- Null while it runs. Secrets are left out of the body.
    status       smallint,
    body         bytea,
    PRIMARY KEY (subject, key)
);
CREATE INDEX idempotency_by_age ON api.idempotency (created_at);
COMMENT ON TABLE api.idempotency IS 'Answers to requests with an Idempotency-Key, for 24 hours.';

-- Replicas keep what they looked up for a moment. This tells them to look again; what is told holds nothing secret.
CREATE FUNCTION api.tell_access() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told text;
BEGIN
    IF TG_TABLE_NAME = 'api_key' THEN
        told := 'key:' || NEW.id;
    ELSIF TG_TABLE_NAME = 'session' THEN
        told := 'session:' || encode(OLD.hash, 'hex');
    ELSE
        told := 'ban:' || NEW.subject;
    END IF;
    PERFORM pg_notify('stoa_access', told);
    RETURN NULL;
END $$;
-- Not for last_used_at: that would tell of each use.
CREATE TRIGGER api_key_tells AFTER UPDATE OF name, scopes, networks, expires_at, revoked_at, per_minute, per_day, premium
    ON api.api_key FOR EACH ROW EXECUTE FUNCTION api.tell_access();
CREATE TRIGGER session_tells AFTER DELETE ON api.session FOR EACH ROW EXECUTE FUNCTION api.tell_access();
CREATE TRIGGER ban_tells AFTER INSERT OR UPDATE ON api.ban FOR EACH ROW EXECUTE FUNCTION api.tell_access();
