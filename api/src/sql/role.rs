//! The role that queries run as. `stoa-api analyst` makes it; it may run again at any time.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

/// The role's name. The views are granted to it where they are made.
pub const ROLE: &str = "stoa_analyst";

/// Makes the role and bounds it. `temp_file_limit` takes a superuser; without one it is left out, and told.
const MAKE: &str = "
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'stoa_analyst') THEN
        CREATE ROLE stoa_analyst;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
ALTER ROLE stoa_analyst LOGIN NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 32;
ALTER ROLE stoa_analyst SET default_transaction_read_only = on;
ALTER ROLE stoa_analyst SET statement_timeout = '60s';
ALTER ROLE stoa_analyst SET lock_timeout = '500ms';
ALTER ROLE stoa_analyst SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE stoa_analyst SET work_mem = '16MB';
ALTER ROLE stoa_analyst SET search_path = market;
DO $$ BEGIN
    EXECUTE format('REVOKE TEMP, CONNECT ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT TEMP, CONNECT ON DATABASE %I TO %I', current_database(), current_user);
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO stoa_analyst', current_database());
    BEGIN
        ALTER ROLE stoa_analyst SET temp_file_limit = '256MB';
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE WARNING 'temp_file_limit takes a superuser: set it for stoa_analyst yourself';
    END;
END $$;
DO $$
DECLARE
    view name;
BEGIN
    IF to_regnamespace('market') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA market TO stoa_analyst;
        FOR view IN SELECT relname FROM pg_class WHERE relnamespace = 'market'::regnamespace AND relkind = 'v' LOOP
            EXECUTE format('GRANT SELECT ON market.%I TO stoa_analyst', view);
        END LOOP;
    END IF;
END $$;
";

/// Makes the role, or brings it to what it should be, with this password.
pub async fn make(connection: &mut PgConnection, password: Option<&str>) -> sqlx::Result<()> {
    sqlx::raw_sql(MAKE).execute(&mut *connection).await?;
    if let Some(password) = password {
        let quoted = sqlx::query_scalar("SELECT format('ALTER ROLE stoa_analyst PASSWORD %L', $1::text)");
        let sql: String = quoted.bind(password).fetch_one(&mut *connection).await?;
        // Quoted by the server that reads it; a password cannot be bound.
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    }
    Ok(())
}
