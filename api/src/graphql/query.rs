//! The root's collections.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use stoa_schema::types::{Addr, Uint};

use super::connection::{Page, cursor, limit};
use super::listing::{ListingConnection, ListingNode};
use super::nodes::{
    PaymentConnection, PaymentNode, PurchaseConnection, PurchaseNode, SpendingConnection, SpendingNode, Total,
};
use super::parts::{Listings, Part as _};
use super::read::ask;
use crate::error::ApiError;
use crate::model::{ChainId, Kind, ListingSort, ListingStatus, PublicId, Sort};
use crate::params::{Flag, FromParam, List, Text};
use crate::routes::listings::ListingsQuery;
use crate::routes::payments::PaymentsQuery;
use crate::routes::purchases::PurchasesQuery;
use crate::routes::spendings::SpendingsQuery;
use crate::routes::summary::{ListingSummary, summaries};
use crate::snapshot::{Question, Snapshot};

/// Which listings: all that is given must hold.
#[derive(Debug, Default, InputObject)]
pub(super) struct ListingWhere {
    /// Words to find, as in a web search. Typing mistakes are forgiven where no listing has them as they are.
    q: Option<String>,
    /// Only these, at most 100.
    ids: Option<Vec<PublicId>>,
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    kind: Option<Kind>,
    status: Option<ListingStatus>,
    /// Whose NFT this account owns.
    owner: Option<Addr>,
    /// That this account owns or created.
    provider: Option<Addr>,
    /// That derive directly from this one.
    parent: Option<PublicId>,
    tag: Option<String>,
    task: Option<String>,
    sector: Option<String>,
    /// That take or give this kind of data.
    modality: Option<String>,
    resource_class: Option<String>,
    framework: Option<String>,
    /// Under this licence, as the chain has it.
    licence: Option<String>,
    /// What prices and `REVENUE` are counted in: amounts in different tokens are never compared.
    token: Option<Addr>,
    /// With a plan on sale for at least this.
    price_min: Option<Uint>,
    /// With a plan on sale for at most this.
    price_max: Option<Uint>,
    /// With or without a plan on sale for nothing.
    free: Option<bool>,
}

/// Which purchases: all that is given must hold.
#[derive(Debug, Default, InputObject)]
struct PurchaseWhere {
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    listing: Option<PublicId>,
    payer: Option<Addr>,
    recipient: Option<Addr>,
    /// Payer or recipient.
    account: Option<Addr>,
}

/// Which payments: all that is given must hold.
#[derive(Debug, Default, InputObject)]
struct PaymentWhere {
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    listing: Option<PublicId>,
    payer: Option<Addr>,
}

/// Which spendings: all that is given must hold.
#[derive(Debug, Default, InputObject)]
struct SpendingWhere {
    /// Only on this chain, by its EIP-155 id.
    chain: Option<i64>,
    plan: Option<PublicId>,
    holder: Option<Addr>,
    spender: Option<Addr>,
}

/// Collections and their members.
#[derive(Debug, Default)]
pub(super) struct Collections;

#[Object]
impl Collections {
    /// One listing; null where there is none of that id.
    async fn listing(&self, context: &Context<'_>, id: PublicId) -> Result<Option<Arc<ListingNode>>> {
        Ok(ask(context, &Listings(vec![id])).await?.remove(&id))
    }

    /// Listings, newest first unless asked otherwise; by relevance where there is a `q`.
    async fn listings(
        &self,
        context: &Context<'_>,
        #[graphql(name = "where")] filter: Option<ListingWhere>,
        sort: Option<ListingSort>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<ListingConnection> {
        let query = ListingsQuery {
            sort,
            limit: Some(limit(first)?),
            cursor: cursor(after.as_deref())?,
            ..filter.unwrap_or_default().query()?
        };
        query.check()?;
        let (records, cursors, more) = ask(context, &ListingPage(&query)).await?;
        let nodes = ListingNode::all(records).into_iter().map(Arc::new);
        let page = Page { edges: cursors.into_iter().zip(nodes).collect(), more, began: after.is_none() };
        Ok(ListingConnection { page, counted: Total::Listings(Box::new(query)) })
    }

    /// Purchases, newest first unless asked otherwise.
    async fn purchases(
        &self,
        context: &Context<'_>,
        #[graphql(name = "where")] filter: Option<PurchaseWhere>,
        sort: Option<Sort>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<PurchaseConnection> {
        let PurchaseWhere { chain, listing, payer, recipient, account } = filter.unwrap_or_default();
        let (chain, limit, cursor) = (chain.map(ChainId), Some(limit(first)?), cursor(after.as_deref())?);
        let query = PurchasesQuery { chain, listing, payer, recipient, account, sort, limit, cursor };
        let reply = ask(context, &query).await?;
        let more = reply.next.flatten().is_some();
        let nodes = PurchaseNode::all(reply.data);
        let page = Page::of(nodes, more, query.cursor.as_ref(), query.binding(), PurchaseNode::place)?;
        Ok(PurchaseConnection { page, counted: Total::Purchases(query) })
    }

    /// Payments to listings without a sale, newest first unless asked otherwise.
    async fn payments(
        &self,
        context: &Context<'_>,
        #[graphql(name = "where")] filter: Option<PaymentWhere>,
        sort: Option<Sort>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<PaymentConnection> {
        let PaymentWhere { chain, listing, payer } = filter.unwrap_or_default();
        let (chain, limit, cursor) = (chain.map(ChainId), Some(limit(first)?), cursor(after.as_deref())?);
        let query = PaymentsQuery { chain, listing, payer, sort, limit, cursor };
        let reply = ask(context, &query).await?;
        let more = reply.next.flatten().is_some();
        let place = |node: &PaymentNode| {
            let id = node.record.id;
            (id.chain_id, (id.block_number, id.log_index))
        };
        let page =
            Page::of(PaymentNode::all(reply.data), more, query.cursor.as_ref(), query.binding(), place)?;
        Ok(PaymentConnection { page, counted: Total::Payments(query) })
    }

    /// Spendings of credits, newest first unless asked otherwise.
    async fn spendings(
        &self,
        context: &Context<'_>,
        #[graphql(name = "where")] filter: Option<SpendingWhere>,
        sort: Option<Sort>,
        first: Option<i64>,
        after: Option<String>,
    ) -> Result<SpendingConnection> {
        let SpendingWhere { chain, plan, holder, spender } = filter.unwrap_or_default();
        let (chain, limit, cursor) = (chain.map(ChainId), Some(limit(first)?), cursor(after.as_deref())?);
        let query = SpendingsQuery { chain, plan, holder, spender, sort, limit, cursor };
        let reply = ask(context, &query).await?;
        let more = reply.next.flatten().is_some();
        let place = |node: &SpendingNode| {
            let id = node.record.id;
            (id.chain_id, (id.block_number, id.log_index))
        };
        let page =
            Page::of(SpendingNode::all(reply.data), more, query.cursor.as_ref(), query.binding(), place)?;
        Ok(SpendingConnection { page, counted: Total::Spendings(query) })
    }
}

impl ListingWhere {
    pub(super) fn query(self) -> std::result::Result<ListingsQuery, ApiError> {
        let ids = match self.ids {
            Some(ids) if ids.is_empty() || ids.len() > 100 => {
                let read = format!("a list of {}", ids.len());
                return Err(ApiError::bad("ids", &read, "1 to 100 public ids"));
            }
            ids => ids.map(List),
        };
        Ok(ListingsQuery {
            q: text("q", self.q)?,
            ids,
            chain: self.chain.map(ChainId),
            kind: self.kind,
            status: self.status,
            owner: self.owner,
            provider: self.provider,
            parent: self.parent,
            tag: text("tag", self.tag)?,
            task: text("task", self.task)?,
            sector: text("sector", self.sector)?,
            modality: text("modality", self.modality)?,
            resource_class: text("resource_class", self.resource_class)?,
            framework: text("framework", self.framework)?,
            licence: text("licence", self.licence)?,
            token: self.token,
            price_min: self.price_min,
            price_max: self.price_max,
            free: self.free.map(Flag),
            sort: None,
            total: None,
            facets: None,
            limit: None,
            cursor: None,
        })
    }
}

fn text(name: &str, given: Option<String>) -> std::result::Result<Option<Text>, ApiError> {
    let read =
        |text: String| Text::from_param(&text).ok_or_else(|| ApiError::bad(name, &text, Text::allowed()));
    given.map(read).transpose()
}

struct ListingPage<'q>(&'q ListingsQuery);

impl Question for ListingPage<'_> {
    type Answer = (Vec<ListingSummary>, Vec<crate::cursor::Cursor>, bool);

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> std::result::Result<Self::Answer, ApiError> {
        let (rows, cursors, more) = self.0.page(snapshot).await?;
        Ok((summaries(snapshot, rows).await?, cursors, more))
    }
}
