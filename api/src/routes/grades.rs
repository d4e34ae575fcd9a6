//! `GET /v1/listings/{id}/grades`: a listing's grades, and all that they come from.

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::Uint;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::listing::{must_exist, named};
use super::summary::count;
use crate::app::App;
use crate::db::grade::{GradeRow, IgnoredRow, PlaceRow, grade_get, grade_ignored, grade_places};
use crate::db::token;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{Ignored, PublicId, Token, word_of};
use crate::params::Params;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

const GROWTH: &str = "growth = floor(1000 * buyers / (buyers + buyers_before + 5))";
const REPEAT: &str = "repeat = floor(1000 * repeat_buyers / (buyers + 5))";
const REVENUE: &str =
    "revenue = the greatest of floor(1000 * (listings - rank + 1) / (listings + 1)) over quote tokens";
const AGE: &str = "age = floor(1000 * days / (days + 180))";
const SHORT: &str = "score = floor((4 * growth + 3 * repeat + 3 * revenue) / 10)";
const LONG: &str = "score = floor((2 * growth + 3 * repeat + 3 * revenue + 2 * age) / 10)";

pub(crate) fn router() -> Router<App> {
    Router::new().route("/listings/{id}/grades", get(grades))
}

/// A listing's grades. Only sales that cost something count, and not those in `ignored`.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "GradeReport")]
pub struct Grades {
    /// Public id of the listing.
    #[schema(value_type = String, example = "31337-1")]
    pub listing: PublicId,
    /// The block after which they were counted.
    #[schema(example = 812)]
    pub counted_block: i64,
    /// That block's timestamp, from which on days are counted back (RFC 3339, UTC).
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T15:00:00Z")]
    pub counted_time: OffsetDateTime,
    pub short_term: GradeOf,
    pub long_term: GradeOf,
    /// Sales that do not count, by reason and token.
    pub ignored: Vec<IgnoredSales>,
}

/// One grade, its points and their figures.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "GradeParts")]
pub struct GradeOf {
    /// From 0 to 1,000.
    #[schema(example = 412, minimum = 0, maximum = 1_000)]
    pub score: i32,
    pub growth: Growth,
    pub repeat: Repeat,
    pub revenue: RevenuePlace,
    /// Only in the long term; null in the short term.
    #[schema(required = true)]
    pub age: Option<Age>,
    /// How the score comes from the points, and these from the figures.
    #[schema(example = json!(["score = floor((4 * growth + 3 * repeat + 3 * revenue) / 10)"]))]
    pub formulas: Vec<&'static str>,
}

/// Whether more people buy than before.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "GradeGrowth")]
pub struct Growth {
    /// From 0 to 1,000.
    #[schema(example = 400, minimum = 0, maximum = 1_000)]
    pub points: i32,
    /// How many days are compared with as many before.
    #[schema(example = 30)]
    pub days: i32,
    /// Accounts that paid in these days.
    #[schema(example = 10)]
    pub buyers: i64,
    /// Accounts that paid in the days before.
    #[schema(example = 10)]
    pub buyers_before: i64,
}

/// Whether buyers come back.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "GradeRepeat")]
pub struct Repeat {
    /// From 0 to 1,000.
    #[schema(example = 200, minimum = 0, maximum = 1_000)]
    pub points: i32,
    /// Short term: accounts that paid in the last 30 days; long term: that ever paid.
    #[schema(example = 10)]
    pub buyers: i64,
    /// Those of them that ever paid on two days (UTC) or more.
    #[schema(example = 3)]
    pub repeat_buyers: i64,
}

/// Where the listing stands by revenue.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "GradeRevenue")]
pub struct RevenuePlace {
    /// From 0 to 1,000.
    #[schema(example = 500, minimum = 0, maximum = 1_000)]
    pub points: i32,
    /// Its place in each quote token in which it earned: in the last 30 days, or ever.
    pub tokens: Vec<PlaceIn>,
}

/// A place by revenue in one quote token: a token whose fees stakers share.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "RevenuePlace")]
pub struct PlaceIn {
    pub token: Token,
    /// What sales that count brought, less the fee, in base units of the token.
    #[schema(value_type = String, example = "975000")]
    pub net: Uint,
    /// Its place, from 1; equals share one.
    #[schema(example = 3)]
    pub rank: i64,
    /// How many listings have a place.
    #[schema(example = 40)]
    pub listings: i64,
}

/// How long the listing has sold.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "GradeAge")]
pub struct Age {
    /// From 0 to 1,000.
    #[schema(example = 250, minimum = 0, maximum = 1_000)]
    pub points: i32,
    /// Whole days from its creation to its latest sale that counts.
    #[schema(example = 60)]
    pub days: i64,
}

/// Sales in one token that do not count.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct IgnoredSales {
    pub reason: Ignored,
    pub token: Token,
    /// How many: a whole number.
    #[schema(value_type = String, example = "2")]
    pub sales: Uint,
    /// What was paid, in base units of the token.
    #[schema(value_type = String, example = "2000000")]
    pub amount: Uint,
}

/// The answer of `GET /v1/listings/{id}/grades`.
#[derive(Debug, Serialize, ToSchema)]
pub struct GradesAnswer {
    pub data: Grades,
    pub meta: Meta,
}

/// A listing's grades, with every figure that they come from and what was left out.
#[utoipa::path(get, path = "/v1/listings/{id}/grades", tag = "listings", operation_id = "getGrades",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$")),
    responses(
        (status = 200, description = "The grades.", body = GradesAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn grades(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Params::parse(query.as_deref())?.finish()?;
    ask(&app.pool, &GradesQuery(named(path)?)).await?.respond(&headers)
}

/// A listing's grades.
pub(crate) struct GradesQuery(pub(crate) PublicId);

impl Question for GradesQuery {
    type Answer = Reply<Grades>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let Self(id) = *self;
        let Some(data) = self.counted(snapshot).await? else {
            let text =
                format!("The grades of listing {id} were not counted yet: they are every ten minutes.");
            return Err(ApiError::NotReady(text));
        };
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: None })
    }
}

impl GradesQuery {
    /// The grades, once they are counted.
    pub(crate) async fn counted(&self, snapshot: &mut Snapshot<'_>) -> Result<Option<Grades>, ApiError> {
        let Self(id) = *self;
        must_exist(id, snapshot).await?;
        let Some(row) = grade_get(snapshot.connection, id).await? else { return Ok(None) };
        let places = grade_places(snapshot.connection, id).await?;
        let ignored = grade_ignored(snapshot.connection, id).await?;
        Ok(Some(Grades {
            listing: id,
            counted_block: row.block_number,
            counted_time: row.block_time,
            short_term: short_term(&row, &places),
            long_term: long_term(&row, &places),
            ignored: ignored.into_iter().map(ignored_of).collect::<Result<_, _>>()?,
        }))
    }
}

fn short_term(row: &GradeRow, places: &[PlaceRow]) -> GradeOf {
    let (buyers, buyers_before) = (row.buyers_30, row.buyers_30_before);
    let place = |place: &PlaceRow| Some(place_in(place, place.net_30, place.rank_30?, place.of_30));
    GradeOf {
        score: row.short_score,
        growth: Growth { points: row.growth_short, days: 30, buyers, buyers_before },
        repeat: Repeat { points: row.repeat_short, buyers, repeat_buyers: row.repeat_30 },
        revenue: RevenuePlace {
            points: row.revenue_short,
            tokens: places.iter().filter_map(place).collect(),
        },
        age: None,
        formulas: vec![SHORT, GROWTH, REPEAT, REVENUE],
    }
}

fn long_term(row: &GradeRow, places: &[PlaceRow]) -> GradeOf {
    let (buyers, buyers_before) = (row.buyers_90, row.buyers_90_before);
    let place = |place: &PlaceRow| place_in(place, place.net_all, place.rank_all, place.of_all);
    GradeOf {
        score: row.long_score,
        growth: Growth { points: row.growth_long, days: 90, buyers, buyers_before },
        repeat: Repeat { points: row.repeat_long, buyers: row.buyers_all, repeat_buyers: row.repeat_all },
        revenue: RevenuePlace { points: row.revenue_long, tokens: places.iter().map(place).collect() },
        age: Some(Age { points: row.age_long, days: row.age_days }),
        formulas: vec![LONG, GROWTH, REPEAT, REVENUE, AGE],
    }
}

fn place_in(row: &PlaceRow, net: Uint, rank: i64, listings: i64) -> PlaceIn {
    let token = token(row.token, row.name.clone(), row.symbol.clone(), row.decimals);
    PlaceIn { token, net, rank, listings }
}

fn ignored_of(row: IgnoredRow) -> Result<IgnoredSales, ApiError> {
    Ok(IgnoredSales {
        reason: word_of(row.reason - 1, "reason to leave a sale out")?,
        token: token(row.token, row.name, row.symbol, row.decimals),
        sales: count(row.sales),
        amount: row.amount,
    })
}
