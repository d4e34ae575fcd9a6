//! Access tokens (RFC 6749, 7009, 7662, 8414).

use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use stoa_api::access::Setup;
use tokio_util::sync::CancellationToken;

use super::door::{Door, ORIGIN, ask, bearer, door, from, replica, setup, until};
use crate::stage::{Answer, send};

/// A form, as from a key.
async fn form(door: &Door, path: &str, key: Option<(&str, &str)>, body: &str) -> Answer {
    let mut request = Request::post(format!("/v1/oauth/{path}"))
        .header("content-type", "application/x-www-form-urlencoded");
    if let Some((id, secret)) = key {
        request =
            request.header("authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}"))));
    }
    send(&door.router, request.body(Body::from(body.to_owned())).expect("a request")).await
}

const GRANT: &str = "grant_type=client_credentials";

async fn token(door: &Door, key: (&str, &str), scope: &str) -> String {
    let answer = form(door, "token", Some(key), &format!("{GRANT}&scope={scope}")).await;
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.ok()["access_token"].as_str().expect("a token").to_owned()
}

/// Why a token is not taken.
fn reason(answer: &Answer) -> String {
    let problem = answer.problem(401);
    problem["type"].as_str().and_then(|kind| kind.rsplit(':').next()).expect("a name").to_owned()
}

fn listings() -> Builder {
    Request::get("/v1/listings")
}

/// An error of RFC 6749.
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.json()["error"], error, "{}", answer.text());
    assert!(!answer.json()["error_description"].as_str().expect("a text").is_empty());
}

#[tokio::test]
async fn a_key_is_exchanged_for_a_token_that_opens_no_more_than_it_names() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read", "export", "admin"] })).await;
    let answer = form(&door, "token", Some((&id, &secret)), GRANT).await.ok();
    assert_eq!((&answer["token_type"], &answer["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(answer["scope"], "read export admin");
    let whole = answer["access_token"].as_str().expect("a token");
    door.with_key(whole, listings()).await.ok();
    door.with_key(whole, Request::get("/v1/keys")).await.ok();
    let narrow = token(&door, (&id, &secret), "read").await;
    door.with_key(&narrow, listings()).await.ok();
    door.with_key(&narrow, Request::get("/v1/keys")).await.problem(403);
    door.with_key(&narrow, Request::get("/v1/export/purchases.csv")).await.problem(403);
    // It counts as its key does.
    door.access.flush().await.expect("flushes");
    assert!(door.count("SELECT count(*) FROM api.api_key WHERE last_used_at IS NOT NULL").await == 1);
    // By the form alike.
    let body = format!("{GRANT}&client_id={id}&client_secret={secret}");
    form(&door, "token", None, &body).await.ok();
    // A key that ends sooner gives a token that does.
    sqlx::query("UPDATE api.api_key SET expires_at = now() + interval '90 seconds' WHERE id = $1")
        .bind(&id)
        .execute(&door.stage.pool)
        .await
        .expect("updates");
    door.access.clone().run(stopped()).await;
    let (router, _access) = replica(&door.stage, setup());
    let fresh = Door { router, ..door };
    let left = form(&fresh, "token", Some((&id, &secret)), GRANT).await.ok()["expires_in"]
        .as_i64()
        .expect("seconds");
    assert!((80..=90).contains(&left), "{left}");
}

fn stopped() -> CancellationToken {
    let stop = CancellationToken::new();
    stop.cancel();
    stop
}

#[tokio::test]
async fn whoever_is_not_known_gets_none_and_is_told_why() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
    let (other, _) = door.key(&wallet, json!({ "name": "y", "scopes": ["read"] })).await;
    let mut bad = secret.clone();
    bad.replace_range(30..31, if &bad[30..31] == "a" { "b" } else { "a" });
    for key in [None, Some((&*id, &*bad)), Some((&*other, &*secret)), Some((&*id, "x")), Some(("", &*secret))]
    {
        let answer = form(&door, "token", key, GRANT).await;
        refused(&answer, 401, "invalid_client");
        assert!(answer.header("www-authenticate").expect("a header").starts_with("Basic "));
    }
    let key = Some((&*id, &*secret));
    refused(&form(&door, "token", key, "").await, 400, "invalid_request");
    refused(&form(&door, "token", key, "grant_type=password").await, 400, "unsupported_grant_type");
    refused(&form(&door, "token", key, &format!("{GRANT}&{GRANT}")).await, 400, "invalid_request");
    refused(&form(&door, "token", key, &format!("{GRANT}&scope=read+sql")).await, 400, "invalid_scope");
    refused(&form(&door, "token", key, &format!("{GRANT}&scope=+")).await, 400, "invalid_scope");
    refused(&form(&door, "token", key, &format!("{GRANT}&client_secret=x")).await, 400, "invalid_request");
    refused(&form(&door, "revoke", key, "").await, 400, "invalid_request");
    let json = Request::post("/v1/oauth/token").header("content-type", "application/json");
    refused(&ask(&door.router, json, &json!({})).await, 400, "invalid_request");
    let bearer = bearer(Request::post("/v1/oauth/token"), &secret)
        .header("content-type", "application/x-www-form-urlencoded");
    refused(&ask(&door.router, bearer, &Value::Null).await, 401, "invalid_client");
    // Trying is in the audit log.
    door.access.flush().await.expect("flushes");
    assert!(door.count("SELECT count(*) FROM api.audit WHERE action LIKE 'refused: %'").await >= 1);
}

#[tokio::test]
async fn a_token_ends_with_its_key_or_by_itself_on_every_replica() {
    let door = door(setup()).await;
    let (second, access) = replica(&door.stage, setup());
    let stop = CancellationToken::new();
    let working = tokio::spawn(access.run(stop.clone()));
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
    let key = (&*id, &*secret);
    let [first, rest] = [token(&door, key, "read").await, token(&door, key, "read").await];
    let opens = async |token: &str| ask(&second, bearer(listings(), token), &Value::Null).await.status == 200;
    assert!(opens(&first).await && opens(&rest).await);
    assert_eq!(form(&door, "revoke", Some(key), &format!("token={first}")).await.status, 200);
    let answer = door.with_key(&first, listings()).await;
    assert_eq!(reason(&answer), "revoked-token");
    until("another replica takes a revoked token", async || !opens(&first).await).await;
    assert!(opens(&rest).await, "the other token goes on");
    // What is none, another's, or revoked already is no error, and changes nothing.
    for token in ["x", &first, "eyJ.x.x"] {
        assert_eq!(form(&door, "revoke", Some(key), &format!("token={token}")).await.status, 200);
    }
    let (other, other_secret) = door.key(&wallet, json!({ "name": "y", "scopes": ["read"] })).await;
    form(&door, "revoke", Some((&other, &other_secret)), &format!("token={rest}")).await;
    door.with_key(&rest, listings()).await.ok();
    assert_eq!(door.count("SELECT count(*) FROM api.revoked_token").await, 1);
    // With its key ends every token of it.
    door.by(&wallet, Request::delete(format!("/v1/keys/{id}")), &Value::Null).await.ok();
    assert_eq!(reason(&door.with_key(&rest, listings()).await), "revoked-key");
    until("another replica takes a revoked key's token", async || !opens(&rest).await).await;
    stop.cancel();
    working.await.expect("ends");
}

#[tokio::test]
async fn a_token_is_bound_to_its_keys_networks_and_to_this_server() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let body = json!({ "name": "x", "scopes": ["read"], "networks": ["192.0.2.0/24"] });
    let (id, secret) = door.key(&wallet, body).await;
    let basic = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let asks = |address: &str| {
        let request = Request::post("/v1/oauth/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", &basic);
        from(request, address).body(Body::from(GRANT)).expect("a request")
    };
    refused(&send(&door.router, asks("198.51.100.7")).await, 401, "invalid_client");
    let token = send(&door.router, asks("192.0.2.9")).await.ok();
    let token = token["access_token"].as_str().expect("a token");
    let with = |address: &str| from(bearer(listings(), token), address);
    ask(&door.router, with("192.0.2.9"), &Value::Null).await.ok();
    ask(&door.router, with("198.51.100.7"), &Value::Null).await.problem(403);
    // A server at another origin, with the same secret and database.
    let elsewhere = Setup { origins: vec!["https://other.example".parse().expect("a URL")], ..setup() };
    let (router, _access) = replica(&door.stage, elsewhere);
    let answer = ask(&router, with("192.0.2.9"), &Value::Null).await;
    assert_eq!(reason(&answer), "unknown-token");
}

#[tokio::test]
async fn tokens_are_told_of_to_keys_of_their_wallet() {
    let door = door(setup()).await;
    let (wallet, stranger) = (door.wallet().await, door.wallet().await);
    let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
    let (other, other_secret) = door.key(&stranger, json!({ "name": "x", "scopes": ["read"] })).await;
    let token = token(&door, (&id, &secret), "read").await;
    let body = format!("token={token}&token_type_hint=access_token");
    let told = form(&door, "introspect", Some((&id, &secret)), &body).await.ok();
    assert_eq!(
        (&told["active"], &told["scope"], &told["client_id"]),
        (&json!(true), &json!("read"), &json!(id))
    );
    assert_eq!(told["exp"].as_i64().expect("a time") - told["iat"].as_i64().expect("a time"), 600);
    let told = form(&door, "introspect", Some((&other, &other_secret)), &body).await.ok();
    assert_eq!(told, json!({ "active": false }));
    form(&door, "revoke", Some((&id, &secret)), &body).await;
    let told = form(&door, "introspect", Some((&id, &secret)), &body).await.ok();
    assert_eq!(told, json!({ "active": false }));
}

#[tokio::test]
async fn whoever_gets_a_token_can_check_it_by_what_is_published() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let (id, secret) = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
    let token = token(&door, (&id, &secret), "read").await;
    let get = async |path: &str| ask(&door.router, Request::get(path), &Value::Null).await.ok();
    let metadata = get("/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata["issuer"], ORIGIN);
    let jwks = metadata["jwks_uri"].as_str().expect("an address").trim_start_matches(ORIGIN).to_owned();
    let keys = get(&jwks).await;
    let parts: Vec<&str> = token.split('.').collect();
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).expect("base64");
    let header: Value = serde_json::from_slice(&decoded(parts[0])).expect("JSON");
    let claims: Value = serde_json::from_slice(&decoded(parts[1])).expect("JSON");
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("EdDSA")));
    let keys = keys["keys"].as_array().expect("keys");
    let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the key of the token");
    let public = decoded(key["x"].as_str().expect("a key"));
    let public = aws_lc_rs::signature::UnparsedPublicKey::new(&aws_lc_rs::signature::ED25519, public);
    let signed = format!("{}.{}", parts[0], parts[1]);
    public.verify(signed.as_bytes(), &decoded(parts[2])).expect("the signature holds");
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ORIGIN), &json!(ORIGIN)));
    assert_eq!(claims["sub"], wallet.signer.address().to_string());
    // Where there are no keys, there is nothing to find.
    let door = super::door::door(Setup { pepper: None, ..setup() }).await;
    for path in ["/.well-known/jwks.json", "/.well-known/oauth-authorization-server"] {
        ask(&door.router, Request::get(path), &Value::Null).await.problem(404);
    }
}
