use axum::http::StatusCode;
use sqlx::{Connection as _, PgConnection};
use stoa_schema::{archive, market};

use crate::rows::{self, CHAIN};
use crate::stage::{Stage, router};

const ROUTES: [&str; 4] = ["/v1/status", "/v1/listings", "/v1/listings/31337-1", "/v1/purchases"];

async fn not_ready(stage: &Stage, sentence: &str) {
    assert_eq!(stage.get("/live").await.status, StatusCode::OK);
    let ready = stage.get("/ready").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.text().contains(sentence), "{}", ready.text());
    for route in ROUTES {
        let answer = stage.get(route).await;
        let problem = answer.problem(503);
        assert!(problem["detail"].as_str().expect("text").contains(sentence), "{problem}");
        assert!(answer.header("retry-after").is_some(), "{route}");
    }
}

#[tokio::test]
async fn before_each_step_of_the_indexer_the_api_waits_and_says_so() {
    let stage = Stage::bare().await;
    not_ready(&stage, "Start stoa-indexer on the same database").await;

    let mut indexer = PgConnection::connect(stage.database.url()).await.expect("a connection");
    archive::migrate(&mut indexer).await.expect("the archive");
    not_ready(&stage, "Start stoa-indexer on the same database").await;

    market::create(&mut indexer).await.expect("the market");
    not_ready(&stage, "Start stoa-indexer on the same database").await;

    rows::chain(&stage.pool, CHAIN).await;
    let waiting = stage.get("/v1/listings").await.problem(503);
    assert!(waiting["detail"].as_str().expect("text").contains("its own tables"), "{waiting}");
    stoa_api::migrate::migrate(&mut indexer).await.expect("what the server does when it starts");
    assert_eq!(stage.get("/ready").await.status, StatusCode::OK);
    for route in ["/v1/status", "/v1/listings", "/v1/purchases"] {
        assert_eq!(stage.get(route).await.status, StatusCode::OK, "{route}");
    }
}

#[tokio::test]
async fn an_archive_of_another_version_is_not_read() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    stage.sql("UPDATE archive.migration SET version = version + 1000").await;
    not_ready(&stage, "Run the stoa-api that belongs to the indexer").await;
    stage.sql("UPDATE archive.migration SET version = version - 1000").await;
    assert_eq!(stage.get("/ready").await.status, StatusCode::OK);
    stage
        .sql("DELETE FROM archive.migration WHERE version = (SELECT max(version) FROM archive.migration)")
        .await;
    not_ready(&stage, "Start the stoa-indexer of the same version").await;
}

#[tokio::test]
async fn projections_of_another_shape_are_not_read() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    stage.sql("ALTER TABLE market.purchase RENAME COLUMN fee TO toll").await;
    let problem = stage.get("/v1/purchases").await.problem(503);
    assert!(problem["detail"].as_str().expect("text").contains("of the same version"), "{problem}");
}

#[tokio::test]
async fn a_database_that_is_gone_is_told_without_its_address() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    let served = router(&stage.database, "/nonexistent".into(), 2);
    let ask = async |path: &str| {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).expect("a request");
        crate::stage::send(&served, request).await
    };
    ask("/v1/status").await.ok();
    let name = stage.database.url().rsplit('/').next().expect("a name").to_owned();
    drop(stage);
    let answer = ask("/v1/status").await;
    answer.problem(503);
    assert!(!answer.text().contains(&name), "{}", answer.text());
    let ready = ask("/ready").await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(ready.text().contains("does not answer"), "{}", ready.text());
    assert_eq!(ask("/live").await.status, StatusCode::OK);
}
