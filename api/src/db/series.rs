//! `market.sale_hour`, summed over stretches of time.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Uint};
use time::OffsetDateTime;

use crate::model::{Interval, Kind, PublicId};
use crate::params::Choice;

/// Which sales are summed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SeriesFilter {
    /// On the one chain that is read then.
    pub(crate) listing: Option<PublicId>,
    pub(crate) provider: Option<Addr>,
    pub(crate) kind: Option<Kind>,
    pub(crate) token: Option<Addr>,
    /// From this hour on.
    pub(crate) from: OffsetDateTime,
    /// Before this hour.
    pub(crate) until: OffsetDateTime,
}

/// Sales in one token that fell into one stretch.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct SeriesRow {
    pub(crate) chain_id: i64,
    pub(crate) start: OffsetDateTime,
    pub(crate) token: Addr,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
    pub(crate) sales: i64,
    pub(crate) amount: Uint,
    pub(crate) fee: Uint,
    pub(crate) own_sales: i64,
    pub(crate) own_amount: Uint,
}

/// Stretches that had sales, oldest first, at most `limit` rows.
pub(crate) async fn sale_hour_series(
    connection: &mut PgConnection,
    chains: &[i64],
    filter: &SeriesFilter,
    interval: Interval,
    limit: i64,
) -> sqlx::Result<Vec<SeriesRow>> {
    let mut query = QueryBuilder::<Postgres>::new("SELECT s.chain_id, date_trunc(");
    query.push_bind(interval.word());
    query.push(
        ", to_timestamp(s.hour), 'UTC') AS start, s.token, t.name, t.symbol, t.decimals, sum(s.sales)::bigint AS sales,
           sum(s.amount) AS amount, sum(s.fee) AS fee, sum(s.own_sales)::bigint AS own_sales,
           sum(s.own_amount) AS own_amount
         FROM market.sale_hour AS s LEFT JOIN market.token AS t USING (chain_id, token)",
    );
    if filter.provider.is_some() || filter.kind.is_some() {
        query.push(" JOIN market.listing AS l USING (chain_id, listing)");
    }
    query.push(" WHERE s.chain_id = ANY(").push_bind(chains.to_vec());
    query.push(") AND s.hour >= ").push_bind(filter.from.unix_timestamp());
    query.push(" AND s.hour < ").push_bind(filter.until.unix_timestamp());
    if let Some(listing) = filter.listing {
        query.push(" AND s.listing = ").push_bind(listing.number);
    }
    if let Some(token) = filter.token {
        query.push(" AND s.token = ").push_bind(token);
    }
    if let Some(provider) = filter.provider {
        query.push(" AND l.owner = ").push_bind(provider);
    }
    if let Some(kind) = filter.kind {
        query.push(" AND l.kind = ").push_bind(kind as i16);
    }
    query.push(
        " GROUP BY s.chain_id, 2, s.token, t.name, t.symbol, t.decimals ORDER BY 2, s.chain_id, s.token LIMIT ",
    );
    query.push_bind(limit);
    query.build_query_as().fetch_all(connection).await
}
