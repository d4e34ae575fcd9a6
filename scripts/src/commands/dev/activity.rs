//! Demo wallets at work, at a human pace.

use std::{sync::Arc, time::Duration};

use rand::Rng as _;
use stoa_scripts::demo::Demo;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// After this many actions the pace has halved: a chain that is left running for a day must not fill the memory.
const HALVED_AFTER: u32 = 2_000;

/// Acts until stopped. A refused action is logged and the next one tried: somebody else may trade here, too.
pub(super) async fn run(demo: Arc<Mutex<Demo>>, stop: CancellationToken) {
    let acting = async {
        for acted in 0_u32.. {
            match demo.lock().await.act().await {
                Ok(what) => tracing::info!("{what}"),
                Err(error) => tracing::warn!("a demo action was refused: {error}"),
            }
            let pause = rand::rng().random_range(200..900) * (1 + u64::from(acted / HALVED_AFTER) * 2);
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
    };
    let _ = stop.run_until_cancelled(acting).await;
}
