//! Documents by their hash, requests by GET, and pages for people.

use axum::http::Request;
use serde_json::json;

use super::{data, stage};

const QUERY: &str = "{__typename}";
/// SHA-256 of it.
const HASH: &str = "ecf4edb46db40b5132295c0291d62fb65d6759a9eedfa4d5d612dd5ec54a6b38";

#[tokio::test]
async fn a_document_is_sent_once_and_named_by_its_hash_from_then_on() {
    let stage = stage().await;
    let named = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": HASH } } });
    let unknown = stage.post("/graphql", &named).await.ok();
    assert_eq!(unknown["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(unknown["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_NOT_FOUND");
    let mut whole = named.clone();
    whole["query"] = QUERY.into();
    assert_eq!(data(&stage.post("/graphql", &whole).await)["__typename"], "Query");
    assert_eq!(data(&stage.post("/graphql", &named).await)["__typename"], "Query");
    whole["query"] = "{ meta { chains { chainId } } }".into();
    let wrong = stage.post("/graphql", &whole).await;
    assert_eq!(wrong.status, 400);
    assert_eq!(wrong.json()["errors"][0]["extensions"]["code"], "PERSISTED_QUERY_MISMATCH");
}

#[tokio::test]
async fn questions_may_stand_in_the_address() {
    let stage = stage().await;
    let answer =
        stage.get("/graphql?query=query($n:Int){listings(first:$n){nodes{id}}}&variables={%22n%22:1}").await;
    assert_eq!(data(&answer)["listings"]["nodes"].as_array().map(Vec::len), Some(1));
    for bad in [
        "/graphql",
        "/graphql?query={a",
        "/graphql?colour=red&query={__typename}",
        "/graphql?query=%7B&variables=7",
    ] {
        assert_eq!(stage.get(bad).await.status, 400, "{bad}");
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused() {
    let stage = stage().await;
    for body in [
        json!([]),
        json!(7),
        json!({ "query": 7 }),
        json!([{ "query": QUERY }]),
        json!({ "query": QUERY, "variables": [] }),
    ] {
        let answer = stage.post("/graphql", &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "INVALID_REQUEST");
    }
    assert_eq!(stage.send(Request::post("/graphql").header("content-type", "text/plain")).await.status, 400);
    let large = json!({ "query": format!("{{ __typename }} # {}", "x".repeat(70_000)) });
    assert!([400, 413].contains(&stage.post("/graphql", &large).await.status.as_u16()));
}

#[tokio::test]
async fn browsers_get_the_explorer_and_the_documentation() {
    let stage = stage().await;
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["index", "graphql", "docs"] {
        std::fs::write(folder.path().join(format!("{name}.html")), name).expect("a file");
    }
    let router = stage.with_web(folder.path().to_owned());
    for (path, page) in [("/graphql", "graphql"), ("/docs", "docs")] {
        let request = Request::get(path).header("accept", "text/html,*/*").body(axum::body::Body::empty());
        let answer = crate::stage::send(&router, request.expect("a request")).await;
        assert_eq!(answer.text(), page);
        let policy = answer.header("content-security-policy").expect("a policy");
        assert!(policy.contains("script-src 'self';") && policy.contains("default-src 'none'"), "{policy}");
    }
}
