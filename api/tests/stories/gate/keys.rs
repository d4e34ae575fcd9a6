use std::time::{Duration, Instant};

use axum::http::Request;
use serde_json::{Value, json};
use stoa_api::access::{Proxies, Setup};
use stoa_schema::types::Addr;
use tokio_util::sync::CancellationToken;

use super::door::{ask, bearer, door, from, replica, setup, until};

#[tokio::test]
async fn a_key_is_shown_once_and_only_its_hash_is_kept() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "reads", "scopes": ["read"] })).await;
    assert!(secret.starts_with("stoa_live_") && secret.len() == 60);
    assert_eq!(id, secret[10..22]);
    door.with_key(&secret, Request::get("/v1/listings")).await.ok();
    let shown = door.by(&wallet, Request::get(format!("/v1/keys/{id}")), &Value::Null).await;
    shown.ok();
    assert!(!shown.text().contains(&secret[22..54]));
    let listed = door.by(&wallet, Request::get("/v1/keys"), &Value::Null).await.ok();
    assert_eq!(listed["data"][0]["state"], "active");
    // Neither the key nor its secret part is anywhere in the schema.
    let dump: String = sqlx::query_scalar(
        "SELECT (SELECT string_agg(k::text, '') FROM api.api_key k) || (SELECT string_agg(a::text, '') FROM api.audit a)
             || coalesce((SELECT string_agg(s::text, '') FROM api.session s), '')",
    )
    .fetch_one(&door.stage.pool)
    .await
    .expect("a dump");
    assert!(dump.contains(&id) && !dump.contains(&secret[22..54]));
    assert!(!dump.contains(wallet.cookie.split('=').next_back().expect("a value")));
}

#[tokio::test]
async fn what_a_key_may_not_be_is_refused() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    for body in [
        json!({ "name": "", "scopes": ["read"] }),
        json!({ "name": "x", "scopes": [] }),
        json!({ "name": "x", "scopes": ["all"] }),
        json!({ "name": "x", "scopes": ["read"], "environment": "prod" }),
        json!({ "name": "x", "scopes": ["read"], "networks": ["10.0.0.0/33"] }),
        json!({ "name": "x", "scopes": ["read"], "expires_at": "2020-01-01T00:00:00Z" }),
        json!({ "name": "x", "scopes": ["read"], "colour": "red" }),
        json!(["x"]),
    ] {
        door.by(&wallet, Request::post("/v1/keys"), &body).await.problem(400);
    }
    let mut bad = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await.1;
    bad.replace_range(30..31, if &bad[30..31] == "a" { "b" } else { "a" });
    for value in [format!("Bearer {bad}"), "Bearer x".to_owned(), "Basic eA==".to_owned(), String::new()] {
        let request = Request::get("/v1/listings").header("authorization", value);
        let answer = ask(&door.router, request, &Value::Null).await;
        answer.problem(401);
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"stoa\""));
    }
}

#[tokio::test]
async fn a_key_comes_from_its_networks_alone_and_proxies_are_believed_if_trusted() {
    let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().expect("a network")], ..Proxies::default() };
    let door = door(Setup { proxies, ..setup() }).await;
    let wallet = door.wallet().await;
    let networks = ["192.0.2.0/24", "2001:db8::/32"];
    let (_, secret) =
        door.key(&wallet, json!({ "name": "x", "scopes": ["read"], "networks": networks })).await;
    let cases = [
        ("192.0.2.7", None, 200),
        ("[2001:db8::7]", None, 200),
        ("198.51.100.1", None, 403),
        ("198.51.100.1", Some("192.0.2.7"), 403),
        ("10.0.0.1", Some("192.0.2.7"), 200),
        ("10.0.0.1", Some("192.0.2.7, 198.51.100.1"), 403),
    ];
    for (peer, forwarded, status) in cases {
        let mut request = from(bearer(Request::get("/v1/listings"), &secret), peer);
        if let Some(forwarded) = forwarded {
            request = request.header("x-forwarded-for", forwarded);
        }
        let answer = ask(&door.router, request, &Value::Null).await;
        assert_eq!(answer.status, status, "{peer} {forwarded:?}");
    }
}

#[tokio::test]
async fn a_rotated_key_goes_on_for_the_overlap() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let (old, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read", "export"] })).await;
    let rotate = |id: &str| Request::post(format!("/v1/keys/{id}/rotate"));
    let new = door.by(&wallet, rotate(&old), &json!({ "overlap_seconds": 600 })).await;
    assert_eq!(new.status, 201, "{}", new.text());
    let new = new.json()["data"].take();
    assert_eq!(new["scopes"], json!(["read", "export"]));
    let fresh = new["secret"].as_str().expect("a secret");
    for secret in [&*secret, fresh] {
        door.with_key(secret, Request::get("/v1/listings")).await.ok();
    }
    door.access.flush().await.expect("stored");
    let shown = door.by(&wallet, Request::get(format!("/v1/keys/{old}")), &Value::Null).await.ok();
    assert_eq!(shown["data"]["replaced_by"], new["id"]);
    assert!(shown["data"]["last_used_at"].is_string() && shown["data"]["expires_at"].is_string());
    door.by(&wallet, rotate(&old), &Value::Null).await.problem(409);
    let id = new["id"].as_str().expect("an id");
    let third = door.by(&wallet, rotate(id), &json!({ "overlap_seconds": 0 })).await;
    assert_eq!(third.status, 201);
    door.with_key(fresh, Request::get("/v1/listings")).await.problem(401);
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_on_any_server() {
    let door = door(setup()).await;
    let (other, access) = replica(&door.stage, setup());
    let stop = CancellationToken::new();
    let worker = tokio::spawn(access.run(stop.clone()));
    let wallet = door.wallet().await;
    let mut quick = 0;
    let mut last = String::new();
    for _ in 0..5 {
        let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
        let elsewhere =
            async || ask(&other, bearer(Request::get("/v1/listings"), &secret), &Value::Null).await.status;
        // Looked up there for the first time, and so kept for three seconds from now on: who is refused sooner was
        // told of it.
        let known = Instant::now();
        assert_eq!(elsewhere().await, 200);
        door.by(&wallet, Request::delete(format!("/v1/keys/{id}")), &Value::Null).await.ok();
        door.with_key(&secret, Request::get("/v1/listings")).await.problem(401);
        until("it is revoked there", async || elsewhere().await == 401).await;
        quick += usize::from(known.elapsed() < Duration::from_millis(1_500));
        last = id;
    }
    // One may fall before the other server listens, or on a machine that does something else.
    assert!(quick >= 4, "{quick} of 5 were refused before what was kept of them had ended");
    let id = last;
    door.by(&wallet, Request::patch(format!("/v1/keys/{id}")), &json!({ "name": "y" })).await.problem(409);
    stop.cancel();
    worker.await.expect("ends");
}

#[tokio::test]
async fn one_request_however_often_it_comes_makes_one_key() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let body = json!({ "name": "x", "scopes": ["read"] });
    let request = || Request::post("/v1/keys").header("idempotency-key", "a-1");
    let asked = (0..8).map(|_| door.by(&wallet, request(), &body));
    let answers = futures::future::join_all(asked).await;
    let mut secrets = 0;
    for answer in &answers {
        assert_eq!(answer.status, 201, "{}", answer.text());
        assert_eq!(answer.json()["data"]["id"], answers[0].json()["data"]["id"]);
        let first = answer.json()["data"]["secret"].is_string();
        secrets += usize::from(first);
        assert_eq!(answer.header("idempotent-replayed").is_none(), first);
    }
    assert_eq!(secrets, 1, "shown once");
    assert_eq!(door.count("SELECT count(*) FROM api.api_key").await, 1);
    let other = door.by(&wallet, request(), &json!({ "name": "y", "scopes": ["read"] })).await;
    assert_eq!(other.problem(422)["type"], "urn:stoa:problem:idempotency-key-reused");
    let else_where = door.wallet().await;
    assert_eq!(door.by(&else_where, request(), &body).await.status, 201, "another wallet's is another");
    // A day later the key is free; so is one whose server died in between.
    door.stage.sql("UPDATE api.idempotency SET created_at = now() - interval '25 hours'").await;
    assert!(door.by(&wallet, request(), &body).await.json()["data"]["secret"].is_string());
    door.stage
        .sql("UPDATE api.idempotency SET status = NULL, running_till = now() - interval '1 second'")
        .await;
    assert!(door.by(&wallet, request(), &body).await.json()["data"]["secret"].is_string());
    assert_eq!(
        door.count("SELECT count(*) FROM api.idempotency WHERE body LIKE '%stoa_live_%'::bytea").await,
        0
    );
}

#[tokio::test]
async fn the_audit_log_tells_all_and_is_only_added_to() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["sql"] })).await;
    door.by(&wallet, Request::patch(format!("/v1/keys/{id}")), &json!({ "name": "y" })).await.ok();
    for _ in 0..3 {
        door.with_key(&secret, Request::get("/v1/listings")).await.problem(403);
    }
    door.by(&wallet, Request::delete(format!("/v1/keys/{id}")), &Value::Null).await.ok();
    let log = door.by(&wallet, Request::get("/v1/audit"), &Value::Null).await.ok();
    let rows = log["data"].as_array().expect("entries");
    let of = |action: &str| {
        rows.iter().find(|row| row["action"] == action).unwrap_or_else(|| panic!("{action} in {log}"))
    };
    for action in ["signed in", "key made", "key changed", "key revoked"] {
        assert_eq!(of(action)["times"], 1);
    }
    assert_eq!(of("refused: wrong-scope")["times"], 3, "one row for what came together");
    assert_eq!(of("key made")["key"], id);
    let lines = door.by(&wallet, Request::get("/v1/audit?format=ndjson&limit=2"), &Value::Null).await;
    assert_eq!(lines.text().lines().count(), 2);
    let other = door.wallet().await;
    let seen = door.by(&other, Request::get("/v1/audit"), &Value::Null).await.ok();
    assert_eq!(seen["data"].as_array().map(Vec::len), Some(1), "one's own sign-in alone");
    for sql in ["UPDATE api.audit SET action = 'x'", "DELETE FROM api.audit", "TRUNCATE api.audit"] {
        let error = sqlx::raw_sql(sql).execute(&door.stage.pool).await.expect_err(sql).to_string();
        assert!(error.contains("only added to"), "{error}");
    }
}

#[tokio::test]
async fn operators_set_limits_and_see_everything_and_others_do_not() {
    let operator = alloy::signers::local::PrivateKeySigner::random();
    let door = door(Setup { operators: vec![Addr(operator.address())], ..setup() }).await;
    let operator = door.sign_in(operator).await;
    let wallet = door.wallet().await;
    let (id, _) = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
    let patch = || Request::patch(format!("/v1/keys/{id}"));
    let limits = json!({ "limits": { "per_minute": 7 } });
    door.by(&wallet, patch(), &limits).await.problem(403);
    let set = door.by(&operator, patch(), &limits).await.ok();
    assert_eq!(set["data"]["limits"]["per_minute"], 7);
    let back = door.by(&operator, patch(), &json!({ "limits": null })).await.ok();
    assert_eq!(back["data"]["limits"], Value::Null);
    let log = door.by(&operator, Request::get("/v1/audit"), &Value::Null).await.ok();
    let changed =
        log["data"].as_array().expect("entries").iter().find(|row| row["action"] == "key changed").cloned();
    assert_eq!(changed.expect("an entry")["detail"]["by"], json!(operator.signer.address().to_string()));
}
