use serde_json::{Value, json};
use stoa_schema::types::Uint;

use crate::rows::{self, CHAIN, Listing, Plan, address};
use crate::stage::Stage;

const NAMED: &str = r#"data:application/json,{"name":"A model","description":"Does things","tags":["text"]}"#;

async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    stage
}

#[tokio::test]
async fn a_listing_is_shown_whole() {
    let stage = stage().await;
    Listing::new(1).insert(&stage.pool).await;
    Listing { uri: NAMED.to_owned(), kind: 3, ..Listing::new(2) }.insert(&stage.pool).await;
    rows::parent(&stage.pool, 2, 1, 700).await;
    rows::token(&stage.pool, CHAIN, address(0x77), "USDX", 6).await;
    Plan::new(3, 2, 1_000_000).insert(&stage.pool).await;

    let answer = stage.get("/v1/listings?limit=1").await.ok();
    assert_eq!(
        answer["data"],
        json!([{
            "id": "31337-2",
            "chain_id": 31337,
            "kind": "agent",
            "status": "active",
            "owner": "0x0101010101010101010101010101010101010101",
            "creator": "0x0C0c0C0c0c0c0c0c0c0c0C0C0C0c0c0C0c0c0c0c",
            "uri": NAMED,
            "metadata": {
                "status": "ok", "reason": null, "checked_at": null, "verified": true,
                "name": "A model", "description": "Does things", "tags": ["text"], "task": null, "sector": null,
                "input": [], "output": [], "resource_class": null, "framework": null, "licence": null,
                "context_window": null,
            },
            "licence": "MIT",
            "derivatives_allowed": true,
            "derivative_bps": 500,
            "royalty_receiver": "0x0C0c0C0c0c0c0c0c0c0c0C0C0C0c0c0C0c0c0c0c",
            "royalty_bps": 250,
            "version": 1,
            "content_hash": "0xcccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
            "created_at": "2026-11-22T15:00:24Z",
            "created_block": 12,
            "sales": "12",
            "buyers": 5,
            "plan_count": 2,
            "cheapest_plan": {
                "id": "31337-3",
                "amount": "1000000",
                "token": {
                    "address": "0x7777777777777777777777777777777777777777",
                    "symbol": "USDX",
                    "name": "USDX token",
                    "decimals": 6,
                },
            },
            "parents": [{"id": "31337-1", "bps": 700}],
            "grade": null,
        }])
    );
    assert!(answer["next"].is_string(), "there is another page");
    assert_eq!(answer["meta"]["chains"][0]["block_number"], 100);
}

#[tokio::test]
async fn an_empty_collection_is_an_answer() {
    let stage = stage().await;
    let answer = stage.get("/v1/listings").await.ok();
    assert_eq!((&answer["data"], &answer["next"]), (&json!([]), &Value::Null));
}

#[tokio::test]
async fn every_filter_narrows_and_they_combine() {
    let stage = stage().await;
    rows::chain(&stage.pool, 1).await;
    for (listing, kind, status, owner) in
        [(1, 0, 0, 1), (2, 1, 0, 1), (3, 2, 1, 2), (4, 3, 2, 2), (5, 4, 0, 2)]
    {
        Listing { kind, status, owner: address(owner), ..Listing::new(listing) }.insert(&stage.pool).await;
    }
    Listing { chain_id: 1, created_block: 90, ..Listing::new(1) }.insert(&stage.pool).await;

    let second = address(2).to_string();
    let cases: &[(&str, &[&str])] = &[
        ("", &["1-1", "31337-5", "31337-4", "31337-3", "31337-2", "31337-1"]),
        ("?sort=newest", &["1-1", "31337-5", "31337-4", "31337-3", "31337-2", "31337-1"]),
        ("?sort=oldest", &["31337-1", "31337-2", "31337-3", "31337-4", "31337-5", "1-1"]),
        ("?chain=1", &["1-1"]),
        ("?chain=eip155:31337&sort=oldest&limit=2", &["31337-1", "31337-2"]),
        ("?kind=model", &["1-1", "31337-1"]),
        ("?kind=dataset", &["31337-2"]),
        ("?kind=compute", &["31337-3"]),
        ("?kind=agent", &["31337-4"]),
        ("?kind=service", &["31337-5"]),
        ("?status=active&chain=31337", &["31337-5", "31337-2", "31337-1"]),
        ("?status=paused", &["31337-3"]),
        ("?status=retired", &["31337-4"]),
        (&format!("?owner={second}"), &["31337-5", "31337-4", "31337-3"]),
        (&format!("?owner={}&status=active", second.to_lowercase()), &["31337-5"]),
        ("?kind=model&status=retired", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(stage.ids(&format!("/v1/listings{query}")).await, *expected, "{query}");
    }
}

#[tokio::test]
async fn the_cheapest_plan_is_one_that_can_be_bought_in_the_only_token() {
    let stage = stage().await;
    let other = address(0x88);
    for listing in 1..=5 {
        Listing::new(listing).insert(&stage.pool).await;
    }
    let full = Uint::from(3);
    for plan in [
        // 1: the lower price of two.
        Plan::new(1, 1, 9),
        Plan::new(2, 1, 7),
        // 2: the cheaper ones are paused and sold out.
        Plan { paused: true, ..Plan::new(3, 2, 1) },
        Plan { cap: full, sold: full, ..Plan::new(4, 2, 2) },
        Plan { cap: Uint::from(4), sold: full, ..Plan::new(5, 2, 3) },
        // 3: two tokens.
        Plan::new(6, 3, 1),
        Plan { token: other, ..Plan::new(7, 3, 2) },
        // 4: the other token's plan is paused; a free plan is the cheapest.
        Plan::new(8, 4, 0),
        Plan { token: other, paused: true, ..Plan::new(9, 4, 2) },
    ] {
        plan.insert(&stage.pool).await;
    }
    let data = stage.data("/v1/listings?sort=oldest").await;
    let cheapest: Vec<Value> = (0..5).map(|at| data[at]["cheapest_plan"]["id"].clone()).collect();
    assert_eq!(json!(cheapest), json!(["31337-2", "31337-5", null, "31337-8", null]));
    assert_eq!(data[3]["cheapest_plan"]["amount"], "0");
    let undescribed = &data[0]["cheapest_plan"]["token"];
    assert_eq!(undescribed["symbol"], Value::Null, "a token that was never described");
    assert_eq!(undescribed["decimals"], Value::Null);
}

#[tokio::test]
async fn metadata_is_read_from_the_uri_or_not_at_all() {
    let stage = stage().await;
    let huge = format!("data:application/json,{{\"name\":\"{}\"}}", "x".repeat(80_000));
    for (listing, uri) in
        [(1, "https://example.org/1.json"), (2, "data:application/json,{"), (3, &*huge), (4, NAMED)]
    {
        Listing { uri: uri.to_owned(), ..Listing::new(listing) }.insert(&stage.pool).await;
    }
    let data = stage.data("/v1/listings?sort=oldest").await;
    let names: Vec<&Value> = (0..4).map(|at| &data[at]["metadata"]).collect();
    let read = |at: usize| (names[at]["status"].as_str(), &names[at]["name"]);
    assert_eq!(read(0), (Some("pending"), &Value::Null));
    assert_eq!(read(1), (Some("invalid"), &Value::Null));
    assert_eq!(read(2), (Some("invalid"), &Value::Null));
    assert_eq!(names[3]["name"], "A model");
}
