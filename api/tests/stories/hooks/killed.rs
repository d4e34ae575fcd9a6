//! The program, killed in the midst.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::Scene;
use super::receiver::Receiver;

async fn start(scene: &Scene) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_stoa-api"))
        .args(["--listen", "127.0.0.1:0", "--metadata-fetches", "0", "--allow-private-webhooks"])
        .env("STOA_DATABASE_URL", scene.door.stage.database.url())
        .env("STOA_ACCESS_SECRET", "7".repeat(32))
        // The one that the wallet's webhook was sealed under.
        .env("STOA_MASTER_KEYS", format!("test:{}", "07".repeat(32)))
        .env("RUST_LOG", "info")
        .env("NO_COLOR", "1")
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("starts");
    let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
    while !lines.next_line().await.expect("a log").expect("still running").contains("address=") {}
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    child
}

/// Killed thrice while messages flow; whoever comes after sends what was not taken.
#[tokio::test]
async fn nothing_is_left_out_when_the_program_is_killed() {
    let mut scene = Scene::still().await;
    let receiver = Receiver::new().await;
    let (_, secret) = scene.hook(&receiver, json!({ "topics": ["purchases"] })).await;
    let mut block = 100_u8;
    let mut last = 100;
    for round in 0..3 {
        let mut child = start(&scene).await;
        for _ in 0..10 {
            block += 1;
            scene.chain.commit(block.into(), block, &[1]).await;
        }
        // In the midst of what was committed: some of it is taken, some is queued, some is not read.
        let until = last + 3 + round;
        while last < until {
            let told = receiver.next().await;
            told.verify(&secret).expect("signed");
            let number = told.body["data"]["block"]["number"].as_i64().expect("a number");
            assert!(number == last + 1 || number <= last && number >= 101, "{number} after {last}");
            last = number.max(last);
        }
        child.kill().await.expect("killed");
        // As if it had been silent for long: what a dead one holds is given up after twenty seconds.
        sqlx::query("UPDATE api.webhook_worker SET beat_at = beat_at - interval '1 minute'")
            .execute(&scene.door.stage.pool)
            .await
            .expect("set");
    }
    let _child = start(&scene).await;
    let end = i64::from(block);
    while last < end {
        let number = receiver.next().await.body["data"]["block"]["number"].as_i64().expect("a number");
        assert!(number <= last + 1, "{number} after {last}: something was left out");
        last = number.max(last);
    }
    tokio::time::timeout(Duration::from_secs(20), async {
        while scene.door.count("SELECT count(*) FROM api.delivery WHERE state <> 'delivered'").await > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("everything was taken");
    assert_eq!(scene.door.count("SELECT count(DISTINCT message) FROM api.delivery").await, 30);
    assert_eq!(scene.door.count("SELECT count(*) FROM api.delivery").await, 30, "and queued once");
}
