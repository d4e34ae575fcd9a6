-- Files that wallets upload, and orders that are sent to the chain for whoever signed them. Replicas share both.
SET LOCAL search_path = public, api;

CREATE TABLE api.upload (
    account     bytea NOT NULL,
    cid         text NOT NULL,
    sha256      bytea NOT NULL,
    -- In bytes.
    size        bigint NOT NULL CHECK (size >= 0),
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account, cid)
);
COMMENT ON TABLE api.upload IS 'Files that wallets uploaded into the folder of published content.';

CREATE TABLE api.relayer (
    chain_id    bigint NOT NULL,
    address     bytea NOT NULL,
    -- Of its next transaction. The row's lock is the queue: numbers are given out without gaps.
    next_nonce  bigint NOT NULL,
    PRIMARY KEY (chain_id, address)
);
COMMENT ON TABLE api.relayer IS 'The accounts that send orders.';

CREATE TABLE api.relay_order (
    -- Random: whoever knows it may ask about it.
    id            text PRIMARY KEY,
    chain_id      bigint NOT NULL,
    relayer       bytea NOT NULL,
    -- What was signed (EIP-712).
    digest        bytea NOT NULL,
    kind          text NOT NULL CHECK (kind IN ('pay', 'spend')),
    signer        bytea NOT NULL,
    -- Who asked; null for nobody known.
    account       bytea,
    -- The call that is sent.
    contract      bytea NOT NULL,
    call          bytea NOT NULL,
    gas           bigint NOT NULL,
    nonce         bigint NOT NULL,
    state         text NOT NULL CHECK (state IN ('queued', 'sent', 'included', 'final', 'failed', 'dropped', 'reorged')),
    -- Why it is not as it should be.
    reason        text,
    tx_hash       bytea,
    block_number  bigint,
    -- Nothing changes any more: its number is used up in a final block.
    settled       boolean NOT NULL DEFAULT false,
    -- The day, in UTC, whose budget it takes from.
    day           date NOT NULL,
    -- In wei: the most that its transactions may cost, and what it has cost.
    reserved      numeric(78,0) NOT NULL,
    paid          numeric(78,0),
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    UNIQUE (chain_id, relayer, nonce)
);
-- An order is under way once; one that came to nothing, for good, may be tried anew.
CREATE UNIQUE INDEX relay_order_once ON api.relay_order (chain_id, digest)
    WHERE NOT (settled AND state IN ('failed', 'dropped'));
CREATE INDEX relay_order_watched ON api.relay_order (chain_id, relayer, nonce) WHERE NOT settled;
CREATE INDEX relay_order_by_day ON api.relay_order (chain_id, relayer, day);
COMMENT ON TABLE api.relay_order IS 'Orders that are sent to the chain for whoever signed them.';

CREATE TABLE api.relay_transaction (
    hash        bytea PRIMARY KEY,
    order_id    text NOT NULL REFERENCES api.relay_order (id),
    -- Signed, and stored before it is sent: whoever goes on after a crash sends the same bytes.
    raw         bytea NOT NULL,
    -- In wei per unit of gas.
    max_fee     numeric(78,0) NOT NULL,
    tip         numeric(78,0) NOT NULL,
    -- Does nothing but take the order's number, since the order would revert.
    void        boolean NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX relay_transaction_by_order ON api.relay_transaction (order_id, created_at);
COMMENT ON TABLE api.relay_transaction IS 'Each attempt to bring an order into a block. Of those of one order, which have one number, a chain takes one.';
