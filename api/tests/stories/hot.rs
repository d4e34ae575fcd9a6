//! What is kept in memory, and when it is read anew.

use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::rows::{self, CHAIN, Listing};
use crate::stage::{Answer, Stage, send};

const RENAME: &str = "UPDATE market.listing SET kind = 2";

async fn get(router: &Router, path: &str) -> Answer {
    send(router, Request::get(path).body(Body::empty()).expect("a request")).await
}

async fn kind(router: &Router, path: &str) -> String {
    get(router, path).await.ok()["data"][0]["kind"].as_str().expect("a kind").to_owned()
}

async fn stage() -> (Stage, Router) {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    stage.curate().await;
    let router = stage.with_hot().await;
    (stage, router)
}

#[tokio::test]
async fn an_answer_is_kept_until_the_indexer_tells_of_a_commit() {
    let (stage, router) = stage().await;
    let path = "/v1/listings?limit=1";
    let before = kind(&router, path).await;
    stage.sql(RENAME).await;
    assert_eq!(kind(&router, path).await, before, "read anew without a reason");
    assert_ne!(kind(&router, "/v1/listings?limit=2").await, before, "another question is another answer");
    stage.sql("NOTIFY stoa, '31337:1'").await;
    let told = Instant::now();
    while kind(&router, path).await == before {
        assert!(told.elapsed() < Duration::from_secs(10), "the old answer stays");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn who_waits_for_a_block_is_never_answered_from_before_it() {
    let (stage, router) = stage().await;
    let before = kind(&router, "/v1/listings").await;
    stage.sql(RENAME).await;
    assert_eq!(kind(&router, "/v1/listings").await, before);
    assert_ne!(kind(&router, "/v1/listings?min_block=100").await, before);
}

#[tokio::test]
async fn who_has_it_already_is_told_so_from_memory() {
    let (stage, router) = stage().await;
    let first = get(&router, "/v1/listings").await;
    let tag = first.header("etag").expect("a tag").to_owned();
    stage.sql(RENAME).await;
    let request = Request::get("/v1/listings").header(header::IF_NONE_MATCH, &tag);
    let again = send(&router, request.body(Body::empty()).expect("a request")).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    assert_eq!(get(&router, "/v1/listings").await.body, first.body);
}

#[tokio::test]
async fn refusals_are_not_kept() {
    let (stage, router) = stage().await;
    assert_eq!(get(&router, "/v1/listings/31337-2").await.status, StatusCode::NOT_FOUND);
    Listing::new(2).insert(&stage.pool).await;
    stage.curate().await;
    assert_eq!(get(&router, "/v1/listings/31337-2").await.status, StatusCode::OK);
}
