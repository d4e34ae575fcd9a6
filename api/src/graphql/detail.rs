//! The root's figures of one listing, one account or the market, each at a scan of its own: they hang from no page, so
//! that none is read for a hundred listings at once.

use async_graphql::{Context, InputObject, Object, OutputType, Result, SimpleObject};
use stoa_schema::types::Addr;

use super::connection::{cursor, limit};
use super::query::ListingWhere;
use super::read::ask;
use crate::cursor::Cursor;
use crate::db::listing_parent::Direction;
use crate::db::listing_search::Facet;
use crate::error::ApiError;
use crate::model::{ChainId, Kind, PublicId, Sort};
use crate::params::FromParam as _;
use crate::raw::history::{Entry, HistoryParams, HistoryQuery};
use crate::reply::Reply;
use crate::routes::attribution::{Attribution, AttributionQuery};
use crate::routes::flow::{FlowParams, FlowQuery, Settlement};
use crate::routes::grades::{Grades, GradesQuery};
use crate::routes::lineage::{LineageParams, LineageQuery, Relative};
use crate::routes::listings::{FacetValue, ListingsQuery};
use crate::routes::owners::{Owner, OwnersParams, OwnersQuery};
use crate::routes::prices::{Price, PricesQuery};
use crate::routes::retention::{Cohort, Months, RetentionQuery};
use crate::routes::yields::{Yield, YieldQuery};
use crate::snapshot::{Question, Snapshot};

/// A page of what is read one after the other.
#[derive(Debug, SimpleObject)]
#[graphql(concrete(name = "FamilyPage", params(Relative)))]
#[graphql(concrete(name = "FlowPage", params(Settlement)))]
#[graphql(concrete(name = "OwnerPage", params(Owner)))]
#[graphql(concrete(name = "HistoryPage", params(Entry)))]
struct Stack<T: OutputType> {
    /// What stands on the page.
    nodes: Vec<T>,
    /// The `after` of the next page; null on the last one.
    next: Option<String>,
}

impl<T: OutputType> From<Reply<Vec<T>>> for Stack<T> {
    fn from(reply: Reply<Vec<T>>) -> Self {
        Self { nodes: reply.data, next: reply.next.flatten().as_ref().map(Cursor::encode) }
    }
}

/// How many of the listings have each value of one property.
#[derive(Debug, SimpleObject)]
struct FacetCount {
    facet: Facet,
    /// The 20 most frequent values.
    values: Vec<FacetValue>,
}

/// Whose buyers are looked at: all that is given must hold.
#[derive(Debug, Default, InputObject)]
struct RetentionWhere {
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    listing: Option<PublicId>,
    /// Of listings that this account owns now.
    provider: Option<Addr>,
    kind: Option<Kind>,
    /// Paid in this token.
    token: Option<Addr>,
}

/// Figures that each take a scan of their own.
#[derive(Debug, Default)]
pub(super) struct Details;

#[Object]
impl Details {
    /// All listings that a listing derives from, the nearest first.
    async fn ancestors(
        &self,
        context: &Context<'_>,
        listing: PublicId,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<Stack<Relative>> {
        family(context, listing, Direction::Ancestors, first, after).await
    }

    /// All listings that derive from a listing, the nearest first.
    async fn descendants(
        &self,
        context: &Context<'_>,
        listing: PublicId,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<Stack<Relative>> {
        family(context, listing, Direction::Descendants, first, after).await
    }

    /// How a listing's sales were split between its beneficiaries and its parents, the newest settlement first.
    async fn flow(
        &self,
        context: &Context<'_>,
        listing: PublicId,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<Stack<Settlement>> {
        let params = FlowParams { limit: Some(limit(first)?), cursor: cursor(after.as_deref())? };
        Ok(ask(context, &FlowQuery { id: listing, params }).await?.into())
    }

    /// Who owned a listing's NFT, the present owner first, its creator last.
    async fn owners(
        &self,
        context: &Context<'_>,
        listing: PublicId,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<Stack<Owner>> {
        let params = OwnersParams { limit: Some(limit(first)?), cursor: cursor(after.as_deref())? };
        Ok(ask(context, &OwnersQuery { id: listing, params }).await?.into())
    }

    /// Every price of a listing's plans, newest first, at most 1,000.
    async fn price_history(&self, context: &Context<'_>, listing: PublicId) -> Result<Vec<Price>> {
        Ok(ask(context, &PricesQuery(listing)).await?.data)
    }

    /// What a listing's shares earned lately, by token; nothing for a listing without shares.
    async fn yields(&self, context: &Context<'_>, listing: PublicId) -> Result<Vec<Yield>> {
        Ok(ask(context, &YieldQuery(listing)).await?.data)
    }

    /// A listing's grades with every figure that they come from; null until they are counted, which is every ten
    /// minutes.
    async fn grades(&self, context: &Context<'_>, listing: PublicId) -> Result<Option<Grades>> {
        Ok(ask(context, &Counted(GradesQuery(listing))).await?)
    }

    /// Where a listing's or a provider's money came from: own sales, direct payments, and royalties of which child.
    async fn attribution(
        &self,
        context: &Context<'_>,
        listing: Option<PublicId>,
        provider: Option<Addr>,
        chain: Option<i64>,
    ) -> Result<Vec<Attribution>> {
        let query = AttributionQuery { chain: chain.map(ChainId), listing, provider };
        query.check()?;
        Ok(ask(context, &query).await?.data)
    }

    /// How many of the buyers of each month bought again in each later one, in the last `months` months (12 without it,
    /// at most 36). What owners bought of themselves is left out.
    async fn retention(
        &self,
        context: &Context<'_>,
        #[graphql(name = "where")] filter: Option<RetentionWhere>,
        months: Option<i64>,
    ) -> Result<Vec<Cohort>> {
        let read = |months: i64| {
            let text = months.to_string();
            Months::from_param(&text).ok_or_else(|| ApiError::bad("months", &text, Months::allowed()))
        };
        let months = months.map(read).transpose()?;
        let RetentionWhere { chain, listing, provider, kind, token } = filter.unwrap_or_default();
        let query = RetentionQuery { chain: chain.map(ChainId), listing, provider, kind, token, months };
        Ok(ask(context, &query).await?.data)
    }

    /// What concerned an account, in words, newest first unless asked otherwise.
    async fn history(
        &self,
        context: &Context<'_>,
        account: Addr,
        chain: Option<i64>,
        sort: Option<Sort>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<Stack<Entry>> {
        let (limit, cursor) = (Some(limit(first)?), cursor(after.as_deref())?);
        let params = HistoryParams { chain: chain.map(ChainId), sort, limit, cursor };
        Ok(ask(context, &HistoryQuery { account, params }).await?.into())
    }

    /// How many of the listings have which values. Each facet leaves its own filter out.
    async fn facets(
        &self,
        context: &Context<'_>,
        of: Vec<Facet>,
        #[graphql(name = "where")] filter: Option<ListingWhere>,
    ) -> Result<Vec<FacetCount>> {
        let query = filter.unwrap_or_default().query()?;
        query.check()?;
        if of.is_empty() || of.len() > Facet::MOST {
            let read = format!("a list of {}", of.len());
            let allowed = format!("1 to {} facets", Facet::MOST);
            return Err(ApiError::bad("of", &read, allowed).into());
        }
        Ok(ask(context, &Facets(&query, of)).await?)
    }
}

async fn family(
    context: &Context<'_>,
    id: PublicId,
    direction: Direction,
    first: Option<i64>,
    after: Option<String>,
) -> Result<Stack<Relative>> {
    let params = LineageParams { limit: Some(limit(first)?), cursor: cursor(after.as_deref())? };
    Ok(ask(context, &LineageQuery { id, direction, params }).await?.into())
}

struct Counted(GradesQuery);

impl Question for Counted {
    type Answer = Option<Grades>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> std::result::Result<Self::Answer, ApiError> {
        self.0.counted(snapshot).await
    }
}

struct Facets<'q>(&'q ListingsQuery, Vec<Facet>);

impl Question for Facets<'_> {
    type Answer = Vec<FacetCount>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> std::result::Result<Self::Answer, ApiError> {
        let mut counts = Vec::with_capacity(self.1.len());
        for facet in &self.1 {
            counts.push(FacetCount { facet: *facet, values: self.0.facet(snapshot, *facet).await? });
        }
        Ok(counts)
    }
}
