//! The database roles of the processes, by `stoa-api roles`: who breaks into one of them gets what that one needs.
//!
//! | role | may |
//! |---|---|
//! | `stoa_indexer` | owns schemas `archive` and `market`; cannot read `api`, where keys and sessions are |
//! | `stoa_api` | owns schema `api`; reads `archive` and `market`, and writes neither |
//! | `stoa_backup` | reads everything, writes nothing |
//! | `stoa_analyst` | made by `stoa-api analyst` (see `sql::role`): reads the views of `market` |

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::config::Secret;
use crate::migrate::migrate;

/// Their names, in the order of [`Passwords`].
pub const ROLES: [&str; 3] = ["stoa_indexer", "stoa_api", "stoa_backup"];

/// Their passwords; one that is not given stays as it is.
pub type Passwords = [Option<Secret>; 3];

/// Makes the roles, or brings them to what they should be, and gives each the tables that are its own. The connection
/// is a superuser's. All of it or nothing.
pub async fn make(connection: &mut PgConnection, passwords: &Passwords) -> anyhow::Result<()> {
    // First, so that its extension is there: an ordinary role could not make it.
    migrate(connection).await?;
    let mut sql = format!("BEGIN;\n{}", include_str!("roles.sql"));
    for (role, password) in ROLES.iter().zip(passwords) {
        let Some(Secret(password)) = password else { continue };
        // Quoted by the server that reads it; a password cannot be bound.
        let quoted = sqlx::query_scalar::<_, String>(
            "SELECT format('ALTER ROLE %I PASSWORD %L;', $1::text, $2::text)",
        );
        sql += &quoted.bind(role).bind(password).fetch_one(&mut *connection).await?;
    }
    sql += "\nCOMMIT;";
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *connection).await {
        sqlx::raw_sql("ROLLBACK").execute(connection).await?;
        return Err(error.into());
    }
    Ok(())
}
