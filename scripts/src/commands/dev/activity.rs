//! Demo wallets at work, at a human pace.

use std::{sync::Arc, time::Duration};

use rand::Rng as _;
use stoa_scripts::demo::Demo;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// Acts until stopped. A refused action is logged and the next one tried: somebody else may trade here, too.
pub(super) async fn run(demo: Arc<Mutex<Demo>>, stop: CancellationToken) {
    let acting = async {
        loop {
            match demo.lock().await.act().await {
                Ok(what) => tracing::info!("{what}"),
                Err(error) => tracing::warn!("a demo action was refused: {error}"),
            }
            let pause = rand::rng().random_range(200..900);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    };
    let _ = stop.run_until_cancelled(acting).await;
}
