//! Webhooks and alerts: what is told arrives, signed, in order, whatever fails in between.

mod alerts;
mod failing;
mod killed;
mod receiver;
mod shared;

use axum::http::Request;
use serde_json::{Value, json};
use stoa_api::access::{Setup, Tiers};
use stoa_api::hooks::Settings;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::gate::door::{Door, Wallet, ask, replica_with, setup};
use crate::live::chain::Chain;
use crate::stage::Stage;
use receiver::Receiver;

/// A server that sends to this machine, with a chain and a wallet that is signed in.
pub(crate) struct Scene {
    pub(crate) door: Door,
    pub(crate) chain: Chain,
    pub(crate) wallet: Wallet,
    setup: Setup,
    stop: CancellationToken,
    running: Vec<JoinHandle<()>>,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let mut scene = Self::still().await;
        scene.replica();
        scene
    }

    /// Nothing is sent yet.
    pub(crate) async fn still() -> Self {
        Self::with(setup()).await
    }

    /// A server that counts.
    pub(crate) async fn limited(tiers: Option<Tiers>) -> Self {
        let mut scene = Self::with(Setup { tiers, ..setup() }).await;
        scene.replica();
        scene
    }

    async fn with(setup: Setup) -> Self {
        let stage = Stage::new().await;
        let chain = Chain::new(&stage).await;
        let (router, access, _) = replica_with(&stage, setup.clone(), &local());
        let door = Door { stage, router, access };
        let wallet = door.wallet().await;
        Self { door, chain, wallet, setup, stop: CancellationToken::new(), running: Vec::new() }
    }

    /// As a server does every two seconds.
    pub(crate) async fn flush(&self) {
        self.door.access.flush().await.expect("stored");
    }

    /// One more replica that sends; what ends it.
    pub(crate) fn replica(&mut self) -> CancellationToken {
        let (_, _, hooks) = replica_with(&self.door.stage, self.setup.clone(), &local());
        let stop = self.stop.child_token();
        self.running.push(tokio::spawn(hooks.run(stop.clone())));
        stop
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> crate::stage::Answer {
        self.door.by(&self.wallet, Request::post(path), body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.door.by(&self.wallet, Request::get(path), &Value::Null).await.ok()
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Value {
        self.door.by(&self.wallet, Request::patch(path), body).await.ok()["data"].take()
    }

    /// A new webhook: its id and its secret.
    pub(crate) async fn hook(&self, receiver: &Receiver, mut wanted: Value) -> (String, String) {
        wanted["name"] = json!("x");
        wanted["url"] = json!(receiver.url());
        let answer = self.post("/v1/webhooks", &wanted).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let data = answer.json()["data"].take();
        let text = |name: &str| data[name].as_str().expect(name).to_owned();
        (text("id"), text("secret"))
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        for task in self.running {
            task.await.expect("ends");
        }
    }
}

pub(crate) fn local() -> Settings {
    Settings { allow_private_webhooks: true, seconds: 5, ..Settings::default() }
}

#[tokio::test]
async fn what_a_stream_tells_is_sent_signed_and_taken_back() {
    let mut scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (id, secret) =
        scene.hook(&receiver, json!({ "topics": ["purchases", "blocks"], "about": ["purchase"] })).await;
    scene.chain.commit(101, 0xa1, &[4, 7]).await;
    let (first, second) = (receiver.next().await, receiver.next().await);
    for message in [&first, &second] {
        message.verify(&secret).expect("the official library takes it");
        assert!(message.verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").is_err());
        assert_eq!(message.header("content-type"), "application/json");
    }
    assert_eq!(first.body["type"], "purchase");
    assert_eq!(first.body["data"]["data"]["id"], "31337-101-4");
    assert_eq!(first.header("webhook-id"), format!("msg_{id}_31337_1_5"));
    assert_eq!(second.body["data"]["data"]["id"], "31337-101-7");
    scene.chain.take_back(101, 0xa1).await;
    scene.chain.commit(101, 0xb1, &[6]).await;
    for (told, void) in [(&first, receiver.next().await), (&second, receiver.next().await)] {
        assert_eq!(void.body["type"], "retract");
        assert_eq!(void.body["data"]["retracts"], told.body["data"]["cursor"]);
    }
    assert_eq!(receiver.next().await.body["data"]["data"]["id"], "31337-101-6");
    let log = scene.get(&format!("/v1/webhooks/{id}/deliveries?limit=2")).await;
    let rows = log["data"].as_array().expect("rows");
    assert_eq!((rows.len(), &rows[0]["number"], &log["next"]), (2, &json!(5), &json!(4)));
    let rest = scene.get(&format!("/v1/webhooks/{id}/deliveries?before=4&state=delivered")).await;
    assert_eq!(rest["data"].as_array().map(Vec::len), Some(3));
    assert_eq!((&rest["data"][0]["attempts"][0]["status"], &rest["next"]), (&json!(200), &Value::Null));
    scene.end().await;
}

#[tokio::test]
async fn at_finalized_nothing_is_told_that_is_taken_back() {
    let mut scene = Scene::new().await;
    let receiver = Receiver::new().await;
    scene.hook(&receiver, json!({ "topics": ["purchases"], "level": "finalized" })).await;
    scene.chain.commit(101, 0xa1, &[1]).await;
    scene.chain.take_back(101, 0xa1).await;
    scene.chain.commit(101, 0xb1, &[2]).await;
    scene.chain.finalize(101).await;
    let told = receiver.next().await;
    assert_eq!(told.body["data"]["data"]["id"], "31337-101-2");
    assert_eq!(told.body["data"]["finality"], "finalized");
    scene.end().await;
    assert!(receiver.is_silent());
}

#[tokio::test]
async fn a_rotated_secret_signs_beside_the_new_one() {
    let mut scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (id, old) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    let rotate = format!("/v1/webhooks/{id}/rotate");
    let answer = scene.post(&rotate, &json!({ "overlap_seconds": 600 })).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let new = answer.json()["data"]["secret"].as_str().expect("a secret").to_owned();
    assert_eq!(answer.json()["data"]["secrets"].as_array().map(Vec::len), Some(2));
    scene.chain.commit(101, 0xa1, &[1]).await;
    let told = receiver.next().await;
    told.verify(&old).expect("the old one");
    told.verify(&new).expect("the new one");
    let newest = scene.post(&rotate, &json!({ "overlap_seconds": 0 })).await.json()["data"]["secret"].clone();
    let newest = newest.as_str().expect("a secret").to_owned();
    scene.chain.commit(102, 0xa2, &[1]).await;
    let told = receiver.next().await;
    assert!(told.verify(&old).is_err() && told.verify(&new).is_err(), "both have ended");
    told.verify(&newest).expect("the newest");
    // None of them is anywhere in the schema.
    let dump: String = sqlx::query_scalar(
        "SELECT string_agg(row::text, '') FROM (SELECT s::text AS row FROM api.webhook_secret s
         UNION ALL SELECT w::text FROM api.webhook w UNION ALL SELECT d::text FROM api.delivery d
         UNION ALL SELECT a::text FROM api.audit a) rows",
    )
    .fetch_one(&scene.door.stage.pool)
    .await
    .expect("a dump");
    use base64::Engine as _;
    for secret in [&old, &new, &newest] {
        let bytes = base64::engine::general_purpose::STANDARD.decode(&secret[6..]).expect("base64");
        assert!(!dump.contains(&secret[6..]) && !dump.contains(&alloy::primitives::hex::encode(bytes)));
    }
    scene.end().await;
}

#[tokio::test]
async fn what_was_told_is_told_again_from_a_cursor() {
    let mut scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    let mut told = Vec::new();
    for block in 101..104_u8 {
        scene.chain.commit(block.into(), block, &[1]).await;
        told.push(receiver.next().await);
    }
    let replay = format!("/v1/webhooks/{id}/replay");
    scene.post(&replay, &json!({ "after": told[0].body["data"]["cursor"] })).await.ok();
    for before in &told[1..] {
        let again = receiver.next().await;
        assert_eq!(again.header("webhook-id"), before.header("webhook-id"), "the same thing");
    }
    scene.post(&replay, &json!({ "from": "oldest" })).await.ok();
    for before in &told {
        assert_eq!(receiver.next().await.header("webhook-id"), before.header("webhook-id"));
    }
    for (bad, parameter) in [
        (json!({}), "after"),
        (json!({ "after": "x" }), "after"),
        (json!({ "after": "safe:31337-1" }), "after"),
        (json!({ "after": "latest:5-1" }), "after"),
        (json!({ "from": "then" }), "from"),
    ] {
        assert_eq!(scene.post(&replay, &bad).await.problem(400)["parameter"], parameter, "{bad}");
    }
    scene.post(&replay, &json!({ "after": "latest:31337-99" })).await.problem(410);
    scene.end().await;
}

#[tokio::test]
async fn a_ping_tells_at_once_how_it_went() {
    let scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (id, secret) = scene.hook(&receiver, json!({})).await;
    let ping = format!("/v1/webhooks/{id}/ping");
    let went = scene.post(&ping, &Value::Null).await.ok();
    assert_eq!((&went["data"]["state"], &went["data"]["type"]), (&json!("delivered"), &json!("ping")));
    let told = receiver.next().await;
    told.verify(&secret).expect("signed");
    assert_eq!(told.body["data"], json!({ "webhook": id, "name": "x" }));
    for (status, error) in
        [(500, "it answered 500: not 2xx"), (302, "it answered 302: redirects are not followed")]
    {
        receiver.answer(status);
        let went = scene.post(&ping, &Value::Null).await.ok();
        assert_eq!(
            (&went["data"]["state"], &went["data"]["attempts"][0]["error"]),
            (&json!("failed"), &json!(error))
        );
        receiver.next().await;
    }
    assert!(receiver.is_silent(), "nothing was followed, nothing tried again");
    let metrics = scene.door.stage.get("/metrics").await.text();
    assert!(metrics.contains("stoa_api_webhook_held"), "{metrics}");
    scene.end().await;
}

#[tokio::test]
async fn what_a_webhook_may_not_be_is_refused() {
    let scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    let good = json!({ "name": "x", "url": "https://example.org/", "topics": ["purchases"] });
    for (member, value, parameter) in [
        ("name", json!(""), "name"),
        ("url", json!("ftp://example.org/"), "url"),
        ("url", json!("https://a:b@example.org/"), "url"),
        ("topics", json!(["weather"]), "topics"),
        ("topics", json!((1..=101).map(|n| format!("listing:1-{n}")).collect::<Vec<_>>()), "topics"),
        ("about", json!(["weather"]), "about"),
        ("level", json!("early"), "level"),
        ("chain", json!(5), "chain"),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        assert_eq!(scene.post("/v1/webhooks", &bad).await.problem(400)["parameter"], parameter, "{bad}");
    }
    scene
        .post("/v1/webhooks", &json!({ "name": "x", "url": "https://example.org/", "colour": 1 }))
        .await
        .problem(400);
    // A server that is not told to speak to private addresses does not.
    let (strict, _, _) = replica_with(&scene.door.stage, setup(), &Settings::default());
    for url in
        ["http://example.org/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://example.org:22/"]
    {
        let body = json!({ "name": "x", "url": url });
        let problem =
            ask(&strict, scene.wallet.asks(Request::post("/v1/webhooks")), &body).await.problem(400);
        assert_eq!(problem["parameter"], "url", "{url}");
    }
    let other = scene.door.wallet().await;
    let path = format!("/v1/webhooks/{id}");
    scene.door.by(&other, Request::get(&path), &Value::Null).await.problem(404);
    scene.door.by(&other, Request::delete(&path), &Value::Null).await.problem(404);
    scene.door.by(&scene.wallet, Request::delete(&path), &Value::Null).await.ok();
    scene.door.by(&scene.wallet, Request::get(&path), &Value::Null).await.problem(404);
    scene.end().await;
}
