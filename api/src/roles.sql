-- One role for each process, each with what it needs. Run by a superuser as often as wanted; see roles.rs.
DO $$
DECLARE
    role name;
BEGIN
    FOREACH role IN ARRAY ARRAY['stoa_indexer', 'stoa_api', 'stoa_backup'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
                EXECUTE format('CREATE ROLE %I', role);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role);
    END LOOP;
    EXECUTE format('REVOKE TEMP, CONNECT ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMP, CONNECT ON DATABASE %I TO %I', current_database(), current_user);
    -- It makes schema market anew at each rebuild.
    EXECUTE format('GRANT CREATE, TEMP ON DATABASE %I TO stoa_indexer', current_database());
END $$;

-- Reads everything and writes nothing: for pg_dump.
GRANT pg_read_all_data TO stoa_backup;
ALTER ROLE stoa_backup SET default_transaction_read_only = on;

CREATE SCHEMA IF NOT EXISTS archive;
ALTER DEFAULT PRIVILEGES FOR ROLE stoa_indexer GRANT USAGE ON SCHEMAS TO stoa_api;
ALTER DEFAULT PRIVILEGES FOR ROLE stoa_indexer GRANT SELECT ON TABLES TO stoa_api;
-- Who owned the tables before may have granted more.
REVOKE ALL ON SCHEMA api FROM PUBLIC, stoa_indexer;
REVOKE ALL ON ALL TABLES IN SCHEMA api FROM PUBLIC, stoa_indexer;

DO $$
DECLARE
    place record;
    thing record;
BEGIN
    FOR place IN
        SELECT nspname, oid, CASE nspname WHEN 'api' THEN 'stoa_api' ELSE 'stoa_indexer' END AS owner
        FROM pg_namespace WHERE nspname IN ('archive', 'market', 'market_next', 'api')
    LOOP
        EXECUTE format('ALTER SCHEMA %I OWNER TO %I', place.nspname, place.owner);
        -- Tables with their indexes and the sequences of their columns, and views. Not what an extension brought.
        FOR thing IN
            SELECT oid::regclass AS name FROM pg_class AS c
            WHERE relnamespace = place.oid AND relkind IN ('r', 'p', 'v', 'm', 'S')
              AND NOT EXISTS (
                  SELECT FROM pg_depend
                  WHERE classid = 'pg_class'::regclass AND objid = c.oid
                    AND (deptype = 'e' OR (c.relkind = 'S' AND deptype IN ('a', 'i')))
              )
        LOOP
            EXECUTE format('ALTER TABLE %s OWNER TO %I', thing.name, place.owner);
        END LOOP;
        FOR thing IN
            SELECT oid::regprocedure AS name FROM pg_proc AS p
            WHERE pronamespace = place.oid AND NOT EXISTS (
                SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e'
            )
        LOOP
            EXECUTE format('ALTER ROUTINE %s OWNER TO %I', thing.name, place.owner);
        END LOOP;
        IF place.owner = 'stoa_indexer' THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO stoa_api', place.nspname);
            EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM PUBLIC, stoa_api', place.nspname);
            EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO stoa_api', place.nspname);
        END IF;
    END LOOP;
END $$;
