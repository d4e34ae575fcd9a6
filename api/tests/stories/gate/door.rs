//! A server with keys and sign-in, and wallets before it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use alloy::signers::SignerSync as _;
use alloy::signers::local::PrivateKeySigner;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::request::Builder;
use serde_json::{Value, json};
use sqlx::PgPool;
use stoa_api::access::{Access, Master, Pepper, Setup, Tiers};
use stoa_api::app::{App, app};
use stoa_api::config;
use stoa_api::content::{Limits, Uploads};
use stoa_api::hooks::{self, Hooks};
use stoa_api::live::{Live, Settings};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio_util::sync::CancellationToken;

use crate::rows::{self, CHAIN, Listing};
use crate::stage::{Answer, Stage, send};

pub(crate) const ORIGIN: &str = "http://127.0.0.1:8080";

pub(crate) struct Door {
    pub(crate) stage: Stage,
    pub(crate) router: Router,
    pub(crate) access: Access,
}

/// A wallet, signed in.
pub(crate) struct Wallet {
    pub(crate) signer: PrivateKeySigner,
    pub(crate) cookie: String,
}

pub(crate) fn setup() -> Setup {
    Setup {
        pepper: Pepper::new(&[7; 32]),
        master: Master::parse(&format!("test:{}", "07".repeat(32))).expect("valid"),
        origins: vec![ORIGIN.parse().expect("a URL")],
        home: Some(CHAIN),
        ..Setup::default()
    }
}

/// The same limits for everybody.
pub(crate) fn tiers(per_minute: i64, per_day: i64, premium_per_month: i64) -> Option<Tiers> {
    let limits = stoa_api::access::Limits { per_minute, per_day, premium_per_month };
    Some(Tiers { anonymous: limits, tiers: vec![limits] })
}

/// A server over the database, and what it knows of access.
pub(crate) fn replica(stage: &Stage, setup: Setup) -> (Router, Access) {
    let (router, access, _) = replica_with(stage, setup, &hooks::Settings::default());
    (router, access)
}

/// The same, and what sends webhooks, which does once it runs.
pub(crate) fn replica_with(
    stage: &Stage,
    setup: Setup,
    settings: &hooks::Settings,
) -> (Router, Access, Hooks) {
    keeping(stage, setup, settings, PathBuf::from("/nonexistent"), None)
}

/// The same, with a folder of published content and what may be uploaded into it.
fn keeping(
    stage: &Stage,
    setup: Setup,
    settings: &hooks::Settings,
    content: PathBuf,
    uploads: Option<Limits>,
) -> (Router, Access, Hooks) {
    let timeout = Duration::from_secs(10);
    let pool: PgPool = config::pool(stage.database.url().parse().expect("an address"), 4, timeout);
    let live = Live::new(&pool, Settings::default(), &CancellationToken::new());
    let access = Access::new(&pool, setup).expect("access");
    let hooks = Hooks::new(&pool, &access, &live, settings).expect("hooks");
    let app = app(App {
        pool,
        web: PathBuf::from("/nonexistent"),
        content,
        sql: None,
        timeout,
        live,
        access: access.clone(),
        uploads: uploads.map(Uploads::new),
        relay: None,
        hot: None,
        hooks: hooks.clone(),
    });
    (app, access, hooks)
}

pub(crate) async fn door(setup: Setup) -> Door {
    opened(setup, PathBuf::from("/nonexistent"), None).await
}

/// One behind which uploads are taken into a folder.
pub(crate) async fn uploading(setup: Setup, content: PathBuf, limits: Limits) -> Door {
    opened(setup, content, Some(limits)).await
}

async fn opened(setup: Setup, content: PathBuf, uploads: Option<Limits>) -> Door {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    rows::head(&stage.pool, CHAIN).await;
    Listing::new(1).insert(&stage.pool).await;
    let (router, access, _) = keeping(&stage, setup, &hooks::Settings::default(), content, uploads);
    Door { stage, router, access }
}

/// As from this address.
pub(crate) fn from(builder: Builder, address: &str) -> Builder {
    let address: SocketAddr = format!("{address}:4711").parse().expect("an address");
    builder.extension(ConnectInfo(address))
}

pub(crate) async fn ask(router: &Router, builder: Builder, body: &Value) -> Answer {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    send(router, builder.body(body).expect("a request")).await
}

/// A message that is right; tests change it.
pub(crate) fn message(signer: &PrivateKeySigner, nonce: &str) -> String {
    let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
    format!(
        "127.0.0.1:8080 wants you to sign in with your Ethereum account:\n{}\n\nManage API keys.\n\nURI: {ORIGIN}/\n\
         Version: 1\nChain ID: {CHAIN}\nNonce: {nonce}\nIssued At: {now}",
        signer.address()
    )
}

pub(crate) fn sign(signer: &PrivateKeySigner, text: &str) -> String {
    signer.sign_message_sync(text.as_bytes()).expect("signs").to_string()
}

impl Door {
    pub(crate) async fn nonce(&self) -> String {
        let answer = ask(&self.router, Request::post("/v1/auth/nonce"), &Value::Null).await.ok();
        answer["data"]["nonce"].as_str().expect("a nonce").to_owned()
    }

    pub(crate) async fn present(&self, message: &str, signature: &str) -> Answer {
        let body = json!({ "message": message, "signature": signature });
        ask(&self.router, Request::post("/v1/auth/session"), &body).await
    }

    pub(crate) async fn wallet(&self) -> Wallet {
        self.sign_in(PrivateKeySigner::random()).await
    }

    pub(crate) async fn sign_in(&self, signer: PrivateKeySigner) -> Wallet {
        let text = message(&signer, &self.nonce().await);
        let answer = self.present(&text, &sign(&signer, &text)).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let cookie = answer.header("set-cookie").expect("a cookie");
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        Wallet { signer, cookie }
    }

    pub(crate) async fn by(&self, wallet: &Wallet, builder: Builder, body: &Value) -> Answer {
        ask(&self.router, wallet.asks(builder), body).await
    }

    /// A new key: its id and its secret.
    pub(crate) async fn key(&self, wallet: &Wallet, body: Value) -> (String, String) {
        let answer = self.by(wallet, Request::post("/v1/keys"), &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let data = answer.json()["data"].take();
        let text = |name: &str| data[name].as_str().expect(name).to_owned();
        (text("id"), text("secret"))
    }

    pub(crate) async fn with_key(&self, secret: &str, builder: Builder) -> Answer {
        ask(&self.router, bearer(builder, secret), &Value::Null).await
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.stage.pool).await.expect(sql)
    }
}

impl Wallet {
    /// As the page asks.
    pub(crate) fn asks(&self, builder: Builder) -> Builder {
        builder.header("cookie", &self.cookie).header("origin", ORIGIN).header("x-stoa-csrf", "1")
    }
}

pub(crate) fn bearer(builder: Builder, secret: &str) -> Builder {
    builder.header("authorization", format!("Bearer {secret}"))
}

/// Asks until the answer is as wanted; for what another server is told of.
pub(crate) async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + Duration::from_secs(30);
    while !done().await {
        assert!(tokio::time::Instant::now() < deadline, "{what}");
        tokio::task::yield_now().await;
    }
}
