//! What `/metrics` says, in Prometheus' text format. README has the table.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::serve::Status;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Chain {
    chain: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AtEndpoint {
    chain: u64,
    endpoint: String,
}

type Whole = Gauge<i64, AtomicI64>;
type Real = Gauge<f64, AtomicU64>;

/// The chains' figures as they stand now.
///
/// # Errors
/// When the text cannot be written, which a string never refuses.
pub fn render(chains: &[Status]) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix("stoa_indexer");
    of_chains(&mut registry, chains);
    of_endpoints(&mut registry, chains);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn of_chains(registry: &mut Registry, chains: &[Status]) {
    let mut whole = |name: &str, help: &str, value: fn(&Status) -> Option<i64>| {
        let family = Family::<Chain, Whole>::default();
        registry.register(name, help, family.clone());
        for status in chains {
            if let (Some(chain), Some(value)) = (status.chain_id, value(status)) {
                family.get_or_create(&Chain { chain }).set(value);
            }
        }
    };
    whole("stored_block", "Last block in the archive", |status| status.stored_block);
    whole("projected_block", "Last block in the projections", |status| status.projected_block);
    whole("final_block", "Last block that is never taken back", |status| status.final_block);
    whole("head_block", "Newest block that a node told of", |status| status.head_block.map(u64::cast_signed));
    whole("finalized_block", "Newest block that a node calls final", |status| {
        status.finalized_block.map(u64::cast_signed)
    });
    whole("lag_blocks", "Blocks between projections and head", |status| {
        status.lag_blocks.map(u64::cast_signed)
    });
    whole("outbox_seq", "Number of the newest row of the outbox", |status| status.outbox_seq);
    whole("deepest_reorganisation_blocks", "Deepest reorganisation since the process began", |status| {
        Some(status.deepest_reorganisation)
    });
    whole("alarm", "1 while nothing is written any more", |status| Some(i64::from(status.alarm.is_some())));
    whole("trouble", "1 while the last thing that was tried went wrong", |status| {
        Some(i64::from(status.trouble.is_some()))
    });
    let mut counted = |name: &str, help: &str, value: fn(&Status) -> u64| {
        let family = Family::<Chain, Counter>::default();
        registry.register(name, help, family.clone());
        for status in chains {
            if let Some(chain) = status.chain_id {
                family.get_or_create(&Chain { chain }).inc_by(value(status));
            }
        }
    };
    counted("rows", "Event rows committed by this process", |status| status.rows);
    counted("reorganisations", "Reorganisations followed by this process", |status| status.reorganisations);
}

fn of_endpoints(registry: &mut Registry, chains: &[Status]) {
    let score = Family::<AtEndpoint, Real>::default();
    let latency = Family::<AtEndpoint, Real>::default();
    let head = Family::<AtEndpoint, Whole>::default();
    let requests = Family::<AtEndpoint, Counter>::default();
    let failures = Family::<AtEndpoint, Counter>::default();
    let limited = Family::<AtEndpoint, Counter>::default();
    let doubts = Family::<AtEndpoint, Counter>::default();
    for status in chains {
        let Some(chain) = status.chain_id else { continue };
        for report in &status.endpoints {
            let at = AtEndpoint { chain, endpoint: report.host.clone() };
            score.get_or_create(&at).set(report.score);
            latency.get_or_create(&at).set(report.latency_ms / 1_000.0);
            if let Some(block) = report.head {
                head.get_or_create(&at).set(block.cast_signed());
            }
            requests.get_or_create(&at).inc_by(report.requests);
            failures.get_or_create(&at).inc_by(report.failures);
            limited.get_or_create(&at).inc_by(report.rate_limited);
            doubts.get_or_create(&at).inc_by(report.doubts);
        }
    }
    registry.register("endpoint_score", "Health of an endpoint, 0 to 1", score);
    registry.register("endpoint_latency_seconds", "Moving average of small requests", latency);
    registry.register("endpoint_head_block", "Newest block of an endpoint", head);
    registry.register("endpoint_requests", "Requests to an endpoint", requests);
    registry.register("endpoint_failures", "Requests that failed", failures);
    registry.register("endpoint_rate_limited", "Requests refused as too many", limited);
    registry.register("endpoint_doubts", "Answers that contradicted themselves or running totals", doubts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_under_their_names() {
        let status = Status {
            chain_id: Some(5),
            stored_block: Some(12),
            lag_blocks: Some(3),
            rows: 7,
            alarm: Some("gone".to_owned()),
            ..Status::default()
        };
        let text = render(&[status]).expect("text");
        for line in [
            "stoa_indexer_stored_block{chain=\"5\"} 12",
            "stoa_indexer_rows_total{chain=\"5\"} 7",
            "stoa_indexer_alarm{chain=\"5\"} 1",
            "# HELP stoa_indexer_lag_blocks Blocks between projections and head.",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in\n{text}");
        }
        assert!(!text.contains("stoa_indexer_head_block{"), "what is not known is not told");
        assert!(text.ends_with("# EOF\n"));
    }
}
