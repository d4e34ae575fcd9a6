-- Who is told of what by requests to an address of theirs, and what was told. Replicas share the work: each subscription
-- is one replica's at a time.
SET LOCAL search_path = public, api;

-- A replica that sends. Silent ones have lost what they held.
CREATE TABLE api.webhook_worker (
    id       text PRIMARY KEY,
    beat_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE api.webhook_worker IS 'Replicas that send webhooks, and when each last said that it lives.';

CREATE TABLE api.webhook (
    id             text PRIMARY KEY,
    owner          bytea NOT NULL,
    name           text NOT NULL,
    url            text NOT NULL,
    -- As a stream names them; empty for one that alerts alone are sent to.
    topics         text[] NOT NULL,
    -- Null for all chains.
    chain_id       bigint,
    -- What messages may be about; empty for everything.
    about          text[] NOT NULL DEFAULT '{}',
    level          text NOT NULL CHECK (level IN ('latest', 'safe', 'finalized')),
    -- Behind the last message that was queued. It moves in the transaction that queues.
    cursor         text NOT NULL,
    -- Grows with each change of what is read and from where: whoever reads by an older one starts anew.
    epoch          bigint NOT NULL DEFAULT 1,
    state          text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'paused')),
    paused_reason  text,
    -- Number of the next delivery.
    next_number    bigint NOT NULL DEFAULT 1,
    -- Attempts in a row that failed, since when, and when the oldest delivery is tried again.
    failures       integer NOT NULL DEFAULT 0,
    failing_since  timestamptz,
    next_at        timestamptz NOT NULL DEFAULT now(),
    -- The replica whose it is.
    held_by        text,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX webhook_by_owner ON api.webhook (owner, created_at);
CREATE INDEX webhook_by_holder ON api.webhook (held_by);
COMMENT ON TABLE api.webhook IS 'Subscriptions whose messages are sent to an address.';

CREATE TABLE api.webhook_secret (
    webhook     text NOT NULL REFERENCES api.webhook (id) ON DELETE CASCADE,
    number      integer NOT NULL,
    -- What is signed with, under a key that is not in this database (AES-256-GCM).
    sealed      bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    -- Null for the newest. A rotation sets it to the end of the overlap.
    expires_at  timestamptz,
    PRIMARY KEY (webhook, number)
);
COMMENT ON TABLE api.webhook_secret IS 'Signing secrets of webhooks, encrypted.';

CREATE TABLE api.delivery (
    webhook     text NOT NULL REFERENCES api.webhook (id) ON DELETE CASCADE,
    -- In the order in which they are sent.
    number      bigint NOT NULL,
    -- The header webhook-id: equal each time that the same thing is told.
    message     text NOT NULL,
    kind        text NOT NULL,
    -- Of messages that a stream tells too.
    cursor      text,
    body        text NOT NULL,
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed', 'dropped')),
    -- Objects of `at`, `status`, `milliseconds`, `error`, oldest first.
    attempts    jsonb NOT NULL DEFAULT '[]',
    created_at  timestamptz NOT NULL DEFAULT now(),
    done_at     timestamptz,
    PRIMARY KEY (webhook, number)
);
CREATE INDEX delivery_pending ON api.delivery (webhook, number) WHERE state = 'pending';
CREATE INDEX delivery_by_end ON api.delivery (done_at) WHERE done_at IS NOT NULL;
COMMENT ON TABLE api.delivery IS 'What webhooks were told and are to be told. Kept for 7 days after its end.';

CREATE TABLE api.alert (
    id          text PRIMARY KEY,
    owner       bytea NOT NULL,
    webhook     text NOT NULL REFERENCES api.webhook (id) ON DELETE CASCADE,
    name        text NOT NULL,
    kind        text NOT NULL CHECK (kind IN
        ('price', 'grade', 'revenue', 'pass_expiry', 'claimable', 'key_expiry', 'usage', 'key_use')),
    enabled     boolean NOT NULL DEFAULT true,
    -- What is watched, as it was given.
    watch       jsonb NOT NULL,
    -- The same for statements; null where the kind has none.
    chain_id    bigint,
    -- A listing, or a plan.
    number      bigint,
    token       bytea,
    account     bytea,
    term        text,
    -- It is told when the value gets to one of them.
    above       numeric(78,0),
    below       numeric(78,0),
    fired_at    timestamptz,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX alert_by_owner ON api.alert (owner, created_at);
CREATE INDEX alert_by_kind ON api.alert (kind) WHERE enabled;
CREATE INDEX alert_by_webhook ON api.alert (webhook);
COMMENT ON TABLE api.alert IS 'What wallets want to be told of once it happens.';

-- What an alert was told of and is not told of again: until its value has gone back, or for good where the subject is
-- one that happens once.
CREATE TABLE api.alert_fired (
    alert     text NOT NULL REFERENCES api.alert (id) ON DELETE CASCADE,
    subject   text NOT NULL,
    fired_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (alert, subject)
);
COMMENT ON TABLE api.alert_fired IS 'Crossings that alerts were told of.';

-- Where keys came from: who uses one from elsewhere is noticed.
CREATE TABLE api.key_network (
    key_id      text NOT NULL REFERENCES api.api_key (id) ON DELETE CASCADE,
    network     text NOT NULL,
    first_seen  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key_id, network)
);
COMMENT ON TABLE api.key_network IS 'Addresses that keys were used from, IPv6 by /64.';
CREATE INDEX audit_refused ON api.audit (account, at) WHERE action LIKE 'refused: %';
