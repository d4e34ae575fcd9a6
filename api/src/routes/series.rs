//! `GET /v1/market/series`: sales over time.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use stoa_schema::types::{Addr, Uint};
use time::{Duration, OffsetDateTime};
use utoipa::{IntoParams, ToSchema};

use super::summary::count;
use crate::app::App;
use crate::db::series::{SeriesFilter, SeriesRow, sale_hour_series};
use crate::db::token;
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{ChainId, Interval, Kind, PublicId, Token};
use crate::params::{Params, Time};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// Stretches that one answer reaches over at most.
const STRETCHES: i64 = 1_000;
/// Stretches without `from`.
const RECENT: i32 = 30;
/// Rows of an answer at most: a stretch has one for each token.
const ROWS: i64 = 10_000;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/market/series", get(series))
}

/// The parameters of `GET /v1/market/series`.
#[derive(Clone, Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SeriesQuery {
    /// Only sales on this chain: its id or CAIP-2 form. Without it, those of all chains.
    #[param(value_type = Option<String>, example = "31337", pattern = "^(eip155:)?[1-9][0-9]*$")]
    pub(crate) chain: Option<ChainId>,
    /// Only sales of this listing.
    #[param(value_type = Option<String>, example = "31337-1", pattern = "^[1-9][0-9]*-[1-9][0-9]*$")]
    pub(crate) listing: Option<PublicId>,
    /// Only sales of listings that this account owns now.
    #[param(value_type = Option<String>, example = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) provider: Option<Addr>,
    /// Only sales of listings of this kind.
    pub(crate) kind: Option<Kind>,
    /// Only sales paid in this token.
    #[param(value_type = Option<String>, example = "0x5FbDB2315678afecb367f032d93F642f64180aa3", pattern = "^0x[0-9a-fA-F]{40}$")]
    pub(crate) token: Option<Addr>,
    /// How long a stretch is; `day` without it.
    pub(crate) interval: Option<Interval>,
    /// From when on (RFC 3339): the stretch that holds it is whole. Without it, 30 stretches back from `until`.
    #[param(value_type = Option<String>, example = "2026-11-01T00:00:00Z")]
    pub(crate) from: Option<Time>,
    /// Until when (RFC 3339): the stretch that holds it is whole. Without it, the newest block's time.
    #[param(value_type = Option<String>, example = "2026-11-22T15:00:00Z")]
    pub(crate) until: Option<Time>,
}

/// Sales in one token during one stretch. Stretches without sales have no row. Amounts are in the token's base units.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
pub struct Stretch {
    /// EIP-155 chain id.
    #[schema(example = 31337)]
    pub chain_id: i64,
    /// When it begins (RFC 3339, UTC). Sales belong to it by their block's timestamp.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime, example = "2026-11-22T00:00:00Z")]
    pub start: OffsetDateTime,
    pub token: Token,
    /// Purchases: a whole number.
    #[schema(value_type = String, example = "7")]
    pub sales: Uint,
    /// What buyers paid: fee and net.
    #[schema(value_type = String, example = "1000000")]
    pub amount: Uint,
    /// Protocol fee in it.
    #[schema(value_type = String, example = "25000")]
    pub fee: Uint,
    /// Purchases among them that a listing's owner made of it: a whole number. They are never ranked.
    #[schema(value_type = String, example = "0")]
    pub own_sales: Uint,
    /// What was paid for these.
    #[schema(value_type = String, example = "0")]
    pub own_amount: Uint,
}

/// The answer of `GET /v1/market/series`.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesAnswer {
    /// Oldest first.
    pub data: Vec<Stretch>,
    pub meta: Meta,
}

/// Sales over time, by token.
#[utoipa::path(get, path = "/v1/market/series", tag = "market", operation_id = "getSeries",
    params(SeriesQuery),
    responses(
        (status = 200, description = "Stretches of time that had sales.", body = SeriesAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn series(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    ask(&app.pool, &SeriesQuery::parse(query.as_deref())?).await?.respond(&headers)
}

impl SeriesQuery {
    fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = Self {
            chain: params.take("chain")?,
            listing: params.take("listing")?,
            provider: params.take("provider")?,
            kind: params.take("kind")?,
            token: params.take("token")?,
            interval: params.take("interval")?,
            from: params.take("from")?,
            until: params.take("until")?,
        };
        params.finish()?;
        Ok(parsed)
    }

    /// The stretches that are asked for: when the first begins, and when the last ends.
    fn range(
        &self,
        interval: Interval,
        now: OffsetDateTime,
    ) -> Result<(OffsetDateTime, OffsetDateTime), ApiError> {
        let too_far = |name: &str, time: OffsetDateTime| {
            let allowed =
                format!("a `from` before `until`, at most {STRETCHES} stretches of the `interval` apart");
            ApiError::bad(name, &time.to_string(), allowed)
        };
        let last = self.until.map_or(now, |Time(time)| time);
        let end = interval.start(last).checked_add(interval.longest()).map(|next| interval.start(next));
        let end = end.ok_or_else(|| too_far("until", last))?;
        let first = match self.from {
            Some(Time(time)) => time,
            // Without a sale since 1970 nothing is missed.
            None => end.checked_sub(interval.longest() * RECENT).unwrap_or(OffsetDateTime::UNIX_EPOCH),
        };
        let start = interval.start(first);
        let stretches = (end - start).whole_seconds() / interval.shortest().whole_seconds();
        if start >= end || stretches > STRETCHES {
            return Err(too_far("from", first));
        }
        Ok((start, end))
    }
}

impl Interval {
    /// When the stretch that holds a time begins.
    pub(super) fn start(self, time: OffsetDateTime) -> OffsetDateTime {
        let midnight = |time: OffsetDateTime| time.replace_time(time::Time::MIDNIGHT);
        match self {
            Self::Hour => midnight(time) + Duration::hours(i64::from(time.hour())),
            Self::Day => midnight(time),
            Self::Week => {
                let back = Duration::days(i64::from(time.weekday().number_days_from_monday()));
                midnight(time).checked_sub(back).unwrap_or(OffsetDateTime::UNIX_EPOCH)
            }
            Self::Month => midnight(time) - Duration::days(i64::from(time.day()) - 1),
        }
    }

    fn shortest(self) -> Duration {
        match self {
            Self::Hour => Duration::hours(1),
            Self::Day => Duration::days(1),
            Self::Week => Duration::weeks(1),
            Self::Month => Duration::days(28),
        }
    }

    /// Behind a stretch's beginning by so much, the next has begun and its successor has not.
    fn longest(self) -> Duration {
        match self {
            Self::Month => Duration::days(31),
            _ => self.shortest(),
        }
    }
}

impl Question for SeriesQuery {
    type Answer = Reply<Vec<Stretch>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let chains = snapshot.chains_holding(self.chain, "listing", self.listing)?;
        let interval = self.interval.unwrap_or(Interval::Day);
        let heads = chains.iter().map(|chain| snapshot.head_time(*chain)).collect::<Result<Vec<_>, _>>()?;
        let now = heads.into_iter().max().unwrap_or(OffsetDateTime::UNIX_EPOCH);
        let (from, until) = self.range(interval, now)?;
        let (listing, provider, kind, token) = (self.listing, self.provider, self.kind, self.token);
        let filter = SeriesFilter { listing, provider, kind, token, from, until };
        let rows = sale_hour_series(snapshot.connection, &chains, &filter, interval, ROWS + 1).await?;
        if rows.len() as i64 > ROWS {
            let allowed = format!("less time, or a `token`: the answer has more than {ROWS} rows");
            return Err(ApiError::bad("from", &from.to_string(), allowed));
        }
        let data = rows.into_iter().map(stretch).collect();
        Ok(Reply { data, meta: snapshot.meta(&chains), next: None })
    }
}

fn stretch(row: SeriesRow) -> Stretch {
    Stretch {
        chain_id: row.chain_id,
        start: row.start,
        token: token(row.token, row.name, row.symbol, row.decimals),
        sales: count(row.sales),
        amount: row.amount,
        fee: row.fee,
        own_sales: count(row.own_sales),
        own_amount: row.own_amount,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    fn query(from: Option<OffsetDateTime>, until: Option<OffsetDateTime>) -> SeriesQuery {
        let (from, until) = (from.map(Time), until.map(Time));
        SeriesQuery {
            chain: None,
            listing: None,
            provider: None,
            kind: None,
            token: None,
            interval: None,
            from,
            until,
        }
    }

    #[test]
    fn stretches_begin_where_postgres_begins_them() {
        let time = datetime!(2026-11-22 15:42:07 UTC);
        assert_eq!(Interval::Hour.start(time), datetime!(2026-11-22 15:00 UTC));
        assert_eq!(Interval::Day.start(time), datetime!(2026-11-22 0:00 UTC));
        assert_eq!(Interval::Week.start(time), datetime!(2026-11-16 0:00 UTC));
        assert_eq!(Interval::Month.start(time), datetime!(2026-11-01 0:00 UTC));
    }

    #[test]
    fn first_and_last_stretch_are_whole() {
        let (from, until) = (datetime!(2026-02-03 4:05 UTC), datetime!(2026-02-28 23:59 UTC));
        let range = |interval| query(Some(from), Some(until)).range(interval, until).expect("fits");
        assert_eq!(range(Interval::Day), (datetime!(2026-02-03 0:00 UTC), datetime!(2026-03-01 0:00 UTC)));
        assert_eq!(range(Interval::Month), (datetime!(2026-02-01 0:00 UTC), datetime!(2026-03-01 0:00 UTC)));
        assert_eq!(range(Interval::Week), (datetime!(2026-02-02 0:00 UTC), datetime!(2026-03-02 0:00 UTC)));
    }

    #[test]
    fn without_bounds_the_latest_are_meant() {
        let now = datetime!(2026-11-22 15:42 UTC);
        let range = query(None, None).range(Interval::Day, now).expect("fits");
        assert_eq!(range, (datetime!(2026-10-24 0:00 UTC), datetime!(2026-11-23 0:00 UTC)));
    }

    #[test]
    fn what_is_too_long_or_backwards_is_refused() {
        let now = datetime!(2026-11-22 15:42 UTC);
        let hours = |from, until| query(Some(from), Some(until)).range(Interval::Hour, now);
        assert!(hours(datetime!(2026-01-01 0:00 UTC), now).is_err(), "too long");
        assert!(hours(now, now - Duration::days(1)).is_err(), "backwards");
        assert!(hours(now, datetime!(9999-12-31 23:59 UTC)).is_err(), "the end of time");
        assert!(query(None, Some(datetime!(1970-01-01 0:00 UTC))).range(Interval::Month, now).is_ok());
    }
}
