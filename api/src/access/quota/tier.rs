//! The tier of a wallet, by what it has staked on the home chain as the indexer has read it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use stoa_schema::earnings::tier;
use stoa_schema::types::{Addr, Uint};

/// Without a notice of a block, a tier is read again so often: locks also end by themselves.
const KEPT: Duration = Duration::from_secs(2);
/// More wallets than that at once are forgotten together.
const MOST: usize = 50_000;

/// Reads tiers, each at most once per block.
#[derive(Debug)]
pub(crate) struct TierReader {
    pool: PgPool,
    /// The chain whose stakes count; none where all wallets are of the lowest tier.
    home: Option<i64>,
    /// Grows with each block.
    epoch: AtomicU64,
    known: Mutex<HashMap<Addr, Known>>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    tier: i16,
    epoch: u64,
    read: Instant,
}

impl TierReader {
    pub(crate) fn new(pool: PgPool, home: Option<i64>) -> Self {
        Self { pool, home, epoch: AtomicU64::new(0), known: Mutex::default() }
    }

    /// What a notice of the indexer, `chain:seq`, means: stakes may have changed.
    pub(crate) fn block(&self, notice: &str) {
        let chain = notice.split(':').next().and_then(|chain| chain.parse().ok());
        if chain.is_some() && chain == self.home {
            self.epoch.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The tier of a wallet, 0 for none. Where the projections cannot be read, the one that it had.
    pub(crate) async fn of(&self, account: Addr) -> i16 {
        let Some(home) = self.home else { return 0 };
        let epoch = self.epoch.load(Ordering::Relaxed);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&account).copied();
        if let Some(known) = known
            && known.epoch == epoch
            && known.read.elapsed() < KEPT
        {
            return known.tier;
        }
        let tier = match self.read(home, account).await {
            Ok(tier) => tier,
            Err(error) => {
                tracing::debug!(%error, "a tier stays as it was");
                known.map_or(0, |known| known.tier)
            }
        };
        let mut all = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(account, Known { tier, epoch, read: Instant::now() });
        tier
    }

    async fn read(&self, home: i64, account: Addr) -> sqlx::Result<i16> {
        type Row = (Uint, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
        let row: Option<Row> = sqlx::query_as(include_str!("../sql/score.sql"))
            .bind(home)
            .bind(account)
            .fetch_optional(&self.pool)
            .await?;
        let found = row.and_then(|(score, a, b, c, d)| Some(tier(score, &[a?, b?, c?, d?])));
        Ok(found.unwrap_or(0))
    }
}
