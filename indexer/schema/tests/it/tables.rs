//! The database has the tables that the declarations say.

use sqlx::Connection;
use sqlx::postgres::PgConnection;
use stoa_schema::event::POSITION;
use stoa_schema::events::tables;
use stoa_schema::{archive, market};
use stoa_scripts::testing::TestDatabase;

pub(crate) async fn migrated() -> (TestDatabase, PgConnection) {
    let database = TestDatabase::create().await;
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    archive::migrate(&mut connection).await.expect("the migrations run");
    (database, connection)
}

#[tokio::test]
async fn every_event_table_has_its_declared_columns() {
    let (_database, mut connection) = migrated().await;
    for table in tables() {
        let columns: Vec<(String, String, bool)> = sqlx::query_as(
            "SELECT attname::text, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
             WHERE attrelid = ('archive.' || $1)::regclass AND attnum > 0 ORDER BY attnum",
        )
        .bind(table.name)
        .fetch_all(&mut connection)
        .await
        .expect("the table exists");
        let declared: Vec<_> = POSITION
            .iter()
            .chain(table.columns)
            .map(|column| (column.name.to_owned(), column.sql.to_owned(), true))
            .collect();
        assert_eq!(columns, declared, "archive.{}", table.name);
    }
}

#[tokio::test]
async fn every_event_table_is_keyed_by_the_place_of_its_log() {
    let (_database, mut connection) = migrated().await;
    let keys: Vec<(String, String)> = sqlx::query_as(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE contype IN ('p', 'u') AND connamespace = 'archive'::regnamespace",
    )
    .fetch_all(&mut connection)
    .await
    .expect("the catalog answers");
    for table in tables() {
        let name = format!("archive.{}", table.name);
        let of_table: Vec<_> = keys.iter().filter(|(relation, _)| *relation == name).collect();
        assert_eq!(of_table.len(), 1, "{name} has one key");
        assert_eq!(of_table[0].1, "PRIMARY KEY (chain_id, block_number, log_index)", "{name}");
    }
}

#[tokio::test]
async fn the_archive_tells_its_version() {
    let database = TestDatabase::create().await;
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    assert_eq!(archive::version_in(&mut connection).await.expect("it answers"), None);
    archive::migrate(&mut connection).await.expect("the migrations run");
    archive::migrate(&mut connection).await.expect("a second time changes nothing");
    assert_eq!(archive::version_in(&mut connection).await.expect("it answers"), Some(archive::version()));
}

#[tokio::test]
async fn the_market_can_be_made_anew() {
    let (_database, mut connection) = migrated().await;
    market::create(&mut connection).await.expect("made");
    market::create(&mut connection).await.expect("made anew");
    let commented: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_class WHERE relnamespace = 'market'::regnamespace AND relkind = 'r'
         AND obj_description(oid, 'pg_class') IS NULL",
    )
    .fetch_one(&mut connection)
    .await
    .expect("the catalog answers");
    assert_eq!(commented, 0, "every table of schema market says what it is");
}
