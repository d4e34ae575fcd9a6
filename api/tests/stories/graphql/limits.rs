//! What costs too much is refused before any SQL is run: these servers have no database.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::stage::{send, with_content};

async fn refused(router: &Router, query: &str, variables: Value) -> String {
    let body = json!({ "query": query, "variables": variables }).to_string();
    let request = Request::post("/graphql").header("content-type", "application/json").body(Body::from(body));
    let answer = send(router, request.expect("a request")).await;
    assert_eq!(answer.status, 400, "{query:.200}: {}", answer.text());
    let error = answer.json()["errors"][0].take();
    assert_eq!(error["extensions"]["code"], "TOO_COSTLY", "{query:.200}: {error}");
    assert!(error["extensions"]["read"].as_u64() > error["extensions"]["allowed"].as_u64(), "{error}");
    error["extensions"]["limit"].as_str().expect("a limit").to_owned()
}

#[tokio::test]
async fn each_limit_is_told_with_what_was_read_and_what_is_allowed() {
    let router = with_content("/nonexistent".into());
    let nested = |depth: usize| {
        let inside = "children(first: 1) { nodes { listing { ".repeat(depth);
        format!("{{ listing(id: \"1-1\") {{ {inside} id {} }} }}", "} } }".repeat(depth))
    };
    let aliases: String = (0..51).map(|n| format!("a{n}: sales ")).collect();
    let roots = "meta { __typename } ".repeat(21);
    let family = "{ listings(first: $n) { nodes { children(first: 100) { nodes { listing { plans(first: 100) { nodes { id } } } } } } } }";
    let pages = format!("query($n: Int = 100) {family}");
    let spreads: String =
        (0..11).map(|n| format!("fragment f{n} on Listing {{ ...f{0} ...f{0} ...f{0} }}", n + 1)).collect();
    let bomb =
        format!("{{ listing(id: \"1-1\") {{ ...f0 }} }} {spreads} fragment f11 on Listing {{ __typename }}");
    let circle = "{ ...a } fragment a on Query { ...a }";
    let schema = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    for (query, words) in [
        (nested(4), "fields inside of fields"),
        (format!("{{ market {{ {aliases} }} }}"), "aliases"),
        (format!("{{ {roots} }}"), "fields of the root"),
        (pages, "values of the answer"),
        (bomb, "selections"),
        (circle.to_owned(), "fragments inside of fragments"),
        (schema.to_owned(), "lists of the schema"),
        (format!("{{ a(b: {}{}) }}", "[".repeat(9_000), "]".repeat(9_000)), "brackets"),
        ("{ __typename }".repeat(4_000), "length of the document"),
    ] {
        let limit = refused(&router, &query, json!({})).await;
        assert!(limit.starts_with(words), "{query:.200}: {limit}");
    }
    let limit = refused(&router, &format!("query($n: Int) {family}"), json!({ "n": 100 })).await;
    assert!(limit.starts_with("values of the answer"), "{limit}");
}
