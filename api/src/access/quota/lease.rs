//! Blocks of tokens that this replica has leased from the store that all share.
//!
//! *Invariant:* of a window, all replicas together never spend more than its limit; of a bucket, never more than it held
//! and was filled up with since. What is leased was taken out of the store before it is spent, once.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use sqlx::PgPool;

use super::Quotas;

/// A bucket's tokens that were not used for so long are forgotten: they would let a burst be longer than a bucket.
const KEPT: Duration = Duration::from_secs(60);
/// One lease is this part of the limit: small enough to leave something for the other replicas.
const PARTS: i64 = 50;
const MOST: i64 = 1_000;

/// One of the limits of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Measure {
    /// A token bucket.
    Minute,
    Day,
    /// Premium calls, by the month.
    Premium,
}

impl Measure {
    pub(crate) const ALL: [Self; 3] = [Self::Minute, Self::Day, Self::Premium];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
            Self::Premium => "premium",
        }
    }

    /// How long its window is, in seconds; a month's is that of the longest.
    pub(crate) fn seconds(self) -> u64 {
        match self {
            Self::Minute => 60,
            Self::Day => 86_400,
            Self::Premium => 2_678_400,
        }
    }
}

/// How a limit stands after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) measure: Measure,
    pub(crate) limit: i64,
    /// As far as this replica knows.
    pub(crate) left: i64,
    /// Seconds until it is whole again.
    pub(crate) reset: u64,
}

/// What is left of a lease.
#[derive(Debug)]
pub(super) struct Lease {
    measure: Measure,
    held: i64,
    /// What the store had left when it was last asked.
    beyond: i64,
    limit: i64,
    /// When the store was last asked.
    asked: Instant,
    /// When the window ends, or the bucket is full.
    ends: Instant,
    /// Until then the store has nothing: it is not asked for each request that is refused.
    empty_until: Option<Instant>,
    used: Instant,
}

/// Whether a cost could be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paid {
    Yes(Standing),
    /// With how long to wait.
    No(Standing, Duration),
}

impl Lease {
    pub(super) fn new(measure: Measure, now: Instant) -> Self {
        Self { measure, held: 0, beyond: 0, limit: -1, asked: now, ends: now, empty_until: None, used: now }
    }

    /// Takes a cost out, from the store where what is held is not enough.
    pub(super) async fn pay(
        &mut self,
        store: &Quotas,
        subject: &str,
        limit: i64,
        cost: i64,
        now: Instant,
    ) -> sqlx::Result<Paid> {
        self.age(limit, now);
        self.used = now;
        if self.held < cost && self.empty_until.is_none_or(|until| until <= now) && cost <= limit {
            self.renew(store, subject, cost, now).await?;
        }
        if self.held >= cost {
            self.held -= cost;
            return Ok(Paid::Yes(self.standing(now)));
        }
        Ok(Paid::No(self.standing(now), self.wait(cost, now)))
    }

    /// Puts back what a request did not use after all.
    pub(super) fn put_back(&mut self, cost: i64) {
        self.held += cost;
    }

    /// What nobody asked for in a while may be forgotten.
    pub(super) fn is_idle(&self, now: Instant) -> bool {
        now.duration_since(self.used) > 2 * KEPT
    }

    /// What can be given back to the store: only windows keep count.
    pub(super) fn surplus(&self) -> i64 {
        if self.measure == Measure::Minute { 0 } else { self.held }
    }

    pub(super) fn emptied(&mut self) {
        self.held = 0;
    }

    /// Forgets what no longer counts.
    fn age(&mut self, limit: i64, now: Instant) {
        let stale = match self.measure {
            Measure::Minute => now.duration_since(self.asked) > KEPT,
            Measure::Day | Measure::Premium => now >= self.ends,
        };
        if stale {
            (self.held, self.beyond, self.empty_until) = (0, 0, None);
        }
        if self.limit != limit {
            (self.limit, self.empty_until) = (limit, None);
        }
    }

    async fn renew(&mut self, store: &Quotas, subject: &str, cost: i64, now: Instant) -> sqlx::Result<()> {
        let block = (self.limit / PARTS).clamp(1, MOST).max(cost) - self.held;
        let (got, beyond, seconds) = take(&store.pool, subject, self.measure, block, self.limit).await?;
        store.writes.fetch_add(1, Ordering::Relaxed);
        self.held += got;
        self.beyond = beyond;
        self.asked = now;
        self.ends = now + Duration::try_from_secs_f64(seconds).unwrap_or_default();
        self.empty_until = (self.held < cost).then(|| now + self.wait(cost, now));
        Ok(())
    }

    /// How long until a cost can be paid.
    fn wait(&self, cost: i64, now: Instant) -> Duration {
        let whole = self.ends.saturating_duration_since(now);
        match self.measure {
            Measure::Minute if cost <= self.limit => {
                let lacking = (cost - self.held - self.beyond).max(1);
                // Exact for whatever a bucket can hold.
                Duration::try_from_secs_f64(60.0 * lacking as f64 / self.limit.max(1) as f64).unwrap_or(whole)
            }
            _ => whole,
        }
    }

    fn standing(&self, now: Instant) -> Standing {
        let whole = self.ends.saturating_duration_since(now).as_secs_f64().ceil();
        Standing {
            measure: self.measure,
            limit: self.limit,
            left: self.held + self.beyond,
            // Windows are at most a month.
            reset: whole as u64,
        }
    }
}

/// Takes from the store: what was given, what it has left, and in how many seconds it is whole again.
async fn take(
    pool: &PgPool,
    subject: &str,
    measure: Measure,
    wanted: i64,
    limit: i64,
) -> sqlx::Result<(i64, i64, f64)> {
    let sql = match measure {
        Measure::Minute => include_str!("../sql/quota_bucket.sql"),
        Measure::Day | Measure::Premium => include_str!("../sql/quota_window.sql"),
    };
    let query = sqlx::query_as(sql).bind(subject).bind(measure.word()).bind(wanted).bind(limit);
    match measure {
        Measure::Minute => query,
        Measure::Day => query.bind("day"),
        Measure::Premium => query.bind("month"),
    }
    .fetch_one(pool)
    .await
}
