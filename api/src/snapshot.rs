//! One request, one snapshot: the data and how far the chains were read, from the same instant.

use std::sync::Arc;

use sqlx::{Connection as _, PgConnection, PgPool, Postgres, Transaction};
use stoa_schema::archive;
use time::OffsetDateTime;

use crate::db::begin::begin;
use crate::db::chain::{Chain, chain_all};
use crate::error::{ApiError, NO_PROJECTIONS};
use crate::meta::Meta;
use crate::model::{ChainId, PublicId};

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Taken before the snapshot: a rebuild drops these tables, and an old snapshot would read their successors as
/// empty. With the locks held, a rebuild waits for this request; while a rebuild holds them, this request gives
/// up after the connection's `lock_timeout`, which is shorter than the server's deadlock check, so that the
/// indexer is never the one that loses.
pub(crate) const LOCK: &str = "LOCK TABLE market.account, market.allowance, market.balance, market.gate_rule, market.listing, \
    market.listing_parent, market.listing_payment, market.listing_version, market.lock, market.operator, \
    market.pass, market.plan, market.protocol, market.purchase, market.revenue, market.sale_hour, market.settlement, market.share, \
    market.share_balance, market.share_earning, market.share_sale, market.share_token, market.spending, \
    market.stake_earning, market.stake_token, market.stake_week, market.subscription, market.token \
    IN ACCESS SHARE MODE";

/// The database at one instant.
#[derive(Debug)]
pub struct Snapshot<'c> {
    pub(crate) connection: &'c mut PgConnection,
    pub(crate) chains: Arc<[Chain]>,
}

/// Something that is asked of the database.
pub trait Question: Send + Sync {
    type Answer: Send;

    /// Reads the answer. It may be called again after a failure, and must not depend on the first call.
    fn answer(
        &self,
        snapshot: &mut Snapshot<'_>,
    ) -> impl Future<Output = Result<Self::Answer, ApiError>> + Send;
}

/// Asks in a snapshot of its own. What a rebuild overtook is asked once more.
pub async fn ask<Q: Question>(pool: &PgPool, question: &Q) -> Result<Q::Answer, ApiError> {
    match ask_once(pool, question, false).await {
        Err(ApiError::Overtaken(error)) => {
            tracing::debug!(%error, "asking again after a rebuild");
            ask_once(pool, question, true).await
        }
        answer => answer,
    }
}

async fn ask_once<Q: Question>(pool: &PgPool, question: &Q, anew: bool) -> Result<Q::Answer, ApiError> {
    let mut held = Held::take(pool, anew).await?;
    let answer = question.answer(&mut held.snapshot()).await?;
    held.transaction.commit().await?;
    Ok(answer)
}

/// What a transaction begins with: the locks, and how far the chains were read.
async fn settle(transaction: &mut PgConnection) -> Result<Arc<[Chain]>, ApiError> {
    sqlx::raw_sql(LOCK).execute(&mut *transaction).await?;
    let chains = chain_all(transaction).await?;
    check(&chains)?;
    Ok(chains.into())
}

/// A snapshot that outlives one question, for whoever asks several of the same instant.
#[derive(Debug)]
pub(crate) struct Held {
    transaction: Transaction<'static, Postgres>,
    chains: Arc<[Chain]>,
}

impl Held {
    /// `anew` forgets statements that were prepared before a rebuild.
    pub(crate) async fn take(pool: &PgPool, anew: bool) -> Result<Self, ApiError> {
        let mut transaction = begin(pool, BEGIN).await?;
        if anew {
            transaction.clear_cached_statements().await?;
        }
        let chains = settle(&mut transaction).await?;
        Ok(Self { transaction, chains })
    }

    pub(crate) fn snapshot(&mut self) -> Snapshot<'_> {
        Snapshot { connection: &mut self.transaction, chains: self.chains.clone() }
    }
}

/// Whether the archive is one that this build knows, and follows any chain.
fn check(chains: &[Chain]) -> Result<(), ApiError> {
    let Some(chain) = chains.first() else { return Err(ApiError::NotReady(NO_PROJECTIONS.to_owned())) };
    match version_problem(chain.archive_version) {
        None => Ok(()),
        Some(problem) => Err(ApiError::NotReady(problem)),
    }
}

/// What is wrong with an archive of this version, and what to do about it.
pub(crate) fn version_problem(found: i64) -> Option<String> {
    let known = archive::version();
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => Some(format!(
            "The database's archive has version {found}, but this stoa-api knows only {known}. \
             Run the stoa-api that belongs to the indexer that made it."
        )),
        std::cmp::Ordering::Less => Some(format!(
            "The database's archive has version {found}, but this stoa-api reads {known}. \
             Start the stoa-indexer of the same version; it brings the archive up to date."
        )),
    }
}

impl Snapshot<'_> {
    /// The chains that a request is about: the named one, or all.
    pub(crate) fn chains_of(&self, chain: Option<ChainId>) -> Result<Vec<i64>, ApiError> {
        let served: Vec<i64> = self.chains.iter().map(|chain| chain.chain_id).collect();
        match chain {
            None => Ok(served),
            Some(ChainId(wanted)) if served.contains(&wanted) => Ok(vec![wanted]),
            Some(ChainId(wanted)) => {
                let words: Vec<String> = served.iter().map(|chain| format!("`{chain}`")).collect();
                let allowed = format!("a chain that is served here: {}", words.join(", "));
                Err(ApiError::bad("chain", &wanted.to_string(), allowed))
            }
        }
    }

    /// The chains of a request that may name a listing or a plan as well, which stands on one; `name` is the parameter.
    pub(crate) fn chains_holding(
        &self,
        chain: Option<ChainId>,
        name: &'static str,
        part: Option<PublicId>,
    ) -> Result<Vec<i64>, ApiError> {
        let chains = self.chains_of(chain)?;
        let Some(part) = part else { return Ok(chains) };
        if chain.is_some_and(|ChainId(chain)| chain != part.chain_id) {
            let allowed =
                format!("a {name} on the chain that `chain` names; leave `chain` out to follow the {name}");
            return Err(ApiError::bad(name, &part.to_string(), allowed));
        }
        Ok(chains.into_iter().filter(|chain| *chain == part.chain_id).collect())
    }

    /// A chain by its id.
    pub(crate) fn chain(&self, chain_id: i64) -> Option<&Chain> {
        self.chains.iter().find(|chain| chain.chain_id == chain_id)
    }

    /// The block whose state a chain's projections hold: events behind it are not told of yet.
    pub(crate) fn projected(&self, chain_id: i64) -> i64 {
        self.chain(chain_id).map_or(0, |chain| chain.projected.number)
    }

    /// The one chain of a request beside a block of it, which must have been read.
    pub(crate) fn at_block(&self, chain_ids: &[i64], block: i64) -> Result<(i64, i64), ApiError> {
        let [chain_id] = chain_ids else {
            let allowed = "`chain` beside it: several chains are served, and each has its own blocks";
            return Err(ApiError::bad("at_block", &block.to_string(), allowed));
        };
        let (first, last) = match self.chain(*chain_id) {
            Some(chain) => (chain.first_block, chain.projected.number),
            None => (0, 0),
        };
        if (first..=last).contains(&block) {
            return Ok((*chain_id, block));
        }
        let allowed = format!("a block that was read: from {first}, where the deployment begins, to {last}");
        Err(ApiError::bad("at_block", &block.to_string(), allowed))
    }

    /// The given chains beside the time by which each is judged, in Unix seconds: two arrays for `unnest`.
    pub(crate) fn clocks(&self, chain_ids: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let chains = chain_ids.iter().filter_map(|chain_id| self.chain(*chain_id));
        chains.map(|chain| (chain.chain_id, chain.head_time().unix_timestamp())).unzip()
    }

    /// The time by which what a chain holds is judged.
    pub(crate) fn head_time(&self, chain_id: i64) -> Result<OffsetDateTime, ApiError> {
        let chain = self.chain(chain_id);
        chain
            .map(Chain::head_time)
            .ok_or_else(|| ApiError::Internal(format!("chain {chain_id} has rows and no cursor")))
    }

    /// How far the given chains were read.
    pub(crate) fn meta(&self, chain_ids: &[i64]) -> Meta {
        Meta::of(self.chains.iter().filter(|chain| chain_ids.contains(&chain.chain_id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_known_version_is_read() {
        let known = archive::version();
        assert_eq!(version_problem(known), None);
        assert!(
            version_problem(known + 1).is_some_and(|text| text.contains("Run the stoa-api that belongs"))
        );
        assert!(version_problem(known - 1).is_some_and(|text| text.contains("Start the stoa-indexer")));
    }
}
