//! Postgres ends at once, as in a crash, and comes back.

use std::time::Duration;

use stoa_tests::paper::Options;

use super::ground::{Ground, Postgres, ended, log, said_more};

const CRASHES: usize = 3;

#[tokio::test]
async fn following_goes_on_after_postgres_crashed() {
    let mut ground = Ground::start(3, 60).await;
    let mut postgres = Postgres::start().await;
    let url = postgres.url.clone();
    let indexer = ground.indexer(&url, "following", &[]);
    ground.followed(&url).await;
    for crash in 1..=CRASHES {
        let committed = log(&indexer).matches("committed").count();
        ground.world.grow(30);
        // Somewhere among them.
        said_more(&indexer, "committed", committed + 1).await;
        postgres = postgres.crash().await;
        said_more(&indexer, "starting over", crash).await;
        ground.followed(&url).await;
    }
    ground.compare(&url).await;
    indexer.stop().await;
}

#[tokio::test]
async fn filling_goes_on_after_postgres_crashed() {
    let ground = Ground::start(4, 600).await;
    let mut postgres = Postgres::start().await;
    let url = postgres.url.clone();
    // A node that takes its time: the archive is not full before Postgres has crashed.
    ground.node.wire().set_options(Options { round_trip: Duration::from_millis(40), ..Options::default() });
    let indexer = ground.filler(&url, "filling", 4);
    for crash in 1..=CRASHES {
        said_more(&indexer, "engine::archive: archived", 8 * crash).await;
        postgres = postgres.crash().await;
        said_more(&indexer, "starting over", crash).await;
    }
    // And once while the projections are built.
    said_more(&indexer, "building the projections from the archive", 1).await;
    let postgres = postgres.crash().await;
    ended(&indexer).await;
    ground.compare(&url).await;
    drop(postgres);
}
