//! One writer, one deployment, and a range wholly or not at all.

use alloy::primitives::{Address, B256, Bytes, U256};
use stoa_indexer::store::{Advance, Batch, StoreError, Writer, rebuild, settle};
use stoa_schema::events::{MarketPurchased, RawLog};
use stoa_schema::{archive, lookup};
use stoa_scripts::testing::TestDatabase;

use crate::support::{CHAIN, PATIENCE, at, begun, block, connect, deployment, led, onward, pass};

fn raw(index: i32) -> RawLog {
    RawLog {
        address: Address::ZERO,
        topics: vec![B256::ZERO],
        data: Bytes::from(vec![index as u8]),
        reason: "a test".to_owned(),
    }
}

async fn raw_logs(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM archive.raw_log")
        .fetch_one(&mut connect(database).await)
        .await
        .expect("a count")
}

#[tokio::test]
async fn a_writer_that_was_overtaken_writes_nothing() {
    let (database, mut writer, before) = begun().await;
    let mut other = Writer::connect(database.url()).await.expect("another writer");
    other.advance(onward(before, Batch::default(), 5)).await.expect("it is ahead now");
    let mut batch = Batch::default();
    batch.push(&at(1, 0), &raw(0));
    let error = writer.advance(onward(before, batch, 4)).await.expect_err("overtaken");
    assert!(matches!(error, StoreError::Overtaken { ours: 0, theirs: 5, .. }), "{error}");
    assert_eq!(raw_logs(&database).await, 0);
}

/// Waits until somebody has asked in vain for the lead.
async fn standing_by(database: &TestDatabase) {
    let asked = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                 AND application_name = 'stoa-indexer' AND query LIKE '%pg_terminate_backend%')";
    let mut connection = connect(database).await;
    while !sqlx::query_scalar::<_, bool>(asked).fetch_one(&mut connection).await.expect("it answers") {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_writer_that_falls_silent_is_replaced_and_can_write_nothing() {
    let (database, mut writer, lease) = led().await;
    let before = writer.cursor(&deployment(0)).await.expect("a cursor").expect("there is one");
    // Its beat ends, its connection stays: as of a process that was stopped.
    drop(lease);
    let mut standby = Writer::connect(database.url()).await.expect("a standby");
    let patience = std::time::Duration::from_millis(1_500);
    let _lease = standby.lead(CHAIN, patience).await.expect("the lead");
    standby.advance(onward(before, Batch::default(), 3)).await.expect("it writes");
    let mut batch = Batch::default();
    batch.push(&at(1, 0), &raw(0));
    let error = writer.advance(onward(before, batch, 2)).await.expect_err("its connection is gone");
    assert!(error.is_retryable(), "it may stand by again: {error}");
    assert_eq!(raw_logs(&database).await, 0);
}

#[tokio::test]
async fn a_second_indexer_stands_by_until_the_first_is_gone() {
    let (database, writer, lease) = led().await;
    let mut standby = Writer::connect(database.url()).await.expect("a standby");
    let mut waiting = tokio::spawn(async move {
        let lease = standby.lead(CHAIN, PATIENCE).await.expect("the lead, in the end");
        (standby, lease)
    });
    standing_by(&database).await;
    assert!(!waiting.is_finished());
    drop((writer, lease));
    let (mut standby, _lease) = (&mut waiting).await.expect("it leads");
    assert_eq!(
        standby.cursor(&deployment(0)).await.expect("a cursor").expect("there is one").stored,
        block(0)
    );
}

#[tokio::test]
async fn another_deployment_is_refused() {
    let (_database, mut writer, _cursor) = begun().await;
    assert!(writer.cursor(&deployment(0)).await.expect("its own").is_some());
    let error = writer.cursor(&deployment(9)).await.expect_err("another one");
    assert!(error.to_string().contains("use another database for this deployment"), "{error}");
}

#[tokio::test]
async fn a_newer_archive_is_refused() {
    let (database, _writer, _cursor) = begun().await;
    let newer = archive::version() + 1;
    sqlx::query(
        "INSERT INTO archive.migration (version, description, success, checksum, execution_time)
         VALUES ($1, 'of a newer build', true, '\\x', 0)",
    )
    .bind(newer)
    .execute(&mut connect(&database).await)
    .await
    .expect("inserted");
    let error = Writer::connect(database.url()).await.expect_err("too new");
    assert!(matches!(error, StoreError::NewerArchive { found, .. } if found == newer), "{error}");
}

#[tokio::test]
async fn a_range_that_fails_leaves_no_row() {
    let (database, mut writer, cursor) = begun().await;
    let mut batch = Batch::default();
    batch.push(&at(1, 0), &raw(0));
    // A sale of a plan that was never created: its token is unknown, and the projection fails.
    let orphan = MarketPurchased {
        plan: 99,
        payer: Address::ZERO,
        recipient: Address::ZERO,
        listing: 1,
        quantity: U256::from(1),
        amount: U256::from(1),
        fee: U256::ZERO,
        beneficiary: Address::ZERO,
        sold: U256::from(1),
        expiry: 0,
    };
    batch.push(&at(1, 1), &orphan);
    let error = writer.advance(onward(cursor, batch, 1)).await.expect_err("an orphan");
    assert!(error.to_string().contains("\"token\""), "{error}");
    assert_eq!(raw_logs(&database).await, 0);
    let mut batch = Batch::default();
    batch.push(&at(1, 0), &raw(0));
    let after = writer.advance(onward(cursor, batch, 1)).await.expect("the same writer goes on");
    assert_eq!((after.stored, after.projected), (block(1), block(1)));
    assert_eq!(raw_logs(&database).await, 1);
}

#[tokio::test]
async fn a_log_cannot_stand_twice() {
    let (database, mut writer, cursor) = begun().await;
    let mut batch = Batch::default();
    batch.push(&at(1, 0), &raw(0));
    batch.push(&at(1, 0), &raw(1));
    let error = writer.advance(onward(cursor, batch, 1)).await.expect_err("a double");
    assert!(error.to_string().contains("raw_log_pkey"), "{error}");
    assert_eq!(raw_logs(&database).await, 0);
}

#[tokio::test]
async fn headers_are_kept_from_the_newest_final_block_on() {
    let (database, mut writer, mut cursor) = begun().await;
    for number in [3, 6, 9, 12] {
        let passes = vec![pass(Batch::default(), block(number))];
        cursor = writer.advance(Advance::onward(cursor, passes, 0)).await.expect("committed");
    }
    writer.finalize(cursor, 7).await.expect("noted");
    let kept: Vec<i64> = sqlx::query_scalar("SELECT block_number FROM archive.header ORDER BY 1")
        .fetch_all(&mut connect(&database).await)
        .await
        .expect("headers");
    assert_eq!(kept, [6, 9, 12]);
    assert_eq!(writer.known_block(CHAIN, 8).await.expect("it answers"), Some(block(6)));
    assert_eq!(writer.known_block(CHAIN, 5).await.expect("it answers"), None);
}

/// How many indexes that find transactions are not there.
async fn lookups_missing(database: &TestDatabase) -> usize {
    lookup::missing(&mut connect(database).await).await.expect("it answers").len()
}

#[tokio::test]
async fn transactions_are_found_by_index_but_while_an_archive_is_filled() {
    let (database, mut writer, before) = begun().await;
    assert_eq!(lookups_missing(&database).await, 0);
    let ahead = writer.archive(before, Batch::default(), block(3)).await.expect("archived");
    assert_eq!(lookups_missing(&database).await, lookup::indexes().count());
    writer.archive(ahead, Batch::default(), block(5)).await.expect("archived");
    let options = database.url().parse().expect("an address");
    rebuild::rebuild(&options, rebuild::Why::Asked).await.expect("built");
    assert_eq!(lookups_missing(&database).await, lookup::indexes().count());
    settle::settle(&options, true).await.expect("settled");
    assert_eq!(lookups_missing(&database).await, 0);
}

/// As a crash leaves one.
#[tokio::test]
async fn an_index_that_was_left_unfinished_is_made_anew() {
    let (database, _writer, _) = begun().await;
    let broken =
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'archive.vault_transfer_by_tx'::regclass";
    sqlx::query(broken).execute(&mut connect(&database).await).await.expect("broken");
    assert_eq!(lookups_missing(&database).await, 1);
    settle::settle(&database.url().parse().expect("an address"), false).await.expect("settled");
    assert_eq!(lookups_missing(&database).await, 0);
}

#[tokio::test]
async fn they_stay_where_another_chain_writes_to_the_same_tables() {
    let (database, mut writer, before) = begun().await;
    let mut elsewhere = deployment(40);
    elsewhere.chain_id += 1;
    writer.begin(&elsewhere, block(0)).await.expect("another chain");
    writer.archive(before, Batch::default(), block(3)).await.expect("archived");
    assert_eq!(lookups_missing(&database).await, 0);
}

/// Else each statement would be planned for tables without a row, once and for as long as it is kept.
#[tokio::test]
async fn what_is_empty_is_not_sampled() {
    let (database, _writer, _) = begun().await;
    rebuild::rebuild(&database.url().parse().expect("an address"), rebuild::Why::Asked).await.expect("built");
    let sampled: Vec<String> = sqlx::query_scalar(
        "SELECT relname::text FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE nspname = 'market' AND relkind = 'r' AND reltuples >= 0",
    )
    .fetch_all(&mut connect(&database).await)
    .await
    .expect("tables");
    assert!(sampled.is_empty(), "{sampled:?}");
}
