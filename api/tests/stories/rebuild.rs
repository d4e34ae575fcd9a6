//! The indexer drops and remakes the projections under a running API.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use sqlx::{Connection as _, PgConnection};
use stoa_schema::market;

use crate::rows::{self, CHAIN, Listing, Plan, Purchase};
use crate::stage::{Stage, router, send};

const ROUTES: [&str; 3] = ["/v1/listings", "/v1/listings/31337-1", "/v1/purchases"];

async fn fill(stage: &Stage) {
    Listing::new(1).insert(&stage.pool).await;
    Plan::new(1, 1, 5).insert(&stage.pool).await;
    Purchase::new(20, 1).insert(&stage.pool).await;
}

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    fill(&stage).await;
    stage
}

#[tokio::test]
async fn prepared_statements_survive_a_rebuild() {
    let stage = stage().await;
    // One connection, so that it is the one whose statements are stale.
    let router = router(&stage.database, "/nonexistent".into(), 1);
    let ask =
        async |path: &str| send(&router, Request::get(path).body(Body::empty()).expect("a request")).await;
    for route in ROUTES {
        ask(route).await.ok();
    }
    let mut indexer = PgConnection::connect(stage.database.url()).await.expect("a connection");
    market::create(&mut indexer).await.expect("a rebuild");
    fill(&stage).await;
    for route in ROUTES {
        ask(route).await.ok();
    }
}

#[tokio::test]
async fn a_column_of_another_type_is_planned_anew() {
    let stage = stage().await;
    let router = router(&stage.database, "/nonexistent".into(), 1);
    let ask =
        async |path: &str| send(&router, Request::get(path).body(Body::empty()).expect("a request")).await;
    for route in ROUTES {
        ask(route).await.ok();
    }
    // Postgres then says "cached plan must not change result type".
    stage.sql("DROP VIEW market.listings, market.tokens, market.purchases, market.listing_revenue, market.balances").await;
    stage.sql("ALTER TABLE market.listing ALTER COLUMN licence TYPE varchar(99)").await;
    stage.sql("ALTER TABLE market.token ALTER COLUMN symbol TYPE varchar(99)").await;
    for route in ROUTES {
        ask(route).await.ok();
    }
}

#[tokio::test]
async fn without_its_tables_the_api_waits_and_comes_back() {
    let stage = stage().await;
    stage.get("/v1/listings").await.ok();
    stage.sql("DROP SCHEMA market CASCADE").await;
    for route in ROUTES {
        stage.get(route).await.problem(503);
    }
    let mut indexer = PgConnection::connect(stage.database.url()).await.expect("a connection");
    market::create(&mut indexer).await.expect("a rebuild");
    fill(&stage).await;
    for route in ROUTES {
        stage.get(route).await.ok();
    }
}

/// A rebuild that makes and fills the tables in one transaction: no reader may see them empty, and the rebuild
/// itself never loses against readers.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_sees_a_rebuild_half_done() {
    let stage = stage().await;
    let rebuilt = AtomicBool::new(false);
    let rebuild = async {
        let mut indexer = PgConnection::connect(stage.database.url()).await.expect("a connection");
        for _ in 0..15 {
            let mut transaction = indexer.begin().await.expect("a transaction");
            sqlx::raw_sql("CREATE TEMP TABLE IF NOT EXISTS kept AS SELECT * FROM market.listing")
                .execute(&mut *transaction)
                .await
                .expect("a copy");
            market::create(&mut transaction).await.expect("a rebuild is never the one that gives way");
            sqlx::raw_sql("INSERT INTO market.listing SELECT * FROM kept")
                .execute(&mut *transaction)
                .await
                .expect("the rows");
            transaction.commit().await.expect("a rebuild is never the one that gives way");
        }
        rebuilt.store(true, Ordering::SeqCst);
    };
    let read = async || {
        let mut whole = 0;
        while !rebuilt.load(Ordering::SeqCst) {
            let answer = stage.get("/v1/listings").await;
            if answer.status == StatusCode::OK {
                assert_eq!(answer.json()["data"][0]["id"], "31337-1", "never empty");
                whole += 1;
            } else {
                answer.problem(503);
            }
        }
        whole
    };
    let ((), first, second, third) = tokio::join!(rebuild, read(), read(), read());
    assert!(first + second + third > 0, "readers were answered meanwhile");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_and_block_are_of_one_instant() {
    let stage = stage().await;
    const ENOUGH: usize = 5;
    let (blocks_seen, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    // Each step adds one purchase and moves the cursor by one block, in one transaction.
    let write = async {
        for block in 101_i64.. {
            if blocks_seen.load(Ordering::SeqCst) >= ENOUGH {
                break;
            }
            let mut transaction = stage.pool.begin().await.expect("a transaction");
            sqlx::query("UPDATE archive.cursor SET projected_block = $1, stored_block = $1")
                .bind(block)
                .execute(&mut *transaction)
                .await
                .expect("the cursor");
            sqlx::query("UPDATE market.listing SET purchases = $1")
                .bind(block)
                .execute(&mut *transaction)
                .await
                .expect("the listing");
            transaction.commit().await.expect("a commit");
        }
        done.store(true, Ordering::SeqCst);
    };
    let read = async {
        let mut seen = std::collections::BTreeSet::new();
        while !done.load(Ordering::SeqCst) {
            let answer = stage.get("/v1/listings/31337-1").await.ok();
            let block = answer["meta"]["chains"][0]["block_number"].as_i64().expect("a block");
            if block > 100 {
                assert_eq!(answer["data"]["sales"], block.to_string());
            }
            seen.insert(block);
            blocks_seen.store(seen.len(), Ordering::SeqCst);
        }
    };
    tokio::join!(write, read);
}
