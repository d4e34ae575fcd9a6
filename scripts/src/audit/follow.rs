//! One audit after the other, each of the next block.

use std::{collections::BTreeMap, time::Duration};

use alloy::primitives::B256;
use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};
use sqlx::{Connection as _, postgres::PgConnection};
use stoa_schema::types::Hash;
use tokio::{net::TcpListener, sync::watch};

use super::{Auditor, Error, Report, view::position};

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
    /// Blocks between those that were audited.
    pub skipped: u64,
    /// Audits that could not be made.
    pub failures: u64,
}

impl Auditor {
    /// Audits each block that the projections come to, in order, until the future is dropped; `report` hears of each.
    ///
    /// A block is audited while it can still be told what it was like, which is before the next one is final. One
    /// that a reorganisation replaces is audited again. Blocks that became final sooner than they could be audited
    /// are counted as skipped: so are all but the last that the indexer commits as one range of final blocks.
    pub async fn follow(&self, progress: &watch::Sender<Progress>, mut report: impl FnMut(&Report)) {
        let mut audited = Audited::default();
        progress.send_modify(|progress| progress.chain_id = self.chain_id);
        loop {
            match self.audit_next(&mut audited).await {
                Ok(None) => {}
                Ok(Some(found)) => {
                    audited.note(&found);
                    tell(progress, &found, audited.skipped);
                    report(&found);
                    continue;
                }
                // It was passed by, or replaced, between two statements: the next look is at another.
                Err(Error::Forgotten { .. }) => continue,
                Err(error) => {
                    tracing::warn!(chain_id = self.chain_id, %error, "no audit");
                    progress.send_modify(|progress| progress.failures += 1);
                }
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Audits the first block that was not, if the projections have come to it.
    async fn audit_next(&self, audited: &mut Audited) -> Result<Option<Report>, Error> {
        let mut connection = PgConnection::connect(&self.database_url).await?;
        let at = position(&mut connection, self.chain_id).await?;
        let canonical: Vec<(i64, Hash)> =
            sqlx::query_as("SELECT block_number, hash FROM archive.header WHERE chain_id = $1")
                .bind(self.chain_id)
                .fetch_all(&mut connection)
                .await?;
        connection.close().await?;
        audited.take_back(&canonical.into_iter().map(|(number, hash)| (number, hash.0)).collect());
        let next = audited.next(at.finalized);
        if at.projected < next {
            return Ok(None);
        }
        self.audit(Some(next), Duration::ZERO).await.map(Some)
    }
}

/// The blocks that were audited and may still be replaced.
#[derive(Debug, Default)]
struct Audited {
    blocks: BTreeMap<i64, B256>,
    skipped: u64,
}

impl Audited {
    fn note(&mut self, found: &Report) {
        if let Some((last, _)) = self.blocks.last_key_value() {
            self.skipped += (found.block - last - 1).max(0).cast_unsigned();
        }
        self.blocks.insert(found.block, found.hash);
    }

    /// Forgets the blocks that were replaced.
    fn take_back(&mut self, canonical: &BTreeMap<i64, B256>) {
        let replaced =
            self.blocks.iter().find(|(number, hash)| canonical.get(number).is_some_and(|now| now != *hash));
        if let Some(first) = replaced.map(|(number, _)| *number) {
            let _ = self.blocks.split_off(&first);
        }
    }

    /// What is to be audited next, where nothing before `finalized` can be. Of the blocks before it only the last
    /// is remembered.
    fn next(&mut self, finalized: i64) -> i64 {
        while self.blocks.len() > 1 && self.blocks.keys().nth(1).is_some_and(|second| *second <= finalized) {
            self.blocks.pop_first();
        }
        let behind = self.blocks.last_key_value().map_or(finalized, |(last, _)| last + 1);
        behind.max(finalized)
    }
}

fn tell(progress: &watch::Sender<Progress>, found: &Report, skipped: u64) {
    let differences = found.differences.len() as u64;
    progress.send_modify(|progress| {
        progress.block = Some(found.block);
        progress.compared = found.compared;
        progress.skipped = skipped;
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
    let skipped = Family::<Chain, Counter>::default();
    skipped.get_or_create(&chain).inc_by(progress.skipped);
    registry.register("skipped", "Blocks between those that were audited", skipped);
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

    fn report(block: i64, hash: u8) -> Report {
        let hash = B256::with_last_byte(hash);
        let (differences, sample, seed) = (Vec::new(), None, None);
        Report { chain_id: 5, block, hash, compared: 1, differences, sample, seed }
    }

    #[test]
    fn each_block_is_audited_once_and_again_when_it_was_replaced() {
        let mut audited = Audited::default();
        assert_eq!(audited.next(10), 10, "what is final comes first");
        for block in 10..=13 {
            audited.note(&report(block, 1));
            assert_eq!(audited.next(10), block + 1);
        }
        let branch = |from| (10..=14).map(|n| (n, B256::with_last_byte(1 + u8::from(n >= from)))).collect();
        audited.take_back(&branch(12));
        assert_eq!(audited.next(10), 12, "12 and 13 are others now");
        audited.note(&report(12, 2));
        audited.take_back(&branch(12));
        assert_eq!((audited.next(12), audited.skipped), (13, 0));
        assert_eq!(audited.next(20), 20, "what became final in between is forgotten");
        audited.note(&report(20, 2));
        assert_eq!(audited.skipped, 7, "13 to 19");
    }

    #[test]
    fn figures_stand_under_their_names() {
        let progress =
            Progress { chain_id: 5, block: Some(12), compared: 100, differences: 3, skipped: 2, failures: 1 };
        let text = render(&progress);
        for line in [
            "stoa_audit_block{chain=\"5\"} 12",
            "stoa_audit_compared{chain=\"5\"} 100",
            "stoa_audit_differences{chain=\"5\"} 3",
            "stoa_audit_skipped_total{chain=\"5\"} 2",
            "stoa_audit_failures_total{chain=\"5\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        let nothing = render(&Progress::default());
        assert!(!nothing.contains("differences"), "before the first audit nothing is said to be well");
    }
}
