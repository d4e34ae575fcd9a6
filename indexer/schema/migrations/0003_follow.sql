-- Following the head. Blocks that are not final may be replaced: the journal keeps what undoing them takes, the
-- outbox tells subscribers of blocks and of their retraction.

ALTER TABLE archive.cursor
    -- Number of the newest row of the outbox. Taken under this row's lock: committed numbers have no gaps.
    ADD COLUMN outbox_seq bigint NOT NULL DEFAULT 0,
    -- Nothing up to here is ever undone. It never falls.
    ADD COLUMN finalized_block bigint NOT NULL DEFAULT 0;

-- For each block that is not final and each row of schema `market` that it changed: the row as it was before.
CREATE TABLE archive.journal (
    chain_id      bigint NOT NULL,
    block_number  bigint NOT NULL,
    -- Table in schema `market`, and the row's primary key as text.
    entity        text NOT NULL,
    key           text NOT NULL,
    -- Whether the row was there. If not, `image` is the row as it was inserted.
    existed       boolean NOT NULL,
    image         text NOT NULL,
    PRIMARY KEY (chain_id, block_number, entity, key)
);
COMMENT ON TABLE archive.journal IS 'What undoing blocks takes that are not final: rows of schema market as they were before.';

-- What subscribers read: one row per followed block, and one per block that was taken back.
CREATE TABLE archive.outbox (
    chain_id      bigint NOT NULL,
    seq           bigint NOT NULL,
    -- 0 a block, 1 its retraction.
    kind          smallint NOT NULL,
    block_number  bigint NOT NULL,
    block_hash    bytea NOT NULL,
    block_time    timestamptz NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (chain_id, seq)
);
CREATE INDEX outbox_by_age ON archive.outbox (created_at);
COMMENT ON TABLE archive.outbox IS 'Followed blocks and retractions in the order in which they were committed, kept for 7 days.';
COMMENT ON COLUMN archive.outbox.kind IS '0 a block, 1 its retraction.';

-- Events that a reorganisation took back, for subscribers that had been told of them.
CREATE TABLE archive.retracted_event (
    chain_id      bigint NOT NULL,
    -- The retraction's row in the outbox.
    seq           bigint NOT NULL,
    block_number  bigint NOT NULL,
    log_index     integer NOT NULL,
    -- The event table it stood in, and the row.
    event         text NOT NULL,
    content       jsonb NOT NULL,
    PRIMARY KEY (chain_id, seq, log_index)
);
COMMENT ON TABLE archive.retracted_event IS 'Events of blocks that a reorganisation took back, as they stood in their tables.';

-- Who writes for a chain, and when it last said so. A standby ends a writer that has fallen silent.
CREATE TABLE archive.writer (
    chain_id  bigint PRIMARY KEY,
    -- The server process of its connection.
    pid       integer NOT NULL,
    beat_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE archive.writer IS 'The one writer of each chain, and when it last said that it lives.';

-- Which contracts are followed, and from which block on. One whose first block precedes the cursor when it is
-- first seen is read over its own range before the chain goes on.
CREATE TABLE archive.contract (
    chain_id     bigint NOT NULL,
    address      bytea NOT NULL,
    name         text NOT NULL,
    first_block  bigint NOT NULL,
    -- While it is read apart: its logs are stored up to here. Null once it goes with the chain's cursor.
    read_block   bigint,
    PRIMARY KEY (chain_id, address)
);
COMMENT ON TABLE archive.contract IS 'Contracts whose logs are followed: those of the deployment, and share contracts from their birth.';
-- What earlier versions have followed from the deployment's first block on.
INSERT INTO archive.contract (chain_id, address, name, first_block)
SELECT chain_id, decode(substr(entry.value, 3), 'hex'), entry.key, first_block
FROM archive.cursor, jsonb_each_text(contracts) AS entry
WHERE entry.key IN ('Vault', 'Listings', 'Market', 'Revenue', 'Staking', 'MerkleGate', 'TierGate', 'TokenGate');
INSERT INTO archive.contract (chain_id, address, name, first_block)
SELECT chain_id, share, 'RevenueShare', block_number FROM archive.revenue_shares_created;

-- The declarations that logs were decoded by. Others: what is kept raw is decoded anew.
CREATE TABLE archive.decoder (
    chain_id  bigint PRIMARY KEY,
    hash      text NOT NULL
);
COMMENT ON TABLE archive.decoder IS 'The hash of the event declarations that a chain''s raw logs were last tried with.';

-- The columns of a table's primary key, quoted, in its order.
CREATE FUNCTION archive.key_columns(target regclass) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_agg(quote_ident(attname) ORDER BY place)
    FROM pg_index
    CROSS JOIN LATERAL unnest(indkey::smallint[]) WITH ORDINALITY AS key (attnum, place)
    JOIN pg_attribute ON attrelid = indrelid AND pg_attribute.attnum = key.attnum
    WHERE indrelid = target AND indisprimary
$$;

-- Makes every table of a schema keep a journal. Only where the setting `stoa.block` names the block that is being
-- folded is anything written; the first image in a block stands.
CREATE PROCEDURE archive.journal_attach(target text)
LANGUAGE plpgsql AS $$
DECLARE
    entity name;
    changed text;
BEGIN
    FOR entity IN
        SELECT relname FROM pg_class WHERE relnamespace = target::regnamespace AND relkind = 'r' ORDER BY relname
    LOOP
        SELECT string_agg('item.' || part, ', ') INTO changed
        FROM unnest(archive.key_columns(format('%I.%I', target, entity)::regclass)) AS part;
        EXECUTE format(
            $function$
            CREATE FUNCTION %1$I.%2$I() RETURNS trigger LANGUAGE plpgsql AS $body$
            DECLARE
                block text := current_setting('stoa.block', true);
            BEGIN
                IF block <> '' THEN
                    INSERT INTO archive.journal (chain_id, block_number, entity, key, existed, image)
                    SELECT item.chain_id, block::bigint, %3$L, ROW(%4$s)::text, TG_OP <> 'INSERT', item::text
                    FROM changed AS item
                    ON CONFLICT DO NOTHING;
                END IF;
                RETURN NULL;
            END
            $body$
            $function$,
            target, 'journal_' || entity, entity, changed
        );
        EXECUTE format(
            'CREATE TRIGGER journal_insert AFTER INSERT ON %1$I.%2$I REFERENCING NEW TABLE AS changed
                 FOR EACH STATEMENT EXECUTE FUNCTION %1$I.%3$I();
             CREATE TRIGGER journal_update AFTER UPDATE ON %1$I.%2$I REFERENCING OLD TABLE AS changed
                 FOR EACH STATEMENT EXECUTE FUNCTION %1$I.%3$I();
             CREATE TRIGGER journal_delete AFTER DELETE ON %1$I.%2$I REFERENCING OLD TABLE AS changed
                 FOR EACH STATEMENT EXECUTE FUNCTION %1$I.%3$I()',
            target, entity, 'journal_' || entity
        );
    END LOOP;
END
$$;

-- Brings schema `market` back to what it was at block `above`, and forgets the journal behind it.
CREATE FUNCTION archive.undo(chain bigint, above bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    changed text;
    keys text[];
    ours text;
    theirs text;
BEGIN
    PERFORM set_config('stoa.block', '', true);
    FOR changed IN
        SELECT DISTINCT entity FROM archive.journal WHERE chain_id = chain AND block_number > above
    LOOP
        keys := archive.key_columns(format('market.%I', changed)::regclass);
        SELECT string_agg('present.' || key, ', '), string_agg('past.' || key, ', ') INTO ours, theirs
        FROM unnest(keys) AS key;
        EXECUTE format(
            'DELETE FROM market.%1$I AS present
             USING (
                 SELECT (image::market.%1$I).*
                 FROM archive.journal WHERE chain_id = $1 AND block_number > $2 AND entity = %1$L
             ) AS past
             WHERE (%2$s) = (%3$s)',
            changed, ours, theirs
        ) USING chain, above;
        EXECUTE format(
            'INSERT INTO market.%1$I
             SELECT (image::market.%1$I).*
             FROM (
                 SELECT DISTINCT ON (key) existed, image
                 FROM archive.journal WHERE chain_id = $1 AND block_number > $2 AND entity = %1$L
                 ORDER BY key, block_number
             ) AS earliest
             WHERE existed',
            changed
        ) USING chain, above;
    END LOOP;
    DELETE FROM archive.journal WHERE chain_id = chain AND block_number > above;
END
$$;
