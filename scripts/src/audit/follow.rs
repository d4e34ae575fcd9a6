//! One audit after the other, each of the newest block that has become final.

use std::time::Duration;

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use sqlx::{Connection as _, postgres::PgConnection};
use tokio::{net::TcpListener, sync::watch};

use super::{
    Auditor, Error, Report,
    view::{Lock, position},
};

/// Between two looks at what has become final.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// What following has come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub chain_id: i64,
    /// The block that was audited last.
    pub block: Option<i64>,
    pub compared: u64,
    pub differences: u64,
    /// Audits that could not be made.
    pub failures: u64,
}

impl Auditor {
    /// Audits each newly final block until the future is dropped; `report` hears of each. Where several become final at
    /// once, that is the last of them: what the others were like is forgotten with them.
    pub async fn follow(&self, progress: &watch::Sender<Progress>, mut report: impl FnMut(&Report)) {
        let mut last = None;
        progress.send_modify(|progress| progress.chain_id = self.chain_id);
        loop {
            match self.audit_newer(last).await {
                Ok(None) => {}
                Ok(Some(found)) => {
                    last = Some(found.block);
                    tell(progress, &found);
                    report(&found);
                }
                // It became final and was passed by in a moment: the next look is at a newer one.
                Err(Error::Forgotten { .. }) => continue,
                Err(error) => {
                    tracing::warn!(chain_id = self.chain_id, %error, "no audit");
                    progress.send_modify(|progress| progress.failures += 1);
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Audits the newest final block, unless it is the last one.
    async fn audit_newer(&self, last: Option<i64>) -> Result<Option<Report>, Error> {
        let mut connection = PgConnection::connect(&self.database_url).await?;
        let at = position(&mut connection, self.chain_id, Lock::None).await?;
        connection.close().await?;
        let newer = at.finalized > last.unwrap_or_default();
        if !newer || at.projected < at.finalized {
            return Ok(None);
        }
        self.audit(Some(at.finalized), Duration::ZERO).await.map(Some)
    }
}

fn tell(progress: &watch::Sender<Progress>, found: &Report) {
    let differences = found.differences.len() as u64;
    progress.send_modify(|progress| {
        progress.block = Some(found.block);
        progress.compared = found.compared;
        progress.differences = differences;
    });
    if differences > 0 {
        tracing::error!(
            chain_id = found.chain_id,
            block = found.block,
            differences,
            first = %found.differences[0].what,
            "ALARM: the database does not say what the contracts say"
        );
    }
}

/// Serves `/live` and `/metrics`, until dropped.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, progress: watch::Receiver<Progress>) -> std::io::Result<()> {
    axum::serve(listener, app(progress)).await
}

fn app(progress: watch::Receiver<Progress>) -> Router {
    Router::new().route("/live", get(async || "live\n")).route("/metrics", get(metrics)).with_state(progress)
}

async fn metrics(State(progress): State<watch::Receiver<Progress>>) -> impl IntoResponse {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    let progress = *progress.borrow();
    ([(header::CONTENT_TYPE, kind)], render(&progress))
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Chain {
    chain: i64,
}

fn render(progress: &Progress) -> String {
    let mut registry = Registry::with_prefix("stoa_audit");
    let chain = Chain { chain: progress.chain_id };
    let mut gauge = |name: &str, help: &str, value: i64| {
        let family = Family::<Chain, Gauge>::default();
        family.get_or_create(&chain).set(value);
        registry.register(name, help, family);
    };
    if let Some(block) = progress.block {
        gauge("block", "Block that was audited last", block);
        gauge("compared", "Figures that were compared at it", progress.compared.cast_signed());
        gauge("differences", "Figures that differed at it", progress.differences.cast_signed());
    }
    let failures = Family::<Chain, Counter>::default();
    failures.get_or_create(&chain).inc_by(progress.failures);
    registry.register("failures", "Audits that could not be made", failures);
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = encode(&mut text, &registry);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_under_their_names() {
        let progress = Progress { chain_id: 5, block: Some(12), compared: 100, differences: 3, failures: 1 };
        let text = render(&progress);
        for line in [
            "stoa_audit_block{chain=\"5\"} 12",
            "stoa_audit_compared{chain=\"5\"} 100",
            "stoa_audit_differences{chain=\"5\"} 3",
            "stoa_audit_failures_total{chain=\"5\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        let nothing = render(&Progress::default());
        assert!(!nothing.contains("differences"), "before the first audit nothing is said to be well");
    }
}
