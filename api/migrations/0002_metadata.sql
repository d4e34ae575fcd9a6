-- What listings say of themselves lies elsewhere, mostly. What was fetched of it is kept here, by address and hash, so
-- that a rebuild of the projections fetches nothing again. Nothing refers to schema market by a foreign key: it is
-- replaced as a whole.
SET LOCAL search_path = public, api;

-- Shipped with Postgres and trusted: whoever may create in the database may create it. Finds words with typing mistakes.
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA api;

CREATE TABLE api.document (
    uri           text NOT NULL,
    -- What the document must hash to; empty where the address itself says it, or nothing does.
    content_hash  bytea NOT NULL,
    -- Other addresses that the chain names for the same bytes.
    mirrors       text[] NOT NULL,
    -- 0 pending, 1 ok, 2 mismatch, 3 invalid, 4 unreachable.
    status        smallint NOT NULL DEFAULT 0,
    reason        text,
    -- Whether a hash on the chain, or in the address, says that these are the bytes meant.
    verified      boolean NOT NULL DEFAULT false,
    attempts      integer NOT NULL DEFAULT 0,
    -- When it is fetched (again); null for never.
    next_try      timestamptz,
    checked_at    timestamptz,
    -- What was read of it, validated.
    fields        jsonb,
    PRIMARY KEY (uri, content_hash)
);
CREATE INDEX document_due ON api.document (next_try) WHERE next_try IS NOT NULL;
COMMENT ON TABLE api.document IS 'Metadata as it was fetched, by address and hash.';

CREATE TABLE api.listing_document (
    chain_id        bigint NOT NULL,
    listing         bigint NOT NULL,
    -- The listing's address and version when it was noted. Where the listing has another by now, this row counts for
    -- nothing until it is noted anew.
    uri             text NOT NULL,
    version         bigint NOT NULL,
    content_hash    bytea NOT NULL,
    -- Licence on the chain.
    licence         text NOT NULL,
    -- What is searched and counted; empty while there is no valid document.
    name            text,
    tags            text[] NOT NULL DEFAULT '{}',
    task            text,
    sector          text,
    modalities      text[] NOT NULL DEFAULT '{}',
    resource_class  text,
    framework       text,
    words           tsvector,
    fuzzy           text,
    PRIMARY KEY (chain_id, listing)
);
CREATE INDEX listing_document_by_document ON api.listing_document (uri, content_hash);
CREATE INDEX listing_document_words ON api.listing_document USING gin (words);
CREATE INDEX listing_document_fuzzy ON api.listing_document USING gin (fuzzy gin_trgm_ops);
CREATE INDEX listing_document_tags ON api.listing_document USING gin (tags);
COMMENT ON TABLE api.listing_document IS 'Which document a listing has, and the words that it is found by.';

CREATE TABLE api.ranking (
    chain_id    bigint NOT NULL,
    listing     bigint NOT NULL,
    -- Accounts that paid for it, its owner and shareholders left out.
    buyers      bigint NOT NULL,
    -- Sum over these of 2^(their latest purchase, in weeks since 2026): ever larger, and its order is that of a sum
    -- that halves each week.
    trend       double precision NOT NULL,
    -- The latest block that it rests on.
    last_block  bigint NOT NULL,
    PRIMARY KEY (chain_id, listing)
);
COMMENT ON TABLE api.ranking IS 'What listings are sorted by. Purchases by a listing''s owner or shareholders do not count.';

CREATE TABLE api.ranking_revenue (
    chain_id  bigint NOT NULL,
    listing   bigint NOT NULL,
    token     bytea NOT NULL,
    -- Amounts less fees, in base units.
    net       numeric(78,0) NOT NULL,
    PRIMARY KEY (chain_id, listing, token)
);
COMMENT ON TABLE api.ranking_revenue IS 'Net revenue by token, purchases by a listing''s owner or shareholders left out.';

CREATE TABLE api.ranking_cursor (
    chain_id    bigint PRIMARY KEY,
    block_hash  bytea NOT NULL,
    -- Up to here nothing changes any more.
    final_block bigint NOT NULL,
    -- When everything was last counted: owners and shareholders change without a purchase.
    counted_at  timestamptz NOT NULL
);
COMMENT ON TABLE api.ranking_cursor IS 'How far the ranking was counted.';
