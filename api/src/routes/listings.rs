//! `GET /v1/listings`: the listings, searched, filtered, ordered, counted and paged.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use serde_json::Value;
use stoa_schema::types::{Addr, Uint};
use utoipa::{IntoParams, ToSchema};

use super::summary::{ListingSummary, summaries};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::Starts;
use crate::db::listing::ListingRow;
use crate::db::listing_search::{
    Facet, ListingFilter, Scope, Scored, ScoredRow, listing_by_score, listing_by_time, listing_facet,
    listing_misspelt, listing_total,
};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Kind, ListingSort, ListingStatus, PublicId, Sort, word_of};
use crate::params::{Choice, Flag, Limit, List, Params, Text};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// Values of a facet, at most.
const FACET_VALUES: i64 = 20;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings", get(listings))
}

/// The parameters of `GET /v1/listings`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListingsQuery {
    /// Words to find in name, tags, description, task, sector, modalities, resource class, framework and licence, as
    /// in a web search: quotes keep words together, a minus leaves out, `or` gives a choice. Where no listing has them as
    /// they are, typing mistakes are forgiven in names, tags, task, sector and framework.
    #[param(value_type = Option<String>, example = "harbour forecast", max_length = 200)]
    pub(crate) q: Option<Text>,
    /// Only these listings: up to 100 public ids divided by commas.
    #[param(value_type = Option<String>, example = "31337-1,31337-2")]
    pub(crate) ids: Option<List<PublicId>>,
    /// Only listings on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Only listings of this kind.
    pub(crate) kind: Option<Kind>,
    /// Only listings in this state.
    pub(crate) status: Option<ListingStatus>,
    /// Only listings whose NFT this account owns.
    #[param(value_type = Option<String>, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) owner: Option<Addr>,
    /// Only listings that this account owns or created.
    #[param(value_type = Option<String>, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) provider: Option<Addr>,
    /// Only listings that derive directly from this one.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) parent: Option<PublicId>,
    /// Only listings with this tag.
    #[param(value_type = Option<String>, example = "text", max_length = 200)]
    pub(crate) tag: Option<Text>,
    /// Only listings for this task.
    #[param(value_type = Option<String>, example = "text-generation", max_length = 200)]
    pub(crate) task: Option<Text>,
    /// Only listings for this sector.
    #[param(value_type = Option<String>, example = "legal", max_length = 200)]
    pub(crate) sector: Option<Text>,
    /// Only listings that take or give this kind of data.
    #[param(value_type = Option<String>, example = "text", max_length = 200)]
    pub(crate) modality: Option<Text>,
    /// Only listings that run on this class of machines.
    #[param(value_type = Option<String>, example = "gpu-24gb", max_length = 200)]
    pub(crate) resource_class: Option<Text>,
    /// Only listings for this framework.
    #[param(value_type = Option<String>, example = "PyTorch", max_length = 200)]
    pub(crate) framework: Option<Text>,
    /// Only listings under this licence, as the chain has it.
    #[param(value_type = Option<String>, example = "Apache-2.0", max_length = 200)]
    pub(crate) licence: Option<Text>,
    /// What `price_min`, `price_max` and `sort=revenue` are counted in: amounts in different tokens are never compared.
    #[param(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) token: Option<Addr>,
    /// Only listings with a plan on sale for at least this, in base units of `token`.
    #[param(value_type = Option<String>, example = "1000000", pattern = "^(0|[1-9][0-9]*)$")]
    pub(crate) price_min: Option<Uint>,
    /// Only listings with a plan on sale for at most this, in base units of `token`.
    #[param(value_type = Option<String>, example = "5000000", pattern = "^(0|[1-9][0-9]*)$")]
    pub(crate) price_max: Option<Uint>,
    /// Only listings with (`true`) or without (`false`) a plan on sale for nothing.
    #[param(value_type = Option<bool>)]
    pub(crate) free: Option<Flag>,
    /// By what they are ordered; without it `relevance` where there is a `q`, else `newest`. `revenue`, `buyers` and
    /// `trending` leave out what a listing's owner or shareholders bought, and follow the chain by some seconds.
    /// `trending` is the sum of 2^-(weeks since a buyer's latest purchase) over the listing's buyers.
    pub(crate) sort: Option<ListingSort>,
    /// Whether to count all that match, exactly.
    #[param(value_type = Option<bool>)]
    pub(crate) total: Option<Flag>,
    /// What to count the matches by, divided by commas: `kind`, `status`, `tag`, `task`, `sector`, `modality`,
    /// `resource_class`, `framework`, `licence`. Each leaves its own filter out, and tells its 20 most frequent values.
    #[param(value_type = Option<String>, example = "kind,tag")]
    pub(crate) facets: Option<List<Facet>>,
    /// How many listings a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before, with the same sort and filters.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

impl Facet {
    /// How many there are.
    pub(crate) const MOST: usize = Self::ALL.len();
}

impl Choice for Facet {
    const ALL: &'static [(&'static str, Self)] = &[
        ("kind", Self::Kind),
        ("status", Self::Status),
        ("tag", Self::Tag),
        ("task", Self::Task),
        ("sector", Self::Sector),
        ("modality", Self::Modality),
        ("resource_class", Self::ResourceClass),
        ("framework", Self::Framework),
        ("licence", Self::Licence),
    ];
}

/// The answer of `GET /v1/listings`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListingsAnswer {
    pub data: Vec<ListingSummary>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    /// How many listings match; only with `total=true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 40)]
    pub total: Option<i64>,
    /// For each of `facets` its values and how many listings have them; only with `facets`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facets: Option<BTreeMap<&'static str, Vec<FacetValue>>>,
    pub meta: Meta,
}

/// How many of the listings have a value.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct FacetValue {
    /// The value, as its filter takes it.
    #[schema(example = "model")]
    pub value: String,
    /// How many listings have it.
    #[schema(example = 12)]
    pub count: i64,
}

/// Listings, newest first unless asked otherwise.
#[utoipa::path(get, path = "/v1/listings", tag = "listings", operation_id = "searchListings",
    params(ListingsQuery),
    responses(
        (status = 200, description = "A page of listings.", body = ListingsAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn listings(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (reply, beside) = ask(&app.pool, &ListingsQuery::parse(query.as_deref())?).await?;
    reply.respond_beside(&beside, &headers)
}

impl ListingsQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            q: params.take("q")?,
            ids: params.take("ids")?,
            chain: params.take("chain")?,
            kind: params.take("kind")?,
            status: params.take("status")?,
            owner: params.take("owner")?,
            provider: params.take("provider")?,
            parent: params.take("parent")?,
            tag: params.take("tag")?,
            task: params.take("task")?,
            sector: params.take("sector")?,
            modality: params.take("modality")?,
            resource_class: params.take("resource_class")?,
            framework: params.take("framework")?,
            licence: params.take("licence")?,
            token: params.take("token")?,
            price_min: params.take("price_min")?,
            price_max: params.take("price_max")?,
            free: params.take("free")?,
            sort: params.take("sort")?,
            total: params.take("total")?,
            facets: params.take("facets")?,
            limit: params.take("limit")?,
            cursor: params.take("cursor")?,
        };
        params.finish()?;
        parsed.check()?;
        Ok(parsed)
    }

    /// What only makes sense together.
    pub(crate) fn check(&self) -> Result<(), ApiError> {
        let needs_token = [
            ("price_min", self.price_min.is_some()),
            ("price_max", self.price_max.is_some()),
            ("sort", self.sort == Some(ListingSort::Revenue)),
        ];
        if let Some((name, _)) = needs_token.iter().find(|(_, given)| *given && self.token.is_none()) {
            let allowed = "`token` beside it: amounts in different tokens are never compared";
            let read =
                self.price_min.or(self.price_max).map_or("revenue".to_owned(), |amount| amount.to_string());
            return Err(ApiError::bad(name, &read, allowed));
        }
        if let (Some(min), Some(max)) = (self.price_min, self.price_max)
            && min > max
        {
            return Err(ApiError::bad("price_min", &min.to_string(), "an amount up to that of `price_max`"));
        }
        if self.sort == Some(ListingSort::Relevance) && self.q.is_none() {
            return Err(ApiError::bad("sort", "relevance", "`q` beside it, or another order"));
        }
        Ok(())
    }

    fn filter(&self) -> ListingFilter {
        let text = |text: &Option<Text>| text.clone().map(|Text(text)| text);
        ListingFilter {
            q: text(&self.q),
            misspelt: false,
            ids: self.ids.clone().map(|List(ids)| ids),
            kind: self.kind,
            status: self.status,
            owner: self.owner,
            provider: self.provider,
            parent: self.parent,
            tag: text(&self.tag),
            task: text(&self.task),
            sector: text(&self.sector),
            modality: text(&self.modality),
            resource_class: text(&self.resource_class),
            framework: text(&self.framework),
            licence: text(&self.licence),
            token: self.token,
            price_min: self.price_min,
            price_max: self.price_max,
            free: self.free.map(|Flag(free)| free),
        }
    }

    /// The filter, with what only the database can say of it.
    async fn settled(&self, snapshot: &mut Snapshot<'_>, scope: &Scope) -> Result<ListingFilter, ApiError> {
        let filter = self.filter();
        let misspelt = match &filter.q {
            Some(q) => listing_misspelt(snapshot.connection, &scope.chains, q).await?,
            None => false,
        };
        Ok(ListingFilter { misspelt, ..filter })
    }

    fn sort(&self) -> ListingSort {
        let usual = if self.q.is_some() { ListingSort::Relevance } else { ListingSort::Newest };
        self.sort.unwrap_or(usual)
    }

    /// The chains that are searched, with their clocks.
    fn scope(&self, snapshot: &Snapshot<'_>) -> Result<Scope, ApiError> {
        let (chains, clocks) = snapshot.clocks(&snapshot.chains_of(self.chain)?);
        Ok(Scope { chains, clocks })
    }

    /// How many listings match.
    pub(crate) async fn total(&self, snapshot: &mut Snapshot<'_>) -> Result<i64, ApiError> {
        let scope = self.scope(snapshot)?;
        let filter = self.settled(snapshot, &scope).await?;
        Ok(listing_total(snapshot.connection, &filter, &scope).await?)
    }

    /// The page's rows, each with the cursor behind it, and whether there is another page.
    pub(crate) async fn page(
        &self,
        snapshot: &mut Snapshot<'_>,
    ) -> Result<(Vec<ListingRow>, Vec<Cursor>, bool), ApiError> {
        let scope = self.scope(snapshot)?;
        let sort = self.sort();
        let Limit(limit) = self.limit.unwrap_or_default();
        let binding = Binding::to(&("listings", self.chain, self.filter(), sort));
        let filter = self.settled(snapshot, &scope).await?;
        let connection = &mut *snapshot.connection;
        // One more than the page: whether there is another.
        let (mut rows, mut cursors) = match sort {
            ListingSort::Newest | ListingSort::Oldest => {
                let sort = if sort == ListingSort::Newest { Sort::Newest } else { Sort::Oldest };
                let positions = Cursor::positions(self.cursor.as_ref(), binding)?;
                let starts = Starts::new(&scope.chains, &positions, sort);
                let rows = listing_by_time(connection, &filter, &scope, sort, &starts, limit + 1).await?;
                let place = |row: &ListingRow| (row.chain_id, (row.listing, 0));
                let cursors = Cursor::behind(&rows, binding, positions, place);
                (rows, cursors)
            }
            sort => {
                let behind = Cursor::place(self.cursor.as_ref(), binding)?;
                let behind =
                    behind.map(|(score, chain_id, listing)| Scored { score: Uint(score), chain_id, listing });
                let rows = listing_by_score(connection, &filter, &scope, sort, behind, limit + 1).await?;
                let cursor = |row: &ScoredRow| {
                    Cursor::scored(binding, row.score.0, row.listing.chain_id, row.listing.listing)
                };
                let cursors = rows.iter().map(cursor).collect();
                (rows.into_iter().map(|row| row.listing).collect(), cursors)
            }
        };
        let more = rows.len() as i64 > limit;
        rows.truncate(limit as usize);
        cursors.truncate(limit as usize);
        Ok((rows, cursors, more))
    }

    /// A facet's most frequent values among the listings that match without its own filter.
    pub(crate) async fn facet(
        &self,
        snapshot: &mut Snapshot<'_>,
        facet: Facet,
    ) -> Result<Vec<FacetValue>, ApiError> {
        let scope = self.scope(snapshot)?;
        let filter = self.settled(snapshot, &scope).await?;
        let values = listing_facet(snapshot.connection, &filter, &scope, facet, FACET_VALUES).await?;
        values.into_iter().map(|(value, count)| facet_value(facet, value, count)).collect()
    }

    /// Further members of the answer: what is counted.
    async fn beside(&self, snapshot: &mut Snapshot<'_>) -> Result<Beside, ApiError> {
        let mut beside = Vec::new();
        if self.total == Some(Flag(true)) {
            let total = self.total(snapshot).await?;
            beside.push(("total", Value::from(total)));
        }
        if let Some(List(facets)) = &self.facets {
            let mut counts = serde_json::Map::new();
            for facet in facets {
                let values = serde_json::to_value(self.facet(snapshot, *facet).await?);
                let values = values.map_err(|error| ApiError::Internal(error.to_string()))?;
                counts.insert(facet.word().to_owned(), values);
            }
            beside.push(("facets", counts.into()));
        }
        Ok(beside)
    }
}

type Beside = Vec<(&'static str, Value)>;

/// A value and its count; kinds and states, numbers in the database, by their words.
fn facet_value(facet: Facet, value: String, count: i64) -> Result<FacetValue, ApiError> {
    let number = || value.parse::<i16>().unwrap_or(-1);
    let value = match facet {
        Facet::Kind => word_of::<Kind>(number(), "kind of listing")?.word().to_owned(),
        Facet::Status => word_of::<ListingStatus>(number(), "status of a listing")?.word().to_owned(),
        _ => value,
    };
    Ok(FacetValue { value, count })
}

impl Question for ListingsQuery {
    type Answer = (Reply<Vec<ListingSummary>>, Beside);

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let (rows, mut cursors, more) = self.page(snapshot).await?;
        let next = cursors.pop().filter(|_| more);
        let scope = self.scope(snapshot)?;
        let beside = self.beside(snapshot).await?;
        let data = summaries(snapshot, rows).await?;
        Ok((Reply { data, meta: snapshot.meta(&scope.chains), next: Some(next) }, beside))
    }
}
