use std::collections::BTreeMap;

use alloy::signers::local::PrivateKeySigner;
use axum::http::Request;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use stoa_api::access::Setup;
use stoa_api::config::Secret;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::door::{ORIGIN, ask, door, message, setup, sign};
use crate::rows::CHAIN;

#[tokio::test]
async fn a_wallet_signs_in_and_out() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let session = door.by(&wallet, Request::get("/v1/auth/session"), &Value::Null).await.ok();
    assert_eq!(session["data"]["account"], json!(wallet.signer.address().to_string()));
    assert_eq!(door.count("SELECT count(*) FROM api.session").await, 1);
    let out = door.by(&wallet, Request::delete("/v1/auth/session"), &Value::Null).await;
    out.ok();
    assert!(out.header("set-cookie").expect("taken away").contains("Max-Age=0"));
    door.by(&wallet, Request::get("/v1/auth/session"), &Value::Null).await.problem(401);
    assert_eq!(door.count("SELECT count(*) FROM api.session").await, 0);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let door = door(Setup { origins: vec!["https://stoa.example".parse().expect("a URL")], ..setup() }).await;
    let signer = PrivateKeySigner::random();
    let text = message(&signer, &door.nonce().await)
        .replace("127.0.0.1:8080", "stoa.example")
        .replace("http://stoa", "https://stoa");
    let answer = door.present(&text, &sign(&signer, &text)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let cookie = answer.header("set-cookie").expect("a cookie");
    assert!(cookie.starts_with("__Host-stoa_session="), "{cookie}");
    for word in ["; Path=/", "; HttpOnly", "; SameSite=Strict", "; Secure", "; Max-Age=3"] {
        assert!(cookie.contains(word), "{word} in {cookie}");
    }
    assert!(answer.header("strict-transport-security").is_some());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn a_message_counts_once() {
    let door = door(setup()).await;
    let signer = PrivateKeySigner::random();
    let text = message(&signer, &door.nonce().await);
    let signature = sign(&signer, &text);
    assert_eq!(door.present(&text, &signature).await.status, 201);
    let again = door.present(&text, &signature).await.problem(401);
    assert_eq!(again["type"], "urn:stoa:problem:used-nonce");
    // Not even when both come at once.
    let text = message(&signer, &door.nonce().await);
    let signature = sign(&signer, &text);
    let (a, b) = tokio::join!(door.present(&text, &signature), door.present(&text, &signature));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401]);
}

#[tokio::test]
async fn a_message_is_for_this_server_and_this_moment() {
    let door = door(setup()).await;
    let signer = PrivateKeySigner::random();
    let time = |minutes: i64| {
        (OffsetDateTime::now_utc() + Duration::minutes(minutes)).format(&Rfc3339).expect("a time")
    };
    let line = |name: &str, value: &str| format!("\n{name}: {value}");
    let issued = |text: &str, minutes: i64| {
        let (before, _) = text.split_once("Issued At: ").expect("it says when");
        format!("{before}Issued At: {}", time(minutes))
    };
    type Change<'a> = &'a dyn Fn(String) -> String;
    let cases: [(&str, Change<'_>); 10] = [
        ("wrong-domain", &|text| text.replacen("127.0.0.1:8080", "evil.example", 1)),
        ("wrong-domain", &|text| text.replace(&format!("URI: {ORIGIN}"), "URI: https://evil.example")),
        ("wrong-domain", &|text| format!("https://{text}")),
        ("wrong-time", &|text| issued(&text, -12)),
        ("wrong-time", &|text| issued(&text, 2)),
        ("wrong-time", &|text| text + &line("Expiration Time", &time(-1))),
        ("wrong-time", &|text| text + &line("Not Before", &time(5))),
        ("wrong-chain", &|text| text.replace(&format!("Chain ID: {CHAIN}"), "Chain ID: 5")),
        ("bad-nonce", &|text| text.replace("Nonce: 00", "Nonce: 01")),
        ("invalid-message", &|text| text + "\nand more"),
    ];
    for (reason, change) in cases {
        let text = change(message(&signer, &door.nonce().await));
        let answer = door.present(&text, &sign(&signer, &text)).await;
        let problem = answer.problem(if reason == "invalid-message" { 400 } else { 401 });
        assert_eq!(problem["type"], format!("urn:stoa:problem:{reason}"), "{text}");
    }
    let text = message(&signer, &door.nonce().await);
    let others = sign(&PrivateKeySigner::random(), &text);
    assert_eq!(door.present(&text, &others).await.problem(401)["type"], "urn:stoa:problem:bad-signature");
    door.present(&text, "0xnothing").await.problem(401);
    assert_eq!(door.present(&text, &sign(&signer, &text)).await.status, 201, "refusals did not spend it");
    door.access.flush().await.expect("stored");
    assert!(
        door.count("SELECT sum(times)::bigint FROM api.audit WHERE action LIKE 'refused: %'").await >= 11
    );
}

#[tokio::test]
async fn a_session_ends_with_its_message_if_that_is_sooner() {
    let door = door(setup()).await;
    let signer = PrivateKeySigner::random();
    let ends = (OffsetDateTime::now_utc() + Duration::minutes(5)).format(&Rfc3339).expect("a time");
    let text = message(&signer, &door.nonce().await) + &format!("\nExpiration Time: {ends}");
    let answer = door.present(&text, &sign(&signer, &text)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let seconds = door.count("SELECT extract(epoch FROM expires_at - now())::bigint FROM api.session").await;
    assert!((200..=300).contains(&seconds), "{seconds}");
    door.stage.sql("UPDATE api.session SET expires_at = now() - interval '1 second'").await;
    let cookie =
        answer.header("set-cookie").and_then(|text| text.split(';').next()).expect("a cookie").to_owned();
    let request = Request::get("/v1/auth/session").header("cookie", cookie);
    ask(&door.router, request, &Value::Null).await.problem(401);
}

#[tokio::test]
async fn other_sites_pages_cannot_use_a_session_or_begin_one() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let body = json!({ "name": "x", "scopes": ["read"] });
    let cookie = || Request::post("/v1/keys").header("cookie", &wallet.cookie);
    for request in [
        cookie(),
        cookie().header("x-stoa-csrf", "1"),
        cookie().header("origin", ORIGIN),
        cookie().header("origin", "https://evil.example").header("x-stoa-csrf", "1"),
        cookie().header("origin", "null").header("x-stoa-csrf", "1"),
    ] {
        assert_eq!(
            ask(&door.router, request, &body).await.problem(403)["type"],
            "urn:stoa:problem:cross-site"
        );
    }
    let text = message(&wallet.signer, &door.nonce().await);
    let body = json!({ "message": text, "signature": sign(&wallet.signer, &text) });
    let request = Request::post("/v1/auth/session").header("origin", "https://evil.example");
    ask(&door.router, request, &body).await.problem(403);
    assert_eq!(door.count("SELECT count(*) FROM api.api_key").await, 0);
}

/// A node at which this account has a contract that takes a signature of `0x01` alone.
async fn node() -> String {
    let answer = |Json(call): Json<Value>| async move {
        assert_eq!(call["method"], "eth_call");
        let data = call["params"][0]["data"].as_str().expect("data").to_owned();
        assert!(data.starts_with("0x1626ba7e"), "{data}");
        let good = data.ends_with(&format!("{:0>64}01{:0<62}", "1", ""));
        let word = if good { format!("0x1626ba7e{:0<56}", "") } else { "0x".to_owned() };
        Json(json!({ "jsonrpc": "2.0", "id": 1, "result": word }))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("listens");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    format!("http://{address}")
}

#[tokio::test]
async fn a_contract_signs_in_by_what_it_says() {
    let nodes = BTreeMap::from([(CHAIN, Secret(node().await))]);
    let door = door(Setup { nodes, ..setup() }).await;
    let contract = PrivateKeySigner::random();
    let text = message(&contract, &door.nonce().await);
    door.present(&text, "0x02").await.problem(401);
    assert_eq!(door.present(&text, "0x01").await.status, 201);
    let dead = BTreeMap::from([(CHAIN, Secret("http://127.0.0.1:1".to_owned()))]);
    let (router, _access) = super::door::replica(&door.stage, Setup { nodes: dead, ..setup() });
    let text = message(&contract, &door.nonce().await);
    let body = json!({ "message": text, "signature": "0x01" });
    ask(&router, Request::post("/v1/auth/session"), &body).await.problem(503);
}

#[tokio::test]
async fn without_a_secret_there_is_no_sign_in_and_reads_go_on() {
    let door = door(Setup { pepper: None, ..setup() }).await;
    ask(&door.router, Request::post("/v1/auth/nonce"), &Value::Null).await.problem(404);
    ask(&door.router, Request::get("/v1/listings"), &Value::Null).await.ok();
}
