//! The root's single answers: accounts, the market in figures, the chains.

use async_graphql::{Context, InputObject, Object, Result};
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use super::connection::limit;
use super::read::{MetaQuestion, ask};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Interval, Kind, Leaders, Measure, PublicId, Window};
use crate::params::{FromParam, Time};
use crate::routes::access::{Access, AccessQuery};
use crate::routes::account::{Account, AccountQuery};
use crate::routes::leaders::{Leader, LeadersQuery};
use crate::routes::market::{Market, MarketQuery};
use crate::routes::series::{SeriesQuery, Stretch};
use crate::routes::staking::{ChainStaking, StakingQuery};
use crate::routes::status::{ChainStatus, StatusQuery};

/// Which sales a series sums: all that is given must hold.
#[derive(Debug, Default, InputObject)]
struct SeriesWhere {
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    listing: Option<PublicId>,
    /// Of listings that this account owns now.
    provider: Option<Addr>,
    kind: Option<Kind>,
    token: Option<Addr>,
}

/// Whose sales are ranked: all that is given must hold.
#[derive(Debug, Default, InputObject)]
struct LeaderWhere {
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    kind: Option<Kind>,
    /// Paid in this token. Ranks by revenue need one: amounts in different tokens are never compared.
    token: Option<Addr>,
}

/// Single answers.
#[derive(Debug, Default)]
pub(super) struct Figures;

#[Object]
impl Figures {
    /// Up to which block the data of this answer holds, on each chain: all of an answer is of one instant.
    async fn meta(&self, context: &Context<'_>) -> Result<Meta> {
        Ok(ask(context, &MetaQuestion).await?)
    }

    /// The chains that are served, their contracts, and how far each was read.
    async fn chains(&self, context: &Context<'_>) -> Result<Vec<ChainStatus>> {
        Ok(ask(context, &StatusQuery).await?.data.chains)
    }

    /// What an account has on each chain: balances, passes, shares, locks. One that never did anything has nothing.
    async fn account(&self, context: &Context<'_>, address: Addr, chain: Option<i64>) -> Result<Account> {
        let query = AccountQuery { address, chain: chain.map(ChainId) };
        Ok(ask(context, &query).await?.data)
    }

    /// Whether an account may use a listing: if it holds a valid pass, of which kind, and until when.
    async fn access(&self, context: &Context<'_>, listing: PublicId, account: Addr) -> Result<Access> {
        Ok(ask(context, &AccessQuery { listing, account }).await?.data)
    }

    /// What is locked on each chain, and what stakers share.
    async fn staking(&self, context: &Context<'_>, chain: Option<i64>) -> Result<Vec<ChainStaking>> {
        Ok(ask(context, &StakingQuery { chain: chain.map(ChainId) }).await?.data.chains)
    }

    /// The whole market in figures, by chain.
    async fn market(&self, context: &Context<'_>, chain: Option<i64>) -> Result<Vec<Market>> {
        Ok(ask(context, &MarketQuery { chain: chain.map(ChainId), at_block: None }).await?.data)
    }

    /// Sales over time, by token, oldest first. Stretches without sales are left out. Without `from` the 30 stretches
    /// before `until`, without `until` up to the newest block.
    async fn series(
        &self,
        context: &Context<'_>,
        #[graphql(name = "where")] filter: Option<SeriesWhere>,
        interval: Option<Interval>,
        from: Option<OffsetDateTime>,
        until: Option<OffsetDateTime>,
    ) -> Result<Vec<Stretch>> {
        let SeriesWhere { chain, listing, provider, kind, token } = filter.unwrap_or_default();
        let (from, until) = (time("from", from)?, time("until", until)?);
        let chain = chain.map(ChainId);
        let query = SeriesQuery { chain, listing, provider, kind, token, interval, from, until };
        Ok(ask(context, &query).await?.data)
    }

    /// Who sells most. What people sell to themselves does not count, and is shown.
    async fn leaders(
        &self,
        context: &Context<'_>,
        of: Option<Leaders>,
        by: Option<Measure>,
        #[graphql(name = "where")] filter: Option<LeaderWhere>,
        window: Option<Window>,
        first: Option<i64>,
    ) -> Result<Vec<Leader>> {
        let LeaderWhere { chain, kind, token } = filter.unwrap_or_default();
        let (chain, limit) = (chain.map(ChainId), Some(limit(first)?));
        let query = LeadersQuery { chain, of, by, token, kind, window, limit };
        query.check()?;
        Ok(ask(context, &query).await?.data)
    }
}

/// The clock of a chain begins in 1970.
fn time(name: &str, given: Option<OffsetDateTime>) -> std::result::Result<Option<Time>, ApiError> {
    let read = |time: OffsetDateTime| {
        let within =
            time.checked_to_offset(time::UtcOffset::UTC).filter(|time| (1970..=9999).contains(&time.year()));
        within.map(Time).ok_or_else(|| ApiError::bad(name, &time.to_string(), Time::allowed()))
    };
    given.map(read).transpose()
}
