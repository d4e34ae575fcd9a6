use std::time::{Duration, Instant};

use alloy::primitives::U256;
use axum::Router;
use axum::http::Request;
use serde_json::{Value, json};
use stoa_api::access::{Limits, Setup, Tiers};
use stoa_schema::types::{Addr, Uint};
use tokio_util::sync::CancellationToken;

use super::door::{Door, ask, bearer, door, from, replica, setup, tiers, until};
use crate::rows::{CHAIN, Listing, Plan, second_of};
use crate::stage::Answer;

async fn read(router: &Router, peer: &str) -> Answer {
    ask(router, from(Request::get("/v1/staking"), peer), &Value::Null).await
}

/// So many requests from one address, half by each; how many were answered.
async fn hammer(a: &Router, b: &Router, requests: usize) -> usize {
    let asked = (0..requests).map(|n| read(if n % 2 == 0 { a } else { b }, "198.51.100.7"));
    let answers = futures::future::join_all(asked).await;
    answers.iter().filter(|answer| answer.status == 200).count()
}

#[tokio::test]
async fn two_replicas_grant_exactly_the_limit_between_them() {
    let limited = || Setup { tiers: tiers(1_000_000, 300, 50), ..setup() };
    let door = door(limited()).await;
    let (other, second) = replica(&door.stage, limited());
    let mut granted = 0;
    // In bursts: a pool answers so many at once.
    for _ in 0..20 {
        granted += hammer(&door.router, &other, 20).await;
    }
    assert_eq!(granted, 300);
    assert_eq!(door.count("SELECT granted FROM api.quota WHERE name = 'day'").await, 300);
    // Blocks of a fiftieth: a request costs no write.
    let leases = door.access.leases() + second.leases();
    eprintln!("{leases} writes for 400 requests");
    assert!(leases < 80, "{leases} writes for 400 requests");
    read(&door.router, "203.0.113.1").await.ok();
}

#[tokio::test]
async fn a_bucket_gives_what_it_holds_and_what_it_is_filled_with_and_no_more() {
    let limited = || Setup { tiers: tiers(60, 1_000_000, 50), ..setup() };
    let door = door(limited()).await;
    let (other, _) = replica(&door.stage, limited());
    let began = Instant::now();
    let mut granted = 0;
    for _ in 0..9 {
        granted += hammer(&door.router, &other, 20).await;
    }
    // One a second.
    let most = 61 + usize::try_from(began.elapsed().as_secs()).expect("fits");
    assert!((60..=most).contains(&granted), "{granted} of {most}");
}

#[tokio::test]
async fn what_was_leased_and_not_spent_is_given_back() {
    let door = door(Setup { tiers: tiers(1_000_000, 5_000, 50), ..setup() }).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(door.access.clone().run(stop.clone()));
    for _ in 0..3 {
        read(&door.router, "198.51.100.7").await.ok();
    }
    assert_eq!(door.count("SELECT granted FROM api.quota WHERE name = 'day'").await, 100);
    stop.cancel();
    worker.await.expect("ends");
    assert_eq!(door.count("SELECT granted FROM api.quota WHERE name = 'day'").await, 3);
}

#[tokio::test]
async fn headers_tell_how_it_stands_and_a_refusal_when_to_come_back() {
    let door = door(Setup { tiers: tiers(1_000, 3, 50), ..setup() }).await;
    let first = read(&door.router, "198.51.100.7").await;
    first.ok();
    assert_eq!(first.header("ratelimit-policy"), Some("\"minute\";q=1000;w=60, \"day\";q=3;w=86400"));
    assert!(first.header("ratelimit").expect("told").contains("\"day\";r=2;t="));
    assert_eq!(first.header("x-ratelimit-limit"), Some("3"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("2"));
    for _ in 0..2 {
        read(&door.router, "198.51.100.7").await.ok();
    }
    let refused = read(&door.router, "198.51.100.7").await;
    let problem = refused.problem(429);
    assert_eq!(problem["type"], "urn:stoa:problem:quota-exceeded");
    assert_eq!(problem["limit"], "day");
    let wait: u64 = refused.header("retry-after").and_then(|text| text.parse().ok()).expect("a number");
    assert!((1..=86_400).contains(&wait) && problem["reset"] == json!(wait), "{problem}");
    assert!(problem["detail"].as_str().expect("told").contains("`day` of 3"));
    // IPv6 counts by /64; the document is free.
    for (peer, status) in [
        ("[2001:db8::1]", 200),
        ("[2001:db8::2]", 200),
        ("[2001:db8::3]", 200),
        ("[2001:db8::4]", 429),
        ("[2001:db8:0:1::1]", 200),
    ] {
        assert_eq!(read(&door.router, peer).await.status, status, "{peer}");
    }
    let free = from(Request::get("/v1/openapi.json"), "198.51.100.7");
    ask(&door.router, free, &Value::Null).await.ok();
}

#[tokio::test]
async fn a_question_to_the_graph_costs_what_it_asks_for() {
    let door = door(Setup { tiers: tiers(1_000, 90, 50), ..setup() }).await;
    let query = |text: &str| {
        let request = Request::post("/graphql").header("content-type", "application/json");
        (from(request, "198.51.100.7"), json!({ "query": text }))
    };
    let mut left = 90;
    for (text, cost) in [
        ("{ __typename }", 1),
        ("{ market { sales } }", 1),
        ("{ market { sales } staking { score } }", 2),
        ("{ retention { buyers } market { sales } }", 6),
        // A hundred listings, a hundred purchases of each: three values of each purchase.
        ("{ listings(first: 100) { nodes { purchases(first: 100) { nodes { id amount } } } } }", 1 + 30),
        ("{ listings(first: 101) { totalCount } }", 1),
        ("{ nothing }", 1),
    ] {
        let (request, body) = query(text);
        let answer = ask(&door.router, request, &body).await;
        left -= cost;
        assert_eq!(answer.header("x-ratelimit-remaining"), Some(left.to_string().as_str()), "{text}");
    }
    // What does not reach is not answered in part, and costs no more than the door.
    let (request, body) = query(
        "{ listings(first: 100) { nodes { purchases(first: 100) { nodes { id amount payer fee } } } } }",
    );
    let refused = ask(&door.router, request, &body).await.problem(429);
    assert_eq!(refused["limit"], "day");
    read(&door.router, "198.51.100.7").await.ok();
}

#[tokio::test]
async fn premium_calls_are_counted_by_the_month_and_per_wallet() {
    let door = door(Setup { tiers: tiers(10_000, 10_000, 4), ..setup() }).await;
    let wallet = door.wallet().await;
    let (_, a) = door.key(&wallet, json!({ "name": "a", "scopes": ["read", "export"] })).await;
    let (_, b) = door.key(&wallet, json!({ "name": "b", "scopes": ["read", "export"] })).await;
    let export = || Request::get("/v1/export/purchases.csv?chain=31337");
    for secret in [&a, &b, &a, &b] {
        let answer = door.with_key(secret, export()).await;
        assert!(answer.status != 429 && answer.header("ratelimit").expect("told").contains("\"premium\";r="));
    }
    let refused = door.with_key(&a, export()).await.problem(429);
    assert_eq!(refused["limit"], "premium");
    door.with_key(&a, Request::get("/v1/listings")).await.ok();
    let usage = door.by(&wallet, Request::get("/v1/usage"), &Value::Null).await.ok();
    let limits = usage["data"]["limits"].as_array().expect("limits");
    assert!(limits.contains(&json!({ "name": "premium", "limit": 4, "used": 4 })), "{usage}");
    let today = &usage["data"]["days"][0];
    assert_eq!((&today["premium"], &today["refused"]), (&json!(4), &json!(1)));
    assert_eq!(usage["data"]["keys"].as_array().map(Vec::len), Some(2));
    door.with_key(&a, Request::get("/v1/usage")).await.ok();
}

#[tokio::test]
async fn an_operators_limits_are_the_keys_own() {
    let door = door(Setup { tiers: tiers(10_000, 10_000, 4), ..setup() }).await;
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "a", "scopes": ["read"] })).await;
    sqlx::query("UPDATE api.api_key SET per_day = 2 WHERE id = $1")
        .bind(&id)
        .execute(&door.stage.pool)
        .await
        .expect("set");
    for status in [200, 200, 429] {
        assert_eq!(door.with_key(&secret, Request::get("/v1/listings")).await.status, status);
    }
    door.by(&wallet, Request::get("/v1/keys"), &Value::Null).await.ok();
}

#[tokio::test]
async fn who_asks_on_is_shut_out_longer_each_time_and_everywhere() {
    let limited = || Setup { tiers: tiers(1_000, 1, 50), ..setup() };
    let door = door(limited()).await;
    let (other, second) = replica(&door.stage, limited());
    let shut = async |router: &Router| {
        for _ in 0..130 {
            let problem = read(router, "198.51.100.7").await;
            if problem.status == 429 && problem.json()["limit"] == "ban" {
                assert!(problem.header("retry-after").is_some());
                return true;
            }
        }
        false
    };
    let seconds = "SELECT extract(epoch FROM until - now())::bigint FROM api.ban";
    assert!(shut(&door.router).await);
    assert!((50..=60).contains(&door.count(seconds).await));
    second.flush().await.expect("read");
    assert_eq!(read(&other, "198.51.100.7").await.problem(429)["limit"], "ban");
    read(&other, "198.51.100.8").await.ok();
    door.stage.sql("UPDATE api.ban SET until = now() - interval '1 second'").await;
    door.access.flush().await.expect("read");
    assert!(shut(&door.router).await);
    assert!((230..=240).contains(&door.count(seconds).await), "four times as long");
}

#[tokio::test]
async fn trying_keys_costs_the_address_that_it_comes_from() {
    let door = door(Setup { tiers: tiers(1_000, 5, 50), ..setup() }).await;
    let bad = format!("stoa_live_{}", "a".repeat(50));
    let attempt = || from(bearer(Request::get("/v1/listings"), &bad), "198.51.100.7");
    for _ in 0..5 {
        ask(&door.router, attempt(), &Value::Null).await.problem(401);
    }
    ask(&door.router, attempt(), &Value::Null).await.problem(429);
}

async fn stake(door: &Door, account: Addr, stoa: u64, end: i64) {
    let score = Uint(U256::from(stoa) * U256::from(10).pow(U256::from(18)));
    sqlx::query(
        "INSERT INTO market.lock (chain_id, account, amount, score, lock_end, changed_block) VALUES ($1, $2, $3, $3, $4, 1)
         ON CONFLICT (chain_id, account) DO UPDATE SET score = $3, lock_end = $4",
    )
    .bind(CHAIN)
    .bind(account)
    .bind(score)
    .bind(end)
    .execute(&door.stage.pool)
    .await
    .expect("a lock");
    sqlx::query("SELECT pg_notify('stoa', '31337:1')").execute(&door.stage.pool).await.expect("told");
}

#[tokio::test]
async fn the_tier_follows_what_is_staked() {
    let limits = |n| Limits { per_minute: n, per_day: 10_000, premium_per_month: 50 };
    let all = Tiers { anonymous: limits(50), tiers: (0..5).map(|tier| limits(10_000 + tier)).collect() };
    let door = door(Setup { tiers: Some(all), ..setup() }).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(door.access.clone().run(stop.clone()));
    door.stage.sql("INSERT INTO market.protocol (chain_id, tier1, tier2, tier3, tier4) VALUES (31337, 10, 100, 1000, 10000)").await;
    let wallet = door.wallet().await;
    let account = Addr(wallet.signer.address());
    let (_, live) = door.key(&wallet, json!({ "name": "a", "scopes": ["read"] })).await;
    let (_, test) =
        door.key(&wallet, json!({ "name": "b", "scopes": ["read"], "environment": "test" })).await;
    let minute = async |secret: &str| {
        let answer = door.with_key(secret, Request::get("/v1/usage")).await.ok();
        (answer["data"]["tier"].clone(), answer["data"]["limits"][0]["limit"].clone())
    };
    assert_eq!(minute(&live).await, (json!(0), json!(10_000)));
    let later = second_of(1_000_000);
    stake(&door, account, 1_000, later).await;
    until("it rises", async || minute(&live).await == (json!(3), json!(10_003))).await;
    assert_eq!(minute(&test).await.1, json!(10_000), "for trying out, the lowest");
    stake(&door, account, 50, later).await;
    until("it falls", async || minute(&live).await == (json!(1), json!(10_001))).await;
    stake(&door, account, 50, second_of(104)).await;
    until("a lock that has ended counts for nothing", async || {
        minute(&live).await == (json!(0), json!(10_000))
    })
    .await;
    stop.cancel();
    worker.await.expect("ends");
}

/// What the indexer writes of a subscription that ends then, and of a licence.
async fn pass(door: &Door, holder: Addr, plan: i64, expiry: Option<i64>) {
    let mut transaction = door.stage.pool.begin().await.expect("a transaction");
    sqlx::query("INSERT INTO market.pass (chain_id, plan, holder, quantity) VALUES ($1, $2, $3, 1) ON CONFLICT DO NOTHING")
        .bind(CHAIN)
        .bind(plan)
        .bind(holder)
        .execute(&mut *transaction)
        .await
        .expect("a pass");
    if let Some(expiry) = expiry {
        sqlx::query(
            "INSERT INTO market.subscription (chain_id, plan, holder, expiry) VALUES ($1, $2, $3, $4)
             ON CONFLICT (chain_id, plan, holder) DO UPDATE SET expiry = excluded.expiry",
        )
        .bind(CHAIN)
        .bind(plan)
        .bind(holder)
        .bind(expiry)
        .execute(&mut *transaction)
        .await
        .expect("a subscription");
    }
    sqlx::query("SELECT pg_notify('stoa', '31337:2')").execute(&mut *transaction).await.expect("told");
    transaction.commit().await.expect("committed");
}

#[tokio::test]
async fn the_tier_follows_a_pass_of_the_operators_listing() {
    let limits = |n| Limits { per_minute: n, per_day: 10_000, premium_per_month: 50 };
    let all = Tiers { anonymous: limits(50), tiers: (0..5).map(|tier| limits(10_000 + tier)).collect() };
    let passes = ["31337-1=2", "31337-2=4"].map(|text| text.parse().expect("a pass")).to_vec();
    let door = door(Setup { tiers: Some(all), passes, ..setup() }).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(door.access.clone().run(stop.clone()));
    door.stage.sql("INSERT INTO market.protocol (chain_id, tier1, tier2, tier3, tier4) VALUES (31337, 10, 100, 1000, 10000)").await;
    Listing::new(2).insert(&door.stage.pool).await;
    Listing::new(3).insert(&door.stage.pool).await;
    let plan = |plan, kind| Plan { kind, ..Plan::new(plan, plan, 5) };
    for plan in [plan(1, 1), plan(2, 0), plan(3, 0)] {
        plan.insert(&door.stage.pool).await;
    }
    let wallet = door.wallet().await;
    let account = Addr(wallet.signer.address());
    let tier =
        async || door.by(&wallet, Request::get("/v1/usage"), &Value::Null).await.ok()["data"]["tier"].clone();
    let later = second_of(1_000_000);
    pass(&door, account, 3, None).await;
    assert_eq!(tier().await, 0, "another's listing");
    pass(&door, account, 1, Some(later)).await;
    until("it rises", async || tier().await == 2).await;
    stake(&door, account, 1_000, 2 * later).await;
    until("a stake of a higher tier counts", async || tier().await == 3).await;
    stake(&door, account, 50, 2 * later).await;
    until("and the pass again", async || tier().await == 2).await;
    pass(&door, account, 2, None).await;
    until("the better pass counts", async || tier().await == 4).await;
    door.stage.sql("DELETE FROM market.pass WHERE plan = 2").await;
    until("it falls", async || tier().await == 2).await;
    // The head's time passes the end of the subscription.
    sqlx::query("UPDATE archive.head SET block_time = to_timestamp($1)")
        .bind(later as f64)
        .execute(&door.stage.pool)
        .await
        .expect("a block");
    until("it ends with the subscription", async || tier().await == 1).await;
    stop.cancel();
    worker.await.expect("ends");
}

#[tokio::test]
async fn limits_that_are_off_are_off() {
    let door = door(setup()).await;
    for _ in 0..150 {
        let answer = read(&door.router, "198.51.100.7").await;
        answer.ok();
        assert_eq!(answer.header("ratelimit"), None);
    }
    tokio::time::timeout(Duration::from_secs(5), door.access.flush())
        .await
        .expect("in time")
        .expect("stored");
    assert_eq!(door.count("SELECT count(*) FROM api.quota").await, 0);
}
