//! Several replicas.

use std::collections::BTreeMap;

use serde_json::json;

use super::Scene;
use super::receiver::Receiver;
use crate::gate::door::until;

#[tokio::test]
async fn replicas_share_the_webhooks_and_take_over_from_one_that_ends() {
    let mut scene = Scene::still().await;
    let mut receivers = Vec::new();
    for _ in 0..6 {
        let receiver = Receiver::new().await;
        scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
        receivers.push(receiver);
    }
    let first = scene.replica();
    let _second = scene.replica();
    until("each holds half", async || held(&scene).await == [3, 3]).await;
    for block in 101..111_u8 {
        scene.chain.commit(block.into(), block, &[1]).await;
    }
    first.cancel();
    for block in 111..121_u8 {
        scene.chain.commit(block.into(), block, &[1]).await;
    }
    for receiver in &receivers {
        // At least once: what was on its way when the first ended may come again, and nothing is left out.
        let mut last = 100;
        while last < 120 {
            let told = receiver.next().await.body["data"]["block"]["number"].as_i64().expect("a number");
            assert!(told == last + 1 || told == last, "{told} after {last}");
            last = told;
        }
    }
    until("the other holds all", async || held(&scene).await == [6]).await;
    // A third takes its share of a running one's.
    scene.replica();
    until("they share again", async || held(&scene).await == [3, 3]).await;
    scene.chain.commit(121, 0xc1, &[1]).await;
    for receiver in &receivers {
        while receiver.next().await.body["data"]["block"]["number"] != 121 {}
    }
    scene.end().await;
}

async fn held(scene: &Scene) -> Vec<i64> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT held_by, count(*) FROM api.webhook WHERE held_by IS NOT NULL GROUP BY held_by ORDER BY 2",
    )
    .fetch_all(&scene.door.stage.pool)
    .await
    .expect("rows");
    let by: BTreeMap<String, i64> = rows.into_iter().collect();
    let mut counts: Vec<i64> = by.into_values().collect();
    counts.sort_unstable();
    counts
}
