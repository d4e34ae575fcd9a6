//! The graph says what the REST routes say.

mod details;
mod example;
mod fuzz;
mod limits;
mod pages;
mod persisted;
mod statements;

use serde_json::{Value, json};

use crate::rows::{self, CHAIN, Listing, Plan, Purchase, address};
use crate::stage::Stage;

/// Three listings, each with two plans and two purchases.
async fn stage() -> Stage {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    fill(&stage, 3).await;
    stage
}

async fn fill(stage: &Stage, listings: i64) {
    for n in 1..=listings {
        Listing { uri: format!(r#"data:application/json,{{"name":"Listing {n}"}}"#), ..Listing::new(n) }
            .insert(&stage.pool)
            .await;
        for plan in [2 * n - 1, 2 * n] {
            Plan::new(plan, n, 5).insert(&stage.pool).await;
        }
        for log in [1, 2] {
            Purchase { listing: n, ..Purchase::new(n, log) }.insert(&stage.pool).await;
        }
    }
}

/// The data of an answer without errors.
#[track_caller]
fn data(answer: &crate::stage::Answer) -> Value {
    let mut body = answer.ok();
    assert!(body.get("errors").is_none(), "{body}");
    body["data"].take()
}

#[tokio::test]
async fn fields_say_what_the_routes_say() {
    let stage = stage().await;
    let query = r#"{ listing(id: "31337-2") { id kind status owner createdAt sales metadata { name }
        plans { totalCount nodes { id kind price onSale token { address symbol } } }
        versions { nodes { version contentHash } } revenue { gross } shares { symbol } shareSales { id }
        parents { bps } children { totalCount } } }"#;
    let listing = data(&stage.graphql(query).await)["listing"].take();
    let rest = stage.data("/v1/listings/31337-2").await;
    for name in ["id", "owner", "sales"] {
        assert_eq!(listing[name], rest[name], "{name}");
    }
    assert_eq!(listing["kind"], rest["kind"].as_str().expect("a word").to_uppercase());
    assert_eq!(listing["metadata"]["name"], rest["metadata"]["name"]);
    assert_eq!(listing["createdAt"], rest["created_at"]);
    let plans = listing["plans"]["nodes"].as_array().expect("plans");
    assert_eq!(plans.len(), 2);
    assert_eq!(plans[0]["id"], rest["plans"][0]["id"]);
    assert_eq!(plans[0]["price"], rest["plans"][0]["price"]);
    assert_eq!(listing["children"]["totalCount"], 0);
    assert_eq!(listing["shares"], Value::Null);
}

#[tokio::test]
async fn what_is_not_there_is_null_and_no_error() {
    let stage = stage().await;
    let found =
        data(&stage.graphql(r#"{ a: listing(id: "31337-9") { id } b: listing(id: "5-1") { id } }"#).await);
    assert_eq!(found, json!({ "a": null, "b": null }));
}

#[tokio::test]
async fn the_way_leads_back_from_a_purchase_to_its_listing() {
    let stage = stage().await;
    let query =
        "{ purchases(first: 2) { nodes { id listingId listing { id plans(first: 1) { nodes { id } } } } } }";
    let nodes = data(&stage.graphql(query).await)["purchases"]["nodes"].take();
    assert_eq!(nodes[0]["listingId"], nodes[0]["listing"]["id"]);
    assert_eq!(nodes[0]["listing"]["plans"]["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(nodes[0]["id"], stage.ids("/v1/purchases").await[0]);
}

#[tokio::test]
async fn every_figure_of_the_root_answers() {
    let stage = stage().await;
    let who = address(2);
    let query = format!(
        r#"{{ meta {{ chains {{ chainId blockNumber blockHash blockTime finalizedBlock lagBlocks lagSeconds }} }}
        chains {{ chainId name contracts indexed {{ number hash }} protocol {{ feeBps }} }}
        account(address: "{who}") {{ address chains {{ purchases balances {{ amount }} passes {{ plan }} lock {{ amount }} }} }}
        access(listing: "31337-1", account: "{who}") {{ valid kind }}
        staking {{ chainId score locks tiers {{ tier }} }}
        market {{ sales turnover {{ amount token {{ symbol }} }} }}
        series(interval: MONTH) {{ start sales amount }}
        leaders(of: PROVIDERS, first: 5) {{ rank provider sales }}
        payments {{ totalCount }} spendings {{ totalCount }} }}"#
    );
    let answer = stage.graphql(&query).await;
    let found = data(&answer);
    assert_eq!(found["market"][0]["sales"], stage.data("/v1/market").await[0]["sales"]);
    assert_eq!(found["account"]["address"], who.to_string());
    assert_eq!(found["payments"]["totalCount"], 0);
    let rest = stage.get("/v1/market").await;
    assert_eq!(found["meta"]["chains"][0]["blockHash"], rest.json()["meta"]["chains"][0]["block_hash"]);
    assert_eq!(answer.json()["extensions"]["meta"]["chains"][0]["chain_id"], CHAIN);
    for name in ["stoa-block", "stoa-block-hash", "stoa-finalized-block"] {
        assert_eq!(answer.header(name), rest.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_question_about_the_schema_needs_no_database() {
    let router = crate::stage::with_content("/nonexistent".into());
    let query = "{ __schema { queryType { fields { name } } } }";
    let request = axum::http::Request::post("/graphql").header("content-type", "application/json");
    let request =
        request.body(axum::body::Body::from(json!({ "query": query }).to_string())).expect("a request");
    let answer = data(&crate::stage::send(&router, request).await);
    assert!(answer["__schema"]["queryType"]["fields"].as_array().expect("fields").len() > 10);
}

#[tokio::test]
async fn each_bad_argument_is_named_with_what_was_read_and_what_is_allowed() {
    let stage = stage().await;
    let cases = [
        (
            r#"{ listings(first: 500) { totalCount } }"#,
            "first",
            "`first` was `500`; expected a whole number from 1 to 100.",
        ),
        (r#"{ listings(after: "x") { totalCount } }"#, "after", "expected the `cursor` or `endCursor`"),
        (r#"{ listings(sort: REVENUE) { totalCount } }"#, "sort", "`token` beside it"),
        (r#"{ listings(where: { priceMin: "5" }) { totalCount } }"#, "priceMin", "`priceMin` was `5`"),
        (r#"{ listings(where: { q: "" }) { totalCount } }"#, "q", "1 to 200 characters"),
        (
            r#"{ listings(where: { chain: 5 }) { totalCount } }"#,
            "chain",
            "a chain that is served here: `31337`",
        ),
        (r#"{ listing(id: "7") { id } }"#, "id", "an id of the form `{chainId}-{n}`"),
        (r#"{ purchases(where: { payer: "0xzz" }) { totalCount } }"#, "where", "an address: `0x`"),
        (r#"{ leaders(by: REVENUE) { rank } }"#, "by", "a `token` beside it"),
    ];
    for (query, argument, words) in cases {
        let body = stage.graphql(query).await.json();
        let error = &body["errors"][0];
        assert_eq!(error["extensions"]["code"], "INVALID_ARGUMENT", "{query}: {body}");
        assert_eq!(error["extensions"]["argument"], argument, "{query}: {body}");
        assert!(error["message"].as_str().expect("text").contains(words), "{query}: {body}");
    }
    for query in
        ["{ nothing }", "{ listings", "", "{ listings(sort: PRICE) { totalCount } }", "mutation { a }"]
    {
        let answer = stage.graphql(query).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_database_that_is_not_there_is_told_without_its_name() {
    let stage = Stage::bare().await;
    let answer = stage.graphql("{ market { sales } }").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "NOT_READY");
    assert!(answer.header("retry-after").is_some());
}
