//! Alerts: told once for each time that it happens.

use axum::http::Request;
use serde_json::{Value, json};

use super::Scene;
use super::receiver::Receiver;
use crate::gate::door::{bearer, from, until};
use crate::rows::{self, CHAIN, address, second_of};

impl Scene {
    async fn alert(&self, webhook: &str, watch: Value) -> String {
        let body = json!({ "name": "x", "webhook": webhook, "watch": watch });
        let answer = self.post("/v1/alerts", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["data"]["id"].as_str().expect("an id").to_owned()
    }

    async fn price(&self, price: i64) {
        sqlx::query("UPDATE market.plan SET price = $1 WHERE plan = 1")
            .bind(rows_uint(price))
            .execute(&self.door.stage.pool)
            .await
            .expect("set");
    }

    /// Until the alerts were looked at again.
    async fn looked(&self, armed: bool) {
        until("it was looked at", async || {
            (self.door.count("SELECT count(*) FROM api.alert_fired").await == 0) == armed
        })
        .await;
    }
}

fn rows_uint(number: i64) -> stoa_schema::types::Uint {
    stoa_schema::types::Uint::from(number.unsigned_abs())
}

#[tokio::test]
async fn a_price_is_told_once_per_crossing() {
    let scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (hook, secret) = scene.hook(&receiver, json!({})).await;
    let id = scene.alert(&hook, json!({ "kind": "price", "plan": "31337-1", "above": "100" })).await;
    scene.price(100).await;
    let told = receiver.next().await;
    told.verify(&secret).expect("signed");
    assert_eq!(told.body["type"], "alert.price");
    assert_eq!(
        (&told.body["data"]["alert"], &told.body["data"]["found"]["value"]),
        (&json!(id), &json!("100"))
    );
    // To and fro at the threshold is one crossing; back by a twentieth and up again is another.
    scene.price(96).await;
    scene.price(130).await;
    scene.price(94).await;
    scene.looked(true).await;
    scene.price(101).await;
    assert_eq!(receiver.next().await.body["data"]["found"]["value"], "101");
    let shown = scene.get(&format!("/v1/alerts/{id}")).await;
    assert!(shown["data"]["fired_at"].is_string(), "{shown}");
    // What is stopped is not told; what is watched anew is.
    scene.patch(&format!("/v1/alerts/{id}"), &json!({ "enabled": false })).await;
    let watch = json!({ "kind": "price", "plan": "31337-1", "below": "200" });
    scene.patch(&format!("/v1/alerts/{id}"), &json!({ "enabled": true, "watch": watch })).await;
    assert_eq!(receiver.next().await.body["data"]["watch"]["below"], "200");
    scene.end().await;
    assert!(receiver.is_silent());
}

#[tokio::test]
async fn grades_revenue_passes_and_claims_are_watched() {
    let scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let pool = &scene.door.stage.pool;
    let (hook, _) = scene.hook(&receiver, json!({})).await;
    let token = address(0x77).to_string();
    rows::head(pool, CHAIN).await;
    sqlx::query("INSERT INTO market.revenue VALUES ($1, 1, $2, 3, 1000, 25, 5, 1)")
        .bind(CHAIN)
        .bind(address(0x77))
        .execute(pool)
        .await
        .expect("revenue");
    sqlx::query("INSERT INTO api.grade SELECT $1, 1, 400, 700, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0")
        .bind(CHAIN)
        .execute(pool)
        .await
        .expect("a grade");
    sqlx::query("INSERT INTO market.subscription VALUES ($1, 1, $2, $3)")
        .bind(CHAIN)
        .bind(address(3))
        .bind(second_of(104) + 2 * 86_400)
        .execute(pool)
        .await
        .expect("a subscription");
    claimable(&scene, 500).await;
    let watches = [
        json!({ "kind": "grade", "listing": "31337-1", "term": "long", "above": 700 }),
        json!({ "kind": "revenue", "listing": "31337-1", "token": token, "above": "980" }),
        json!({ "kind": "pass_expiry", "account": address(3).to_string(), "days": 3 }),
        json!({ "kind": "claimable", "account": address(3).to_string(), "chain": CHAIN, "token": token, "above": "500" }),
        // Not reached.
        json!({ "kind": "grade", "listing": "31337-1", "term": "short", "above": 401 }),
        json!({ "kind": "revenue", "listing": "31337-1", "token": token, "above": "981" }),
        json!({ "kind": "pass_expiry", "account": address(3).to_string(), "days": 1 }),
        json!({ "kind": "claimable", "account": address(3).to_string(), "chain": CHAIN, "token": token, "above": "501" }),
    ];
    for watch in &watches {
        scene.alert(&hook, watch.clone()).await;
    }
    let mut told = std::collections::BTreeMap::new();
    for _ in 0..4 {
        let message = receiver.next().await.body;
        let kind = message["type"].as_str().expect("a type").to_owned();
        told.insert(kind, message["data"]["found"].clone());
    }
    assert_eq!(told["alert.grade"]["value"], "700");
    assert_eq!(told["alert.revenue"]["value"], "980");
    assert_eq!(told["alert.claimable"]["value"], "500");
    assert_eq!(told["alert.pass_expiry"]["plan"], "31337-1");
    assert!(told["alert.pass_expiry"]["expires_at"].is_string(), "{told:?}");
    // Renewed, it is told again once it is due again.
    sqlx::query("UPDATE market.subscription SET expiry = expiry + 3600")
        .execute(pool)
        .await
        .expect("renewed");
    assert_eq!(receiver.next().await.body["type"], "alert.pass_expiry");
    scene.end().await;
    assert!(receiver.is_silent(), "what was not reached was not told");
}

/// A share's holder can claim so much.
async fn claimable(scene: &Scene, amount: i64) {
    let (share, account, holder, token) = (address(0x51), address(0x52), address(3), address(0x77));
    let pool = &scene.door.stage.pool;
    sqlx::query("INSERT INTO market.share VALUES ($1, $2, 1, $3, 'S', 'S', 1000, 10000, 12, now())")
        .bind(CHAIN)
        .bind(share)
        .bind(account)
        .execute(pool)
        .await
        .expect("a share");
    for (sql, whose) in [
        ("INSERT INTO market.share_balance VALUES ($1, $2, $3, 1000)", holder),
        ("INSERT INTO market.share_token VALUES ($1, $2, $3, 0, 0)", token),
    ] {
        sqlx::query(sql).bind(CHAIN).bind(share).bind(whose).execute(pool).await.expect(sql);
    }
    sqlx::query("INSERT INTO market.balance (chain_id, account, token, amount) VALUES ($1, $2, $3, $4)")
        .bind(CHAIN)
        .bind(account)
        .bind(token)
        .bind(rows_uint(amount))
        .execute(pool)
        .await
        .expect("a balance");
}

#[tokio::test]
async fn keys_that_end_and_keys_that_are_used_oddly_are_told() {
    let scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (hook, _) = scene.hook(&receiver, json!({})).await;
    let ends = time::OffsetDateTime::now_utc() + time::Duration::days(2);
    let ends = ends.format(&time::format_description::well_known::Rfc3339).expect("a time");
    let (soon, _) = scene
        .door
        .key(&scene.wallet, json!({ "name": "soon", "scopes": ["read"], "expires_at": ends }))
        .await;
    let (id, secret) = scene.door.key(&scene.wallet, json!({ "name": "odd", "scopes": ["read"] })).await;
    scene.alert(&hook, json!({ "kind": "key_expiry", "days": 3 })).await;
    let told = receiver.next().await.body;
    assert_eq!((&told["type"], &told["data"]["found"]["key"]), (&json!("alert.key_expiry"), &json!(soon)));
    scene.alert(&hook, json!({ "kind": "key_use" })).await;
    let uses = async |address: &str| {
        let request = from(bearer(Request::get("/v1/listings"), &secret), address);
        crate::gate::door::ask(&scene.door.router, request, &Value::Null).await.ok();
        // As its server does every two seconds.
        scene.flush().await;
    };
    uses("192.0.2.1").await;
    uses("192.0.2.1").await;
    uses("198.51.100.7").await;
    let told = receiver.next().await.body["data"]["found"].take();
    assert_eq!(told, json!({ "key": id, "name": "odd", "what": "new_network", "network": "198.51.100.7" }));
    for _ in 0..50 {
        scene.door.with_key(&secret, Request::get("/v1/webhooks")).await.problem(403);
    }
    scene.flush().await;
    let told = receiver.next().await.body["data"]["found"].take();
    assert_eq!((&told["what"], &told["refused"]), (&json!("refusals"), &json!(50)));
    sqlx::query(
        "INSERT INTO api.usage SELECT 'key:' || $1, (now() AT TIME ZONE 'UTC')::date - day, 10, 10, 0, 0
         FROM generate_series(1, 4) AS day",
    )
    .bind(&id)
    .execute(&scene.door.stage.pool)
    .await
    .expect("days");
    sqlx::query("UPDATE api.usage SET requests = 500 WHERE subject = 'key:' || $1 AND day = (now() AT TIME ZONE 'UTC')::date")
        .bind(&id)
        .execute(&scene.door.stage.pool)
        .await
        .expect("today");
    let told = receiver.next().await.body["data"]["found"].take();
    assert_eq!(
        (&told["what"], &told["requests"], &told["usual"]),
        (&json!("spike"), &json!(500), &json!(10))
    );
    scene.end().await;
    assert!(receiver.is_silent(), "each once");
}

#[tokio::test]
async fn the_months_allowance_is_told_at_80_and_100_percent() {
    let scene = Scene::limited(crate::gate::door::tiers(1_000_000, 1_000_000, 10)).await;
    let receiver = Receiver::new().await;
    let (hook, _) = scene.hook(&receiver, json!({})).await;
    scene.alert(&hook, json!({ "kind": "usage" })).await;
    let used = async |premium: i64| {
        sqlx::query(
            "INSERT INTO api.usage VALUES ('account:' || $1, (now() AT TIME ZONE 'UTC')::date, 9, 9, $2, 0)
             ON CONFLICT (subject, day) DO UPDATE SET premium = $2",
        )
        .bind(scene.wallet.signer.address().to_string())
        .bind(premium)
        .execute(&scene.door.stage.pool)
        .await
        .expect("usage");
    };
    used(7).await;
    used(8).await;
    let told = receiver.next().await.body["data"]["found"].take();
    assert_eq!((&told["percent"], &told["used"], &told["limit"]), (&json!(80), &json!(8), &json!(10)));
    used(10).await;
    assert_eq!(receiver.next().await.body["data"]["found"]["percent"], 100);
    scene.end().await;
    assert!(receiver.is_silent(), "each once");
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused() {
    let scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (hook, _) = scene.hook(&receiver, json!({})).await;
    let ask = async |webhook: &str, watch: Value| {
        scene.post("/v1/alerts", &json!({ "name": "x", "webhook": webhook, "watch": watch })).await
    };
    ask("wh0", json!({ "kind": "usage" })).await.problem(404);
    ask(&hook, json!({ "kind": "price", "plan": "31337-9", "above": "1" })).await.problem(404);
    ask(&hook, json!({ "kind": "grade", "listing": "31337-9", "term": "long", "above": 1 }))
        .await
        .problem(404);
    ask(&hook, json!({ "kind": "weather" })).await.problem(400);
    ask(&hook, json!({ "kind": "key_expiry", "days": 0 })).await.problem(400);
    let id = scene.alert(&hook, json!({ "kind": "usage" })).await;
    let other = scene.door.wallet().await;
    scene.door.by(&other, Request::get(format!("/v1/alerts/{id}")), &Value::Null).await.problem(404);
    let path = format!("/v1/alerts/{id}");
    scene.door.by(&scene.wallet, Request::delete(&path), &Value::Null).await.ok();
    scene.door.by(&scene.wallet, Request::get(&path), &Value::Null).await.problem(404);
    scene.end().await;
}
