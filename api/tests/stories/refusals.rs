use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};

use crate::rows::{self, CHAIN};
use crate::stage::{Stage, router, send, until, within};

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    stage
}

const ADDRESS: &str = "an address: `0x` and 40 hexadecimal digits";
const ACCOUNT: &str = "accounts/0x0202020202020202020202020202020202020202";
const NUMBER: &str = "a whole number from 1 to 100";
const CHAINS: &str = "a chain id or its CAIP-2 form";
const CURSOR: &str = "the `next` of an earlier answer, unchanged";

#[tokio::test]
async fn each_bad_value_names_the_parameter_what_was_read_and_what_is_allowed() {
    let stage = stage().await;
    let own = [
        ("listings", "kind", "Model", "one of `model`, `dataset`, `compute`, `agent`, `service`"),
        ("listings", "kind", "", "one of `model`"),
        ("listings", "status", "0", "one of `active`, `paused`, `retired`"),
        ("listings", "owner", "vitalik.eth", ADDRESS),
        ("listings", "owner", "0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266", ADDRESS),
        ("purchases", "listing", "1", "an id of the form `{chainId}-{n}`"),
        ("purchases", "payer", "0x", ADDRESS),
        ("purchases", "recipient", "0x00", ADDRESS),
        ("purchases", "account", "0xzz", ADDRESS),
        ("staking", "chain", "mainnet", CHAINS),
        ("staking", "chain", "5", "a chain that is served here: `31337`"),
        (ACCOUNT, "chain", "", CHAINS),
        (ACCOUNT, "chain", "5", "a chain that is served here: `31337`"),
    ];
    let shared = ["listings", "purchases"].into_iter().flat_map(|route| {
        [
            (route, "chain", "mainnet", CHAINS),
            (route, "chain", "0", CHAINS),
            (route, "chain", "eip155:", CHAINS),
            (route, "chain", "9223372036854775808", CHAINS),
            (route, "chain", "5", "a chain that is served here: `31337`"),
            (route, "sort", "price", "one of `newest`, `oldest`"),
            (route, "limit", "0", NUMBER),
            (route, "limit", "101", NUMBER),
            (route, "limit", "-1", NUMBER),
            (route, "limit", "ten", NUMBER),
            (route, "cursor", "", CURSOR),
            (route, "cursor", "AAAA", CURSOR),
            (route, "cursor", "not base64!", CURSOR),
        ]
    });
    for (route, name, value, allowed) in own.into_iter().chain(shared) {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        let problem = stage.get(&format!("/v1/{route}?{query}")).await.problem(400);
        assert_eq!(problem["parameter"], name, "{problem}");
        let detail = problem["detail"].as_str().expect("text");
        assert!(detail.starts_with(&format!("`{name}` was `{value}`; expected {allowed}")), "{detail}");
    }
}

#[tokio::test]
async fn unknown_and_repeated_parameters_are_refused_everywhere() {
    let stage = stage().await;
    let routes = [
        ("/v1/status", "none"),
        (
            "/v1/listings",
            "q, ids, chain, kind, status, owner, provider, parent, tag, task, sector, modality, resource_class, \
             framework, licence, token, price_min, price_max, free, sort, total, facets, limit, cursor",
        ),
        ("/v1/listings/31337-1/ancestors", "limit, cursor"),
        ("/v1/listings/31337-1/descendants", "limit, cursor"),
        ("/v1/listings/31337-1/flow", "limit, cursor"),
        ("/v1/access", "listing, account"),
        ("/v1/listings/31337-1", "none"),
        ("/v1/purchases", "chain, listing, payer, recipient, account, sort, limit, cursor"),
        ("/v1/staking", "chain"),
        ("/v1/stream", "topics, chain, level, after"),
        ("/v1/live", "topics, chain, level, after"),
        ("/v1/accounts/0x0202020202020202020202020202020202020202", "chain"),
        (
            "/v1/events",
            "chain, contract, event, account, listing, tx, from_block, to_block, sort, limit, cursor",
        ),
        ("/v1/transactions/0x88df016429689c079f3b2f6ad39fa052532c56795b733da78a91ebe6a713944b", "chain"),
        ("/v1/export", "none"),
        ("/v1/export/purchases.csv", "chain, block, after, rows"),
        ("/v1/export/purchases/manifest", "chain, block, after, rows, format"),
        ("/v1/sql", "none"),
        ("/v1/openapi.json", "none"),
    ];
    for (route, known) in routes {
        let problem = stage.get(&format!("{route}?colour=red")).await.problem(400);
        assert_eq!(problem["parameter"], "colour");
        assert_eq!(problem["detail"], format!("`colour` is not a parameter here. Known are: {known}."));
        let problem = stage.get(&format!("{route}?limit=1&limit=1")).await.problem(400);
        assert_eq!(problem["detail"], "`limit` was given more than once; give it once.");
    }
}

#[tokio::test]
async fn an_account_is_an_address() {
    let stage = stage().await;
    for text in ["0x", "vitalik.eth", "0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266", "%00", "%ff", "31337-1"] {
        let problem = stage.get(&format!("/v1/accounts/{text}")).await.problem(400);
        assert_eq!(problem["parameter"], "address", "{text}");
        assert!(problem["detail"].as_str().expect("text").contains(ADDRESS), "{problem}");
    }
}

#[tokio::test]
async fn the_parameters_are_those_of_the_document() {
    let stage = stage().await;
    let document = stage.get("/v1/openapi.json").await.ok();
    for route in ["/v1/listings", "/v1/purchases", "/v1/staking", "/v1/events"] {
        let parameters = document["paths"][route]["get"]["parameters"].as_array().expect("parameters");
        // `min_block` is taken before the route sees the request.
        let names = parameters.iter().filter_map(|parameter| parameter["name"].as_str());
        let names: Vec<&str> = names.filter(|name| *name != "min_block").collect();
        let problem = stage.get(&format!("{route}?x=1")).await.problem(400);
        assert_eq!(
            problem["detail"],
            format!("`x` is not a parameter here. Known are: {}.", names.join(", "))
        );
    }
}

#[tokio::test]
async fn unknown_addresses_are_told_where_to_look() {
    let stage = stage().await;
    for path in [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/listings/",
        "/v1/listings/31337-1/x",
        "/v1/%00",
        "/v1/status/",
        "/v1/accounts",
    ] {
        let problem = stage.get(path).await.problem(404);
        assert!(problem["detail"].as_str().expect("text").contains("/v1/openapi.json"), "{path}: {problem}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_what_is_allowed() {
    let stage = stage().await;
    for route in [
        "status",
        "listings",
        "listings/31337-1",
        "purchases",
        "staking",
        ACCOUNT,
        "stream",
        "live",
        "openapi.json",
    ] {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let answer = stage.send(Request::builder().method(&method).uri(format!("/v1/{route}"))).await;
            let problem = answer.problem(405);
            assert_eq!(answer.header("allow"), Some("GET,HEAD"), "{method} {route}");
            assert!(problem["detail"].as_str().expect("text").contains(method.as_str()), "{problem}");
        }
    }
}

#[tokio::test]
async fn a_large_body_is_refused() {
    let stage = stage().await;
    let router = router(&stage.database, "/nonexistent".into(), 1);
    let request = Request::get("/v1/listings")
        .header("content-length", 1_000_000)
        .body(Body::from(vec![0; 1_000_000]))
        .expect("a request");
    let problem = send(&router, request).await.problem(413);
    assert!(problem["detail"].as_str().expect("text").contains("send none"), "{problem}");
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_put_off() {
    let stage = stage().await;
    let mut holder = stage.pool.begin().await.expect("a transaction");
    sqlx::raw_sql("LOCK TABLE market.purchase IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *holder)
        .await
        .expect("a lock");
    let answer = stage.get("/v1/purchases").await;
    answer.problem(503);
    assert!(answer.header("retry-after").is_some());
    holder.rollback().await.expect("released");
    assert_eq!(stage.get("/v1/purchases").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let stage = stage().await;
    // Shorter than the wait for a lock, so that it is the request's own limit that ends it.
    let router = within(&stage.database, "/nonexistent".into(), 1, Duration::from_millis(150));
    let ask =
        async || send(&router, Request::get("/v1/purchases").body(Body::empty()).expect("a request")).await;
    let mut holder = stage.pool.begin().await.expect("a transaction");
    sqlx::raw_sql("LOCK TABLE market.purchase IN ACCESS EXCLUSIVE MODE")
        .execute(&mut *holder)
        .await
        .expect("a lock");
    let answer = ask().await;
    let problem = answer.problem(503);
    assert_eq!(problem["type"], "urn:stoa:problem:busy");
    holder.rollback().await.expect("released");
    // The connection that was waiting is of use again.
    until(async || ask().await.status == StatusCode::OK).await;
}
