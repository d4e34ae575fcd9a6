//! The tier of a wallet as the indexer has read it: by what it has staked on the home chain, or by a pass of one of the
//! listings that the operator names. The higher one counts.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::PgPool;
use stoa_schema::earnings::tier;
use stoa_schema::types::{Addr, Uint};

use crate::model::PublicId;
use crate::params::FromParam as _;

/// Without a notice of a block, a tier is read again so often: locks also end by themselves.
const KEPT: Duration = Duration::from_secs(2);
/// More wallets than that at once are forgotten together.
const MOST: usize = 50_000;

/// A listing whose valid passes give a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierPass {
    pub chain_id: i64,
    pub listing: i64,
    pub tier: i16,
}

/// Why a text names no such listing.
#[derive(Debug, thiserror::Error)]
#[error("must be LISTING=TIER, as in 8453-12=2, with a tier from 1 to 100")]
pub struct TierPassError;

impl FromStr for TierPass {
    type Err = TierPassError;

    fn from_str(text: &str) -> Result<Self, TierPassError> {
        let (listing, tier) = text.split_once('=').ok_or(TierPassError)?;
        let listing = PublicId::from_param(listing).ok_or(TierPassError)?;
        let tier = tier.parse().ok().filter(|tier| (1..=100).contains(tier)).ok_or(TierPassError)?;
        Ok(Self { chain_id: listing.chain_id, listing: listing.number, tier })
    }
}

/// Reads tiers, each at most once per block.
#[derive(Debug)]
pub(crate) struct TierReader {
    pool: PgPool,
    /// The chain whose stakes count, if any do.
    home: Option<i64>,
    passes: Vec<TierPass>,
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
    pub(crate) fn new(pool: PgPool, home: Option<i64>, passes: Vec<TierPass>) -> Self {
        Self { pool, home, passes, epoch: AtomicU64::new(0), known: Mutex::default() }
    }

    /// What a notice of the indexer, `chain:seq`, means: stakes or passes may have changed.
    pub(crate) fn block(&self, notice: &str) {
        let chain = notice.split(':').next().and_then(|chain| chain.parse().ok());
        let Some(chain) = chain else { return };
        if self.home == Some(chain) || self.passes.iter().any(|pass| pass.chain_id == chain) {
            self.epoch.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The tier of a wallet, 0 for none. Where the projections cannot be read, the one that it had.
    pub(crate) async fn of(&self, account: Addr) -> i16 {
        if self.home.is_none() && self.passes.is_empty() {
            return 0;
        }
        let epoch = self.epoch.load(Ordering::Relaxed);
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&account).copied();
        if let Some(known) = known
            && known.epoch == epoch
            && known.read.elapsed() < KEPT
        {
            return known.tier;
        }
        let tier = match self.read(account).await {
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

    async fn read(&self, account: Addr) -> sqlx::Result<i16> {
        let staked = match self.home {
            Some(home) => self.staked(home, account).await?,
            None => 0,
        };
        Ok(staked.max(self.bought(account).await?))
    }

    async fn staked(&self, home: i64, account: Addr) -> sqlx::Result<i16> {
        type Row = (Uint, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
        let row: Option<Row> = sqlx::query_as(include_str!("../sql/score.sql"))
            .bind(home)
            .bind(account)
            .fetch_optional(&self.pool)
            .await?;
        let found = row.and_then(|(score, a, b, c, d)| Some(tier(score, &[a?, b?, c?, d?])));
        Ok(found.unwrap_or(0))
    }

    async fn bought(&self, account: Addr) -> sqlx::Result<i16> {
        if self.passes.is_empty() {
            return Ok(0);
        }
        let chains: Vec<i64> = self.passes.iter().map(|pass| pass.chain_id).collect();
        let listings: Vec<i64> = self.passes.iter().map(|pass| pass.listing).collect();
        let tiers: Vec<i16> = self.passes.iter().map(|pass| pass.tier).collect();
        let tier: Option<i16> = sqlx::query_scalar(include_str!("../sql/tier_pass.sql"))
            .bind(account)
            .bind(chains)
            .bind(listings)
            .bind(tiers)
            .fetch_one(&self.pool)
            .await?;
        Ok(tier.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_and_its_tier_are_read_and_nothing_else_is() {
        let pass = "8453-12=2".parse::<TierPass>().expect("reads");
        assert_eq!(pass, TierPass { chain_id: 8453, listing: 12, tier: 2 });
        for wrong in
            ["", "8453-12", "12=2", "8453-12=0", "8453-12=101", "8453-12=x", "8453-0=1", "8453-12=2=3"]
        {
            let error = wrong.parse::<TierPass>().expect_err(wrong).to_string();
            assert!(error.contains("LISTING=TIER"), "{error}");
        }
    }
}
