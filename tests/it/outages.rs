//! What goes wrong around the indexer: the real program, on a chain on paper, with a Postgres that stops, is full, or has
//! no connection left. Each time it says what happened and goes on, or ends; nothing is lost and nothing stands twice.

mod backup;
mod capacity;
pub(crate) mod ground;
mod restart;
mod shutdown;
mod silent;
mod upgrade;

use ground::{Ground, said};

use crate::support::free_address;

/// The indexer says to `/status` what it waits for, and no more once it goes on.
#[tokio::test]
async fn trouble_is_told_while_it_lasts() {
    let ground = Ground::start(1, 30).await;
    let database = ground.database().await;
    let address = free_address();
    let indexer = ground.indexer(database.url(), "told", &["--http", &address]);
    ground.followed(database.url()).await;
    ground.node.close().await;
    let url = format!("http://{address}/status");
    let trouble = |body: &serde_json::Value| body["chains"][0]["trouble"].is_string();
    crate::support::eventually(&url, "trouble with the node", trouble).await;
    said(&indexer, "no endpoint has answered").await;
    ground.node.open().await;
    crate::support::eventually(&url, "no trouble any more", |body| !trouble(body)).await;
    ground.compare(database.url()).await;
}
