//! Signed requests (RFC 9421). What is signed is written here by hand, not by the server's code.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use stoa_api::access::{Master, Setup};
use time::OffsetDateTime;

use super::door::{Door, Wallet, ask, bearer, door, replica, setup};
use crate::stage::{Answer, send};

const HOST: &str = "stoa.example";

enum Secret {
    Ed25519(Ed25519KeyPair),
    Hmac(Vec<u8>),
}

/// A key that asks for signed requests, and what signs them.
struct Signer {
    id: String,
    secret: String,
    signing: Secret,
}

/// What of a request is to be otherwise than right.
#[derive(Clone, Copy, Default)]
struct Twist<'a> {
    created: i64,
    nonce: Option<&'a str>,
    /// Signed in place of the path that is asked for.
    path: Option<&'a str>,
    /// Left out of what is signed.
    without: Option<&'a str>,
    /// Sent in place of the body that was signed.
    body: Option<&'a str>,
    key_id: Option<&'a str>,
}

impl Signer {
    async fn new(door: &Door, wallet: &Wallet, algorithm: &str) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[9; 32]).expect("a key");
        let mut signing = json!({ "algorithm": algorithm });
        if algorithm == "ed25519" {
            signing["public_key"] = json!(STANDARD.encode(pair.public_key()));
        }
        let body = json!({ "name": algorithm, "scopes": ["read", "admin"], "signing": signing });
        let answer = door.by(wallet, Request::post("/v1/keys"), &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        Self::of(&answer.json()["data"], pair)
    }

    fn of(data: &Value, pair: Ed25519KeyPair) -> Self {
        let text = |name: &str| data[name].as_str().expect(name).to_owned();
        let signing = match &data["signing_secret"] {
            Value::String(secret) => Secret::Hmac(STANDARD.decode(secret).expect("base64")),
            _ => Secret::Ed25519(pair),
        };
        Self { id: text("id"), secret: text("secret"), signing }
    }

    fn sign(&self, base: &str) -> String {
        STANDARD.encode(match &self.signing {
            Secret::Ed25519(pair) => pair.sign(base.as_bytes()).as_ref().to_vec(),
            Secret::Hmac(secret) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length");
                mac.update(base.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
        })
    }

    /// A signed request, with a twist.
    fn request(&self, method: &str, target: &str, body: &str, twist: Twist<'_>) -> Request<Body> {
        let created = OffsetDateTime::now_utc().unix_timestamp() + twist.created;
        let random = format!("{:032x}", rand::random::<u128>());
        let nonce = twist.nonce.unwrap_or(&random);
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
        let mut parts = vec![
            ("@method", method.to_owned()),
            ("@authority", HOST.to_owned()),
            ("@path", twist.path.unwrap_or(path).to_owned()),
        ];
        parts.extend(query.map(|query| ("@query", format!("?{query}"))));
        parts.extend((!body.is_empty()).then(|| ("content-digest", digest.clone())));
        parts.retain(|(name, _)| Some(*name) != twist.without);
        let names: Vec<String> = parts.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let key_id = twist.key_id.unwrap_or(&self.id);
        let parameters =
            format!("({});created={created};nonce=\"{nonce}\";keyid=\"{key_id}\"", names.join(" "));
        let lines: String = parts.iter().map(|(name, value)| format!("\"{name}\": {value}\n")).collect();
        let signature = self.sign(&format!("{lines}\"@signature-params\": {parameters}"));
        let mut request = bearer(Request::builder().method(method).uri(target), &self.secret)
            .header("host", HOST)
            .header("signature-input", format!("sig1={parameters}"))
            .header("signature", format!("sig1=:{signature}:"));
        if !body.is_empty() {
            request = request.header("content-digest", digest);
        }
        let body = twist.body.unwrap_or(body).to_owned();
        request.body(if body.is_empty() { Body::empty() } else { Body::from(body) }).expect("a request")
    }

    async fn get(&self, door: &Door, twist: Twist<'_>) -> Answer {
        send(&door.router, self.request("GET", "/v1/listings?limit=1", "", twist)).await
    }
}

fn reason(answer: &Answer) -> String {
    let problem = answer.problem(401);
    problem["type"].as_str().and_then(|kind| kind.rsplit(':').next()).expect("a name").to_owned()
}

#[tokio::test]
async fn a_key_that_asks_for_it_is_taken_with_a_signature_alone() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    for algorithm in ["ed25519", "hmac-sha256"] {
        let signer = Signer::new(&door, &wallet, algorithm).await;
        signer.get(&door, Twist::default()).await.ok();
        let body = r#"{"name":"made by a key","scopes":["read"]}"#;
        let made = send(&door.router, signer.request("POST", "/v1/keys", body, Twist::default())).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let bare = door.with_key(&signer.secret, Request::get("/v1/listings")).await;
        assert_eq!(reason(&bare), "unsigned-request");
        let shown =
            door.by(&wallet, Request::get(format!("/v1/keys/{}", signer.id)), &Value::Null).await.ok();
        assert_eq!(shown["data"]["signing"]["algorithm"], algorithm);
        assert!(shown["data"].get("signing_secret").is_none());
    }
    // A token of such a key is no way around.
    let signer = Signer::new(&door, &wallet, "ed25519").await;
    let form =
        format!("grant_type=client_credentials&client_id={}&client_secret={}", signer.id, signer.secret);
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let plain = Request::post("/v1/oauth/token").header(kind.0, kind.1).body(Body::from(form.clone()));
    assert_eq!(send(&door.router, plain.expect("a request")).await.json()["error"], "invalid_client");
    let mut signed = signer.request("POST", "/v1/oauth/token", &form, Twist::default());
    signed.headers_mut().remove("authorization");
    signed.headers_mut().insert(kind.0, kind.1.parse().expect("a value"));
    let token = send(&door.router, signed).await.ok();
    let token = token["access_token"].as_str().expect("a token");
    assert_eq!(reason(&door.with_key(token, Request::get("/v1/listings")).await), "unsigned-request");
    let mut with_token = signer.request("GET", "/v1/listings", "", Twist::default());
    with_token.headers_mut().insert("authorization", format!("Bearer {token}").parse().expect("a value"));
    send(&door.router, with_token).await.ok();
}

#[tokio::test]
async fn a_request_that_is_replayed_altered_late_or_early_is_refused_with_the_reason() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let signer = Signer::new(&door, &wallet, "hmac-sha256").await;
    let right = Twist::default();
    let nonce = "0123456789abcdef-once";
    signer.get(&door, Twist { nonce: Some(nonce), ..right }).await.ok();
    assert_eq!(reason(&signer.get(&door, Twist { nonce: Some(nonce), ..right }).await), "replayed-request");
    // Another replica knows it as well.
    let (second, _access) = replica(&door.stage, setup());
    let again = signer.request("GET", "/v1/listings", "", Twist { nonce: Some(nonce), ..right });
    assert_eq!(reason(&send(&second, again).await), "replayed-request");
    for (twist, expected) in [
        (Twist { created: -70, ..right }, "late-request"),
        (Twist { created: 70, ..right }, "early-request"),
        (Twist { path: Some("/v1/status"), ..right }, "wrong-signature"),
        (Twist { without: Some("@path"), ..right }, "malformed-signature"),
        (Twist { without: Some("@query"), ..right }, "malformed-signature"),
        (Twist { nonce: Some("short"), ..right }, "malformed-signature"),
        (Twist { key_id: Some("another"), ..right }, "unsigned-request"),
    ] {
        assert_eq!(reason(&signer.get(&door, twist).await), expected);
    }
    let body = r#"{"name":"x","scopes":["read"]}"#;
    let post = async |twist| send(&door.router, signer.request("POST", "/v1/keys", body, twist)).await;
    let other = Twist { body: Some(r#"{"name":"x","scopes":["sql!"]}"#), ..right };
    assert_eq!(reason(&post(other).await), "wrong-digest");
    assert_eq!(
        reason(&post(Twist { without: Some("content-digest"), ..right }).await),
        "malformed-signature"
    );
    assert_eq!(door.count("SELECT count(*) FROM api.api_key").await, 1, "nothing was made");
    // What is not signed takes no room: nonces of forged requests are not kept.
    let before = door.count("SELECT count(*) FROM api.signature_nonce").await;
    signer.get(&door, Twist { path: Some("/v1/status"), ..right }).await;
    assert_eq!(door.count("SELECT count(*) FROM api.signature_nonce").await, before);
    door.access.flush().await.expect("flushes");
    for action in ["replayed-request", "late-request", "wrong-signature", "wrong-digest"] {
        let action = format!("refused: {action}");
        let told: i64 = sqlx::query_scalar("SELECT count(*) FROM api.audit WHERE action = $1")
            .bind(&action)
            .fetch_one(&door.stage.pool)
            .await
            .expect("counts");
        assert!(told > 0, "{action}");
    }
}

#[tokio::test]
async fn what_a_keys_signing_may_not_be_is_refused() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    for signing in [
        json!({ "algorithm": "rsa-v1_5-sha256" }),
        json!({ "algorithm": "ed25519" }),
        json!({ "algorithm": "ed25519", "public_key": "x" }),
        json!({ "algorithm": "ed25519", "public_key": STANDARD.encode([1; 31]) }),
        json!({ "algorithm": "hmac-sha256", "public_key": STANDARD.encode([1; 32]) }),
        json!({ "algorithm": "ed25519", "public_key": STANDARD.encode([1; 32]), "x": 1 }),
        json!("ed25519"),
    ] {
        let body = json!({ "name": "x", "scopes": ["read"], "signing": signing });
        door.by(&wallet, Request::post("/v1/keys"), &body).await.problem(400);
    }
    // Without a master key there are no shared secrets, and it says what is missing.
    let door = super::door::door(Setup { master: None, ..setup() }).await;
    let wallet = door.wallet().await;
    let body = json!({ "name": "x", "scopes": ["read"], "signing": { "algorithm": "hmac-sha256" } });
    let answer = door.by(&wallet, Request::post("/v1/keys"), &body).await;
    answer.problem(404);
    assert!(answer.text().contains("STOA_MASTER_KEYS"), "{}", answer.text());
}

#[tokio::test]
async fn a_rotation_keeps_the_public_key_and_makes_a_shared_secret_anew() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let rotate = async |id: &str, body: Value| {
        door.by(&wallet, Request::post(format!("/v1/keys/{id}/rotate")), &body).await
    };
    let pair = || Ed25519KeyPair::from_seed_unchecked(&[9; 32]).expect("a key");
    let old = Signer::new(&door, &wallet, "ed25519").await;
    let new = Signer::of(&rotate(&old.id, json!({})).await.json()["data"], pair());
    for signer in [&old, &new] {
        signer.get(&door, Twist::default()).await.ok();
    }
    let other = Ed25519KeyPair::from_seed_unchecked(&[8; 32]).expect("a key");
    let body = json!({ "public_key": STANDARD.encode(other.public_key()) });
    let newest = Signer::of(&rotate(&new.id, body.clone()).await.json()["data"], other);
    newest.get(&door, Twist::default()).await.ok();
    let old = Signer::new(&door, &wallet, "hmac-sha256").await;
    rotate(&old.id, body).await.problem(400);
    let new = Signer::of(&rotate(&old.id, json!({})).await.json()["data"], pair());
    let (Secret::Hmac(a), Secret::Hmac(b)) = (&old.signing, &new.signing) else { panic!("shared secrets") };
    assert_ne!(a, b);
    for signer in [&old, &new] {
        signer.get(&door, Twist::default()).await.ok();
    }
    let plain = door.key(&wallet, json!({ "name": "x", "scopes": ["read"] })).await;
    assert_eq!(rotate(&plain.0, json!({})).await.json()["data"]["signing"], Value::Null);
}

#[tokio::test]
async fn secrets_are_kept_sealed_and_follow_the_master_key() {
    let door = door(setup()).await;
    let wallet = door.wallet().await;
    let signer = Signer::new(&door, &wallet, "hmac-sha256").await;
    let Secret::Hmac(secret) = &signer.signing else { panic!("a shared secret") };
    let sealed = async || -> Vec<u8> {
        sqlx::query_scalar("SELECT signing_secret FROM api.api_key")
            .fetch_one(&door.stage.pool)
            .await
            .expect("a row")
    };
    let before = sealed().await;
    assert!(!before.windows(secret.len()).any(|part| part == secret), "in the clear");
    let keys = |text: String| Setup { master: Master::parse(&text).expect("valid"), ..setup() };
    let (old, new) = (format!("test:{}", "07".repeat(32)), format!("new:{}", "08".repeat(32)));
    // Both are given: it opens, and is sealed anew.
    let (router, access) = replica(&door.stage, keys(format!("{new} {old}")));
    send(&router, signer.request("GET", "/v1/listings", "", Twist::default())).await.ok();
    access.sweep().await.expect("sweeps");
    assert_ne!(sealed().await, before);
    let (router, _access) = replica(&door.stage, keys(new));
    send(&router, signer.request("GET", "/v1/listings", "", Twist::default())).await.ok();
    // A server without the key cannot know, and lets nobody in.
    let (router, _access) = replica(&door.stage, keys(old));
    let answer = send(&router, signer.request("GET", "/v1/listings", "", Twist::default())).await;
    answer.problem(500);
    let plain = ask(&router, Request::get("/v1/listings"), &Value::Null).await;
    plain.ok();
}
