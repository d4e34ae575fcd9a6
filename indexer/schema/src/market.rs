//! Schema `market`: the projections' tables.
//!
//! Their DDL is versioned by its hash and never migrated: another hash means that the schema is dropped and
//! built anew from the archive.

use sqlx::postgres::PgConnection;

/// A projection's DDL: one file per entity.
#[derive(Clone, Copy, Debug)]
pub struct Ddl {
    pub name: &'static str,
    pub sql: &'static str,
}

macro_rules! ddl {
    ($($name:literal),+ $(,)?) => {
        /// Every entity's DDL, in the order of creation.
        pub const DDL: &[Ddl] = &[$(Ddl { name: $name, sql: include_str!(concat!("../market/", $name, ".sql")) }),+];
    };
}

ddl!("token", "account", "listing", "plan", "purchase", "pass", "revenue", "balance", "share", "staking");

/// Creates schema `market`, empty. The caller commits.
pub async fn create(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::raw_sql("DROP SCHEMA IF EXISTS market CASCADE; CREATE SCHEMA market")
        .execute(&mut *connection)
        .await?;
    for ddl in DDL {
        sqlx::raw_sql(ddl.sql).execute(&mut *connection).await?;
    }
    Ok(())
}
