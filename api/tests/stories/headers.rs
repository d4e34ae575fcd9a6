use axum::http::{Method, Request, StatusCode};

use crate::rows::{self, CHAIN, Listing};
use crate::stage::Stage;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    stage
}

#[tokio::test]
async fn one_chain_is_told_in_headers() {
    let stage = stage().await;
    for path in ["/v1/status", "/v1/listings", "/v1/listings/31337-1", "/v1/purchases"] {
        let answer = stage.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("stoa-block"), Some("100"), "{path}");
        let hash = "0xabababababababababababababababababababababababababababababababab";
        assert_eq!(answer.header("stoa-block-hash"), Some(hash), "{path}");
        assert_eq!(answer.header("stoa-finalized-block"), Some("40"), "{path}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-cache"), "{path}");
    }
    rows::chain(&stage.pool, 1).await;
    assert_eq!(stage.get("/v1/listings").await.header("stoa-block"), None, "two chains");
    assert_eq!(stage.get("/v1/listings?chain=31337").await.header("stoa-block"), Some("100"));
}

#[tokio::test]
async fn unchanged_data_is_not_sent_again_though_the_block_moves_on() {
    let stage = stage().await;
    let first = stage.get("/v1/listings").await;
    let tag = first.header("etag").expect("a tag").to_owned();
    stage.sql("UPDATE archive.cursor SET projected_block = 99").await;

    let again = stage.send(Request::get("/v1/listings").header("if-none-match", &tag)).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    assert_eq!(again.header("etag"), Some(&*tag));
    assert_eq!(again.header("stoa-block"), Some("99"), "the header is of now");

    stage.sql("UPDATE market.listing SET status = 1").await;
    let changed = stage.send(Request::get("/v1/listings").header("if-none-match", &tag)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(changed.header("etag"), Some(&*tag));
}

#[tokio::test]
async fn any_page_may_read_and_see_the_headers() {
    let stage = stage().await;
    let request = Request::get("/v1/listings").header("origin", "https://elsewhere.example");
    let answer = stage.send(request).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let exposed = answer.header("access-control-expose-headers").expect("told").to_lowercase();
    for name in ["etag", "stoa-block", "stoa-block-hash", "stoa-finalized-block", "retry-after"] {
        assert!(exposed.split(',').any(|exposed| exposed == name), "{name} in {exposed}");
    }
    let preflight = Request::builder()
        .method(Method::OPTIONS)
        .uri("/v1/listings")
        .header("origin", "https://elsewhere.example")
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "if-none-match");
    let answer = stage.send(preflight).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET,HEAD"));
    let problem =
        stage.send(Request::get("/v1/listings?limit=0").header("origin", "https://elsewhere.example")).await;
    problem.problem(400);
    assert_eq!(
        problem.header("access-control-allow-origin"),
        Some("*"),
        "a page may read why it was refused"
    );
}

#[tokio::test]
async fn answers_are_compressed_as_asked() {
    let stage = stage().await;
    let plain = stage.get("/v1/openapi.json").await;
    assert_eq!(plain.header("content-encoding"), None);
    for encoding in ["gzip", "zstd"] {
        let answer = stage.send(Request::get("/v1/openapi.json").header("accept-encoding", encoding)).await;
        assert_eq!(answer.header("content-encoding"), Some(encoding));
        assert!(answer.body.len() * 3 < plain.body.len(), "{encoding}: {}", answer.body.len());
    }
}

#[tokio::test]
async fn a_head_request_has_the_headers_and_no_body() {
    let stage = stage().await;
    let get = stage.get("/v1/listings").await;
    let head = stage.send(Request::head("/v1/listings")).await;
    assert_eq!(head.status, StatusCode::OK);
    assert!(head.body.is_empty());
    assert_eq!(head.header("etag"), get.header("etag"));
}

#[tokio::test]
async fn the_served_document_is_the_committed_one() {
    let stage = Stage::bare().await;
    let answer = stage.get("/v1/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK, "it needs no database");
    assert_eq!(answer.text(), include_str!("../../openapi.json"));
}
