//! A writer that is stopped in the middle of a transaction, and wakes when another one writes.

use std::time::{Duration, Instant};

use sqlx::{Connection as _, PgConnection};

use super::ground::{Ground, log, pause, said, said_more};

/// Waits until the indexer has rows to write and cannot: this test holds a lock that it needs.
async fn waits_for_lock(url: &str) {
    let waits = "SELECT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stoa-indexer'
        AND wait_event_type = 'Lock' AND query LIKE '%market.balance%')";
    let mut watcher = PgConnection::connect(url).await.expect("a connection");
    while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut watcher).await.expect("it answers") {
        pause().await;
    }
}

#[tokio::test]
async fn a_writer_that_wakes_behind_another_writes_nothing_and_stands_by() {
    let mut ground = Ground::start(2, 40).await;
    let database = ground.database().await;
    let url = database.url();
    let patient = ["--takeover-after", "4"];
    let first = ground.indexer(url, "first", &patient);
    ground.followed(url).await;
    let standby = ground.indexer(url, "standby", &patient);
    said(&standby, "standing by").await;
    // For several of its looks: a writer that lives is left alone.
    let looked = Instant::now();
    while looked.elapsed() < Duration::from_millis(1_500) {
        ground.world.grow(1);
        ground.followed(url).await;
    }
    assert!(!log(&first).contains("starting over"), "{}", log(&first));
    assert!(!log(&standby).contains("committed"), "{}", log(&standby));
    // In the middle of a transaction: rows are copied, the cursor is locked.
    let mut holder = PgConnection::connect(url).await.expect("a connection");
    let mut lock = holder.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE market.balance IN SHARE MODE").execute(&mut *lock).await.expect("the lock");
    ground.world.grow(10);
    waits_for_lock(url).await;
    first.signal("STOP");
    said(&standby, "ended the connection of a silent writer").await;
    lock.rollback().await.expect("released");
    ground.followed(url).await;
    said(&standby, "committed").await;
    let committed = log(&first).matches("committed").count();
    first.signal("CONT");
    // It says what happened, and that it stands by.
    said(&first, "starting over").await;
    said(&first, "standing by").await;
    ground.world.grow(5);
    ground.followed(url).await;
    assert_eq!(log(&first).matches("committed").count(), committed, "what it held was not written");
    // And is of use again once the other is gone.
    standby.signal("KILL");
    standby.wait().await;
    ground.world.grow(5);
    ground.followed(url).await;
    said_more(&first, "committed", committed + 1).await;
    ground.compare(url).await;
}
