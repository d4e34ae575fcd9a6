//! What `/metrics` says of webhooks, in Prometheus' text format. Counts are this process's since its start.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    pub(crate) queued: AtomicU64,
    pub(crate) delivered: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) paused: AtomicU64,
    pub(crate) alerts: AtomicU64,
    pub(crate) held: AtomicI64,
    /// Milliseconds of all attempts together.
    pub(crate) milliseconds: AtomicU64,
}

impl Metrics {
    pub(crate) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    /// As text.
    pub(crate) fn render(&self) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("stoa_api_webhook");
        let mut counted = |name: &str, help: &str, value: &AtomicU64| {
            let counter = <Counter>::default();
            counter.inc_by(value.load(Ordering::Relaxed));
            registry.register(name, help, counter);
        };
        counted("queued", "Messages queued for webhooks", &self.queued);
        counted("delivered", "Messages that receivers took", &self.delivered);
        counted("failed_attempts", "Attempts that failed", &self.failed);
        counted("attempt_milliseconds", "Time that attempts took, together", &self.milliseconds);
        counted("paused", "Webhooks paused after long failure", &self.paused);
        counted("alerts", "Alerts that were told", &self.alerts);
        let held = <Gauge>::default();
        held.set(self.held.load(Ordering::Relaxed));
        registry.register("held", "Webhooks that this process sends for", held);
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_stand_under_their_names() {
        let metrics = Metrics::default();
        Metrics::add(&metrics.delivered, 7);
        let text = metrics.render().expect("text");
        assert!(text.contains("stoa_api_webhook_delivered_total 7\n"), "{text}");
        assert!(text.contains("stoa_api_webhook_held 0\n"), "{text}");
    }
}
