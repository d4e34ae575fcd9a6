//! Quotas: who may ask how much, counted over all replicas without a write for each request.
//!
//! [`limits`] says how much; [`lease`] takes blocks of it from the store; [`tier`] follows what wallets have staked;
//! [`ban`] shuts out who goes on; [`usage`] counts what was asked.

mod ban;
mod lease;
mod limits;
mod tier;
mod usage;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use sqlx::PgPool;
use tokio::sync::Mutex as AsyncMutex;

pub(crate) use ban::Bans;
use lease::Lease;
pub(crate) use lease::{Measure, Paid, Standing};
pub use limits::{Limits, LimitsError, Tiers};
pub use tier::TierPass;
pub(crate) use tier::TierReader;
pub(crate) use usage::{Tally, Usage};

/// A request's price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cost {
    /// What it takes of the minute and the day.
    pub(crate) plain: i64,
    /// Whether it is a premium call.
    pub(crate) premium: bool,
}

/// How a request stands to its limits.
#[derive(Debug)]
pub(crate) enum Verdict {
    Granted(Vec<Standing>),
    Refused { standings: Vec<Standing>, by: Standing, wait: std::time::Duration },
}

type Shared = Arc<AsyncMutex<Lease>>;

/// The leases of one replica.
#[derive(Debug)]
pub(crate) struct Quotas {
    pool: PgPool,
    leases: Mutex<HashMap<(String, Measure), Shared>>,
    /// How often the store was written to.
    writes: AtomicU64,
}

impl Quotas {
    pub(crate) fn new(pool: PgPool) -> Self {
        Self { pool, leases: Mutex::default(), writes: AtomicU64::new(0) }
    }

    /// Pays from all limits that a cost concerns, or from none.
    pub(crate) async fn pay(&self, subject: &str, limits: Limits, cost: Cost) -> sqlx::Result<Verdict> {
        let now = Instant::now();
        let (mut standings, mut paid) = (Vec::with_capacity(3), Vec::with_capacity(3));
        for (measure, limit, cost) in bill(limits, cost) {
            let shared = self.lease(subject, measure, now);
            let outcome = shared.lock().await.pay(self, subject, limit, cost, now).await;
            match outcome {
                Ok(Paid::Yes(standing)) => {
                    standings.push(standing);
                    paid.push((shared, cost));
                }
                Ok(Paid::No(standing, wait)) => {
                    put_back(paid).await;
                    standings.push(standing);
                    return Ok(Verdict::Refused { standings, by: standing, wait });
                }
                Err(error) => {
                    put_back(paid).await;
                    return Err(error);
                }
            }
        }
        Ok(Verdict::Granted(standings))
    }

    /// How often the store was written to so far.
    pub(crate) fn writes(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    fn lease(&self, subject: &str, measure: Measure, now: Instant) -> Shared {
        let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
        let lease = leases.entry((subject.to_owned(), measure));
        lease.or_insert_with(|| Arc::new(AsyncMutex::new(Lease::new(measure, now)))).clone()
    }

    /// Forgets what nobody asks for, and gives back what it held. With `all`, everything: the server ends.
    pub(crate) async fn tidy(&self, all: bool) -> sqlx::Result<()> {
        let now = Instant::now();
        let mut given = Vec::new();
        {
            let mut leases = self.leases.lock().unwrap_or_else(PoisonError::into_inner);
            leases.retain(|(subject, measure), shared| {
                // Nobody else holds it: the map is locked.
                let free = Arc::strong_count(shared) == 1;
                let Some(lease) = Arc::get_mut(shared).filter(|_| free).map(AsyncMutex::get_mut) else {
                    return true;
                };
                if !all && !lease.is_idle(now) {
                    return true;
                }
                given.push((subject.clone(), *measure, lease.surplus()));
                lease.emptied();
                false
            });
        }
        for (subject, measure, held) in given.into_iter().filter(|(_, _, held)| *held > 0) {
            sqlx::query(include_str!("../sql/quota_return.sql"))
                .bind(subject)
                .bind(measure.word())
                .bind(held)
                .bind(if measure == Measure::Day { "day" } else { "month" })
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}

/// What a request takes of which limit.
fn bill(limits: Limits, cost: Cost) -> impl Iterator<Item = (Measure, i64, i64)> {
    let premium = i64::from(cost.premium);
    let all = [
        (Measure::Minute, limits.per_minute, cost.plain),
        (Measure::Day, limits.per_day, cost.plain),
        (Measure::Premium, limits.premium_per_month, premium),
    ];
    all.into_iter().filter(|(_, _, cost)| *cost > 0)
}

async fn put_back(paid: Vec<(Shared, i64)>) {
    for (shared, cost) in paid {
        shared.lock().await.put_back(cost);
    }
}
