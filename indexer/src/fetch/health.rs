//! How well an endpoint does, and what it is known to take. Pure: the time is always told.

use std::time::{Duration, Instant};

use serde::Serialize;

use super::limits::Smaller;
use super::{Doubt, PoolConfig, Trouble};

/// How much the newest outcome counts.
const WEIGHT: f64 = 0.2;
/// A bad name is half forgotten after this long.
const FORGIVEN: Duration = Duration::from_secs(30);
/// Blocks beyond these do not lower the score further: a head may be a lie.
const WORST_LAG: u64 = 40;
/// An endpoint below this is not believed in how far the chain goes, as long as another tells it.
const BELIEVED: f64 = 0.3;
/// What an endpoint said of its head is trusted for this long.
const HEAD_LASTS: Duration = Duration::from_secs(60);
/// An endpoint that was distrusted is avoided for this long, then twice as long.
const DISTRUST: Duration = Duration::from_secs(30);
const LONGEST_DISTRUST: Duration = Duration::from_secs(3_600);
/// Where a rate limit tells no time, the pause is this many times the first one.
const RATE_PAUSES: u32 = 10;
/// A rate limit that tells a longer time is not believed.
const LONGEST_RATE_PAUSE: Duration = Duration::from_secs(3_600);

/// What kind of request: their times differ by far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Headers.
    Small,
    /// Logs of so many blocks.
    Logs { blocks: u64 },
    /// Logs of a single event over so many blocks.
    Sparse { blocks: u64 },
}

/// How an endpoint does, for `/status`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EndpointReport {
    /// Never the path, which may hold a key.
    pub host: String,
    /// Whether it answers questions; else it only announces blocks.
    pub answers: bool,
    /// 0 to 1.
    pub score: f64,
    /// Of small requests, a moving average.
    pub latency_ms: f64,
    /// Of requests for logs.
    pub logs_latency_ms: f64,
    pub requests: u64,
    pub failures: u64,
    pub rate_limited: u64,
    /// Contradictions, in itself or found later.
    pub doubts: u64,
    /// Blocks that it is asked for at once now.
    pub range: u64,
    /// Most blocks that it said it takes.
    pub max_blocks: Option<u64>,
    /// Most logs that it said it gives.
    pub max_results: Option<u64>,
    pub max_batch: usize,
    pub head: Option<u64>,
    /// What last went wrong, until it is half forgotten.
    pub trouble: Option<String>,
}

/// Time that requests take: mean and mean deviation, as TCP estimates its round trips.
#[derive(Clone, Copy, Debug, Default)]
struct Latency {
    mean: f64,
    deviation: f64,
    known: bool,
}

impl Latency {
    fn add(&mut self, took: Duration) {
        let took = took.as_secs_f64();
        if std::mem::replace(&mut self.known, true) {
            self.deviation += ((took - self.mean).abs() - self.deviation) * 0.25;
            self.mean += (took - self.mean) * WEIGHT;
        } else {
            (self.mean, self.deviation) = (took, took / 2.0);
        }
    }

    /// Most requests are answered by then.
    fn patience(&self) -> Option<Duration> {
        self.known.then(|| Duration::from_secs_f64(self.mean + 4.0 * self.deviation))
    }
}

/// One endpoint's record.
#[derive(Debug)]
pub(super) struct Health {
    /// Share of good outcomes, the newest counting most, at `since`.
    good: f64,
    since: Instant,
    small: Latency,
    logs: Latency,
    requests: u64,
    failures: u64,
    rate_limited: u64,
    doubts: u64,
    in_a_row: u32,
    distrusted: u32,
    pause: Option<Instant>,
    avoid: Option<Instant>,
    in_flight: u32,
    head: Option<(u64, Instant)>,
    trouble: Option<(String, Instant)>,
    limits: Limits,
    first_pause: Duration,
    longest_pause: Duration,
}

/// What an endpoint is known to take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Blocks at once, as things go now.
    pub(super) range: u64,
    /// Blocks at once where logs are rare.
    pub(super) sparse: u64,
    /// What it said it takes at most.
    pub(super) max_blocks: Option<u64>,
    pub(super) max_results: Option<u64>,
}

impl Health {
    pub(super) fn new(config: &PoolConfig, now: Instant) -> Self {
        Self {
            good: 1.0,
            since: now,
            small: Latency::default(),
            logs: Latency::default(),
            requests: 0,
            failures: 0,
            rate_limited: 0,
            doubts: 0,
            in_a_row: 0,
            distrusted: 0,
            pause: None,
            avoid: None,
            in_flight: 0,
            head: None,
            trouble: None,
            limits: Limits {
                // A busy contract's logs of very many blocks would be thrown away as too much to read.
                range: config.max_range.min(config.first_range).max(1),
                sparse: u64::MAX,
                max_blocks: None,
                max_results: None,
            },
            first_pause: config.first_pause,
            longest_pause: config.longest_pause,
        }
    }

    pub(super) fn limits(&self) -> Limits {
        self.limits
    }

    /// 0 to 1: how likely it is the best to ask, before what is under way there.
    pub(super) fn score(&self, now: Instant, newest: Option<u64>) -> f64 {
        let behind = match (self.head, newest) {
            (Some((head, at)), Some(newest)) if now < at + HEAD_LASTS => {
                newest.saturating_sub(head).min(WORST_LAG)
            }
            _ => 0,
        };
        let latency = if self.logs.known { self.logs.mean } else { self.small.mean };
        self.forgiven(now) / (1.0 + behind as f64 / 4.0) / (1.0 + latency)
    }

    /// The score, lowered by what is under way: equals share the work.
    pub(super) fn rank(&self, now: Instant, newest: Option<u64>) -> f64 {
        self.score(now, newest) / (1.0 + 0.2 * f64::from(self.in_flight))
    }

    fn forgiven(&self, now: Instant) -> f64 {
        let halvings = now.saturating_duration_since(self.since).as_secs_f64() / FORGIVEN.as_secs_f64();
        1.0 - (1.0 - self.good) * 0.5_f64.powf(halvings)
    }

    fn rate(&mut self, outcome: f64, now: Instant) {
        self.good = self.forgiven(now) * (1.0 - WEIGHT) + outcome * WEIGHT;
        self.since = now;
    }

    /// Until when it must not be asked.
    pub(super) fn paused_until(&self, now: Instant) -> Option<Instant> {
        self.pause.filter(|until| *until > now)
    }

    /// For how long it is left alone, and why, where it is.
    pub(super) fn resting(&self, now: Instant) -> Option<Trouble> {
        let rest = self.paused_until(now)?.saturating_duration_since(now);
        let why = self.trouble.as_ref().map_or_else(String::new, |(text, _)| text.clone());
        Some(Trouble::Resting { rest, why })
    }

    /// Whether others are to be asked first, whatever the scores.
    pub(super) fn is_avoided(&self, now: Instant) -> bool {
        self.avoid.is_some_and(|until| until > now)
    }

    /// Whether it may say how far the chain goes.
    pub(super) fn is_believed(&self, now: Instant) -> bool {
        !self.is_avoided(now) && self.forgiven(now) >= BELIEVED
    }

    /// Whether it takes that many blocks at once.
    pub(super) fn takes(&self, kind: Kind) -> bool {
        match kind {
            Kind::Small => true,
            Kind::Logs { blocks } => blocks <= self.limits.range.max(1),
            Kind::Sparse { blocks } => blocks <= self.limits.sparse.max(1),
        }
    }

    /// Most requests of this kind are answered by then; a guess where it is new.
    pub(super) fn patience(&self, kind: Kind) -> Option<Duration> {
        match kind {
            Kind::Small => self.small.patience(),
            Kind::Logs { .. } | Kind::Sparse { .. } => self.logs.patience(),
        }
    }

    pub(super) fn begin(&mut self) {
        self.in_flight += 1;
        self.requests += 1;
    }

    pub(super) fn end(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    pub(super) fn succeeded(&mut self, kind: Kind, took: Duration, now: Instant) {
        self.in_a_row = 0;
        self.rate(1.0, now);
        match kind {
            Kind::Small => self.small.add(took),
            Kind::Logs { .. } | Kind::Sparse { .. } => self.logs.add(took),
        }
    }

    /// Another endpoint was faster, and this request was given up.
    pub(super) fn overtaken(&mut self, kind: Kind, took: Duration, now: Instant) {
        self.rate(0.5, now);
        match kind {
            Kind::Small => self.small.add(took),
            Kind::Logs { .. } | Kind::Sparse { .. } => self.logs.add(took),
        }
    }

    pub(super) fn failed(&mut self, kind: Kind, trouble: &Trouble, now: Instant) {
        self.trouble = Some((trouble.to_string(), now));
        match trouble {
            // Not a fault: it told what it takes.
            Trouble::TooLarge { smaller, .. } => return self.shrink(kind, *smaller),
            Trouble::RateLimited { retry_after } => {
                self.rate_limited += 1;
                self.in_a_row = (self.in_a_row + 1).min(6);
                let guess = self.first_pause * RATE_PAUSES * (1 << (self.in_a_row - 1));
                self.pause = Some(now + retry_after.unwrap_or(guess).min(LONGEST_RATE_PAUSE));
                return self.rate(0.5, now);
            }
            Trouble::Oversized(_) | Trouble::Timeout(_) => self.shrink(kind, Smaller::default()),
            Trouble::Doubt(doubt) if !matches!(doubt, Doubt::MissingBlock(_)) => self.doubts += 1,
            _ => {}
        }
        self.failures += 1;
        self.in_a_row = (self.in_a_row + 1).min(12);
        if self.in_a_row > 2 {
            let pause = self.first_pause * (1 << (self.in_a_row - 2));
            self.pause = Some(now + pause.min(self.longest_pause));
        }
        self.rate(0.0, now);
    }

    /// Something that it said turned out to be wrong.
    pub(super) fn distrust(&mut self, why: &str, now: Instant) {
        self.doubts += 1;
        self.trouble = Some((why.to_owned(), now));
        let avoid = DISTRUST.saturating_mul(1 << self.distrusted.min(16)).min(LONGEST_DISTRUST);
        self.distrusted += 1;
        self.avoid = Some(now + avoid);
        self.rate(0.0, now);
    }

    pub(super) fn head(&self, now: Instant) -> Option<u64> {
        self.head.filter(|(_, at)| now < *at + HEAD_LASTS).map(|(head, _)| head)
    }

    /// Notes its head; one that goes back costs it some of its name.
    pub(super) fn note_head(&mut self, head: u64, now: Instant) {
        if self.head(now).is_some_and(|before| head < before) {
            self.rate(0.0, now);
            self.trouble = Some((format!("its head went back to block {head}"), now));
        }
        self.head = Some((head, now));
    }

    fn shrink(&mut self, kind: Kind, smaller: Smaller) {
        if smaller.results.is_some() {
            self.limits.max_results = smaller.results;
        }
        if smaller.lasting {
            self.limits.max_blocks = smaller.blocks;
        }
        let (blocks, limit) = match kind {
            Kind::Small => return,
            Kind::Logs { blocks } => (blocks, &mut self.limits.range),
            Kind::Sparse { blocks } => (blocks, &mut self.limits.sparse),
        };
        // A suggestion as large as what was refused is of no use (reth gives such).
        let next = smaller.blocks.filter(|next| (1..blocks).contains(next)).unwrap_or(blocks / 2).max(1);
        *limit = next.min(*limit);
        if smaller.lasting {
            self.limits.range = self.limits.range.min(next);
            self.limits.sparse = self.limits.sparse.min(next);
        }
    }

    /// Larger ranges where answers are small, smaller ones where they are large.
    pub(super) fn grow(&mut self, kind: Kind, logs: usize, config: &PoolConfig) {
        let (blocks, limit, most) = match kind {
            Kind::Small => return,
            Kind::Logs { blocks } => (blocks, &mut self.limits.range, config.max_range.max(1)),
            Kind::Sparse { blocks } => (blocks, &mut self.limits.sparse, u64::MAX),
        };
        let most = self.limits.max_blocks.unwrap_or(u64::MAX).min(most);
        let results = self.limits.max_results.map_or(usize::MAX, |max| (max as usize) / 5 * 4);
        let target = config.target_logs.min(results).max(1);
        if logs > target.saturating_mul(2) {
            *limit = (blocks / 2).clamp(1, *limit);
        } else if logs < target / 2 && blocks >= *limit / 2 {
            *limit = limit.saturating_mul(2).min(most);
        }
    }

    pub(super) fn report(
        &self,
        host: String,
        max_batch: usize,
        now: Instant,
        newest: Option<u64>,
    ) -> EndpointReport {
        let trouble = self.trouble.as_ref().filter(|(_, at)| now < *at + 2 * FORGIVEN);
        EndpointReport {
            host,
            answers: true,
            score: self.score(now, newest),
            latency_ms: self.small.mean * 1_000.0,
            logs_latency_ms: self.logs.mean * 1_000.0,
            requests: self.requests,
            failures: self.failures,
            rate_limited: self.rate_limited,
            doubts: self.doubts,
            range: self.limits.range,
            max_blocks: self.limits.max_blocks,
            max_results: self.limits.max_results,
            max_batch,
            head: self.head(now),
            trouble: trouble.map(|(text, _)| text.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const LOGS: Kind = Kind::Logs { blocks: 2_000 };

    fn config() -> PoolConfig {
        PoolConfig { first_range: 2_000, ..PoolConfig::default() }
    }

    fn fresh() -> (Health, Instant) {
        let now = Instant::now();
        (Health::new(&config(), now), now)
    }

    fn too_large(smaller: Smaller) -> Trouble {
        Trouble::TooLarge { smaller, message: String::new() }
    }

    #[test]
    fn failures_lower_the_score_and_time_forgives() {
        let (mut health, now) = fresh();
        let fine = health.score(now, None);
        for _ in 0..4 {
            health.failed(Kind::Small, &Trouble::Broken("x".into()), now);
        }
        let bad = health.score(now, None);
        assert!(bad < fine / 2.0, "{bad}");
        assert!(health.paused_until(now).is_some());
        let later = now + Duration::from_secs(300);
        assert!(health.score(later, None) > 0.99 * fine);
        assert!(health.paused_until(later).is_none());
    }

    #[test]
    fn lag_and_latency_lower_the_score() {
        let (mut health, now) = fresh();
        health.note_head(90, now);
        assert!(health.score(now, Some(100)) < 0.3);
        assert!(health.score(now + HEAD_LASTS, Some(100)) > 0.9, "an old head tells nothing");
        let (mut slow, _) = fresh();
        slow.succeeded(Kind::Small, 2_000 * MS, now);
        assert!(slow.score(now, None) < 0.4);
    }

    #[test]
    fn a_head_that_goes_back_costs_score() {
        let (mut health, now) = fresh();
        health.note_head(100, now);
        health.note_head(101, now);
        assert!(health.score(now, None) > 0.99);
        health.note_head(50, now);
        assert!(health.score(now, None) < 0.9);
    }

    #[test]
    fn a_rate_limit_pauses_for_as_long_as_told() {
        let (mut health, now) = fresh();
        health.failed(LOGS, &Trouble::RateLimited { retry_after: Some(Duration::from_secs(7)) }, now);
        assert_eq!(health.paused_until(now), Some(now + Duration::from_secs(7)));
        let (mut health, _) = fresh();
        health.failed(LOGS, &Trouble::RateLimited { retry_after: None }, now);
        health.failed(LOGS, &Trouble::RateLimited { retry_after: None }, now);
        assert_eq!(health.paused_until(now), Some(now + Duration::from_secs(2)), "it doubles");
    }

    #[test]
    fn told_limits_last_and_others_are_tried_again() {
        let config = config();
        let (mut health, now) = fresh();
        health.failed(LOGS, &too_large(Smaller { blocks: Some(500), lasting: true, results: None }), now);
        assert_eq!(health.limits().range, 500);
        health.grow(Kind::Logs { blocks: 500 }, 0, &config);
        assert_eq!(health.limits().range, 500, "it said so");
        assert!(!health.takes(Kind::Sparse { blocks: 501 }));
        let (mut health, _) = fresh();
        health.failed(LOGS, &too_large(Smaller { blocks: None, lasting: false, results: Some(10_000) }), now);
        assert_eq!(health.limits().range, 1_000);
        health.grow(Kind::Logs { blocks: 1_000 }, 5_000, &config);
        assert_eq!(health.limits().range, 1_000, "twice as many would be refused");
        health.grow(Kind::Logs { blocks: 1_000 }, 100, &config);
        assert_eq!(health.limits().range, 2_000);
    }

    #[test]
    fn a_suggestion_that_does_not_help_is_halved() {
        let (mut health, now) = fresh();
        health.failed(LOGS, &too_large(Smaller { blocks: Some(2_000), lasting: false, results: None }), now);
        assert_eq!(health.limits().range, 1_000);
        for _ in 0..20 {
            let blocks = health.limits().range;
            health.failed(Kind::Logs { blocks }, &too_large(Smaller::default()), now);
        }
        assert_eq!(health.limits().range, 1, "never none");
    }

    #[test]
    fn distrust_lasts_longer_each_time() {
        let (mut health, now) = fresh();
        health.distrust("a broken total", now);
        assert!(health.is_avoided(now + DISTRUST - MS) && !health.is_avoided(now + DISTRUST));
        health.distrust("a broken total", now);
        assert!(health.is_avoided(now + DISTRUST));
    }

    #[test]
    fn patience_is_beyond_the_usual() {
        let (mut health, now) = fresh();
        assert_eq!(health.patience(LOGS), None);
        for _ in 0..50 {
            health.succeeded(LOGS, 100 * MS, now);
        }
        let patience = health.patience(LOGS).expect("known");
        assert!(patience >= 100 * MS && patience < 150 * MS, "{patience:?}");
    }
}
