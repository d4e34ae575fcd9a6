//! The database of the release before, and one of a release to come.

use std::borrow::Cow;

use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stoa_schema::{archive, events};
use stoa_scripts::testing::TestDatabase;

use super::ground::{Ground, log, said};

/// The newest migration of the release before.
const BEFORE: i64 = 2;

/// A database as that release left it, at the chain's head.
async fn of_the_release_before(ground: &Ground) -> TestDatabase {
    let database = ground.database().await;
    let indexer = ground.indexer(database.url(), "donor", &["--until", &ground.head().to_string()]);
    let status = indexer.wait().await;
    assert!(status.success(), "{}", log(&indexer));
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    run(&mut connection, "DROP SCHEMA market CASCADE; ALTER SCHEMA archive RENAME TO donor").await;
    let migrations: Vec<_> =
        archive::MIGRATIONS.iter().filter(|migration| migration.version <= BEFORE).cloned().collect();
    let mut before = Migrator::with_migrations(migrations);
    before.create_schemas = archive::MIGRATIONS.create_schemas.clone();
    before.table_name = Cow::Borrowed("archive.migration");
    before.run_direct(None, &mut connection, false).await.expect("migrated");
    for table in events::tables() {
        run(&mut connection, &format!("INSERT INTO archive.{0} SELECT * FROM donor.{0}", table.name)).await;
    }
    run(&mut connection, include_str!("v2.sql")).await;
    run(&mut connection, "DROP SCHEMA donor CASCADE").await;
    database
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect(sql);
}

#[tokio::test]
async fn the_database_of_the_release_before_is_upgraded_and_goes_on() {
    let mut ground = Ground::start(11, 80).await;
    let database = of_the_release_before(&ground).await;
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    assert_eq!(archive::version_in(&mut connection).await.expect("a version"), Some(BEFORE));
    ground.world.grow(40);
    let indexer = ground.indexer(database.url(), "upgraded", &[]);
    said(&indexer, "the projections are built anew").await;
    ground.compare_rows(database.url()).await;
    indexer.stop().await;
    assert_eq!(archive::version_in(&mut connection).await.expect("a version"), Some(archive::version()));
}

#[tokio::test]
async fn the_database_of_a_later_release_is_refused_in_a_sentence() {
    let ground = Ground::start(12, 20).await;
    let database = ground.database().await;
    let indexer = ground.indexer(database.url(), "now", &["--until", &ground.head().to_string()]);
    assert!(indexer.wait().await.success(), "{}", log(&indexer));
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    let later = "INSERT INTO archive.migration (version, description, installed_on, success, checksum, execution_time)
                 VALUES (9999, 'of a later release', now(), true, '\\x00', 0)";
    run(&mut connection, later).await;
    let indexer = ground.indexer(database.url(), "later", &[]);
    let status = indexer.wait().await;
    assert_eq!(status.code(), Some(1));
    let sentence = format!(
        "the archive in this database has version 9999, this build knows versions up to {}: run the newer build that \
         upgraded it, or use another database",
        archive::version()
    );
    assert!(log(&indexer).contains(&sentence), "{}", log(&indexer));
}
