//! Receivers that fail.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Scene;
use super::receiver::{NEVER, Receiver};
use crate::gate::door::until;

#[tokio::test]
async fn what_failed_is_tried_again_and_nothing_overtakes_it() {
    let mut scene = Scene::new().await;
    let receiver = Receiver::new().await;
    let (id, _) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    receiver.answer(503);
    for block in 101..104_u8 {
        scene.chain.commit(block.into(), block, &[1]).await;
    }
    let began = Instant::now();
    let first = receiver.next().await;
    let again = receiver.next().await;
    assert!(began.elapsed() > Duration::from_secs(3), "after a pause: {:?}", began.elapsed());
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
    let path = format!("/v1/webhooks/{id}");
    let stands = scene.get(&path).await["data"].take();
    assert!(stands["failures"].as_i64() >= Some(1) && stands["failing_since"].is_string(), "{stands}");
    receiver.answer(200);
    // Its owner does not wait.
    scene.patch(&path, &json!({ "state": "active" })).await;
    for block in 101..104 {
        let told = receiver.next().await;
        assert_eq!(told.body["data"]["block"]["number"], block, "each, in order");
    }
    until("the queue is empty", async || {
        let stands = scene.get(&path).await["data"].take();
        stands["waiting"] == 0 && stands["failures"] == 0
    })
    .await;
    let log = scene.get(&format!("{path}/deliveries")).await["data"].take();
    let attempts = log[2]["attempts"].as_array().expect("attempts");
    assert_eq!(attempts.first().map(|attempt| &attempt["status"]), Some(&json!(503)));
    assert_eq!(attempts.last().map(|attempt| &attempt["status"]), Some(&json!(200)));
    scene.end().await;
}

#[tokio::test]
async fn who_fails_for_long_is_paused_and_goes_on_where_it_stood() {
    let mut scene = Scene::new().await;
    let (receiver, gone) = (Receiver::new().await, Receiver::new().await);
    let (id, _) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    let (left, _) = scene.hook(&gone, json!({ "topics": ["purchases"] })).await;
    receiver.answer(500);
    gone.answer(410);
    // As after a day.
    sqlx::query("UPDATE api.webhook SET failures = 9, epoch = epoch + 1 WHERE id = $1")
        .bind(&id)
        .execute(&scene.door.stage.pool)
        .await
        .expect("set");
    scene.chain.commit(101, 0xa1, &[1]).await;
    let reason = async |id: &str| {
        let stands = scene.get(&format!("/v1/webhooks/{id}")).await["data"].take();
        (stands["state"] == "paused").then(|| stands["paused_reason"].as_str().expect("a reason").to_owned())
    };
    until("both are paused", async || reason(&id).await.is_some() && reason(&left).await.is_some()).await;
    assert!(
        reason(&id).await.expect("paused").contains("10 attempts in a row failed; the last: it answered 500")
    );
    assert!(reason(&left).await.expect("paused").contains("410"));
    let first = receiver.next().await;
    scene.chain.commit(102, 0xa2, &[1]).await;
    receiver.answer(200);
    scene.patch(&format!("/v1/webhooks/{id}"), &json!({ "state": "active" })).await;
    let again = receiver.next().await;
    assert_eq!(again.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(receiver.next().await.body["data"]["block"]["number"], 102);
    scene.end().await;
}

#[tokio::test]
async fn a_receiver_that_never_answers_holds_nobody_else_up() {
    let mut scene = Scene::new().await;
    let (slow, quick) = (Receiver::new().await, Receiver::new().await);
    slow.answer(NEVER);
    for _ in 0..5 {
        scene.hook(&slow, json!({ "topics": ["purchases"] })).await;
    }
    scene.hook(&quick, json!({ "topics": ["purchases"] })).await;
    until("all are held", async || {
        scene.door.count("SELECT count(*) FROM api.webhook WHERE held_by IS NOT NULL").await == 6
    })
    .await;
    let began = Instant::now();
    for block in 101..121_u8 {
        scene.chain.commit(block.into(), block, &[1]).await;
        assert_eq!(quick.next().await.body["data"]["block"]["number"], block);
    }
    // Sooner than the first of the others has given up.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    scene.end().await;
}

#[tokio::test]
async fn what_the_outbox_has_forgotten_pauses_and_says_so() {
    let mut scene = Scene::still().await;
    let receiver = Receiver::new().await;
    let (id, _) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    for block in 101..104_u8 {
        scene.chain.commit(block.into(), block, &[1]).await;
    }
    scene.door.stage.sql("DELETE FROM archive.outbox WHERE seq <= 2").await;
    scene.replica();
    let path = format!("/v1/webhooks/{id}");
    let stands = async || scene.get(&path).await["data"].take();
    until("it is paused", async || stands().await["state"] == "paused").await;
    let reason = stands().await["paused_reason"].as_str().expect("why").to_owned();
    assert!(reason.contains("kept no more"), "{reason}");
    scene.post(&format!("{path}/replay"), &json!({ "from": "now" })).await.ok();
    scene.patch(&path, &json!({ "state": "active" })).await;
    scene.chain.commit(104, 0xa4, &[1]).await;
    assert_eq!(receiver.next().await.body["data"]["block"]["number"], 104);
    scene.end().await;
}
