//! `market.purchase` by month: who bought again.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::Addr;
use time::OffsetDateTime;

use crate::model::{Kind, PublicId};

/// Which purchases count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetentionFilter {
    /// On the one chain that is read then.
    pub(crate) listing: Option<PublicId>,
    pub(crate) provider: Option<Addr>,
    pub(crate) kind: Option<Kind>,
    pub(crate) token: Option<Addr>,
}

/// How many of the buyers of a month bought in a later one; in the same one, how many there are.
#[derive(Clone, Copy, Debug, FromRow)]
pub(crate) struct RetentionRow {
    pub(crate) chain_id: i64,
    pub(crate) cohort: OffsetDateTime,
    pub(crate) month: OffsetDateTime,
    pub(crate) buyers: i64,
}

/// The last `months` months up to that of `now`. What owners and beneficiaries bought of themselves is left out.
pub(crate) async fn purchase_retention(
    connection: &mut PgConnection,
    chains: &[i64],
    filter: &RetentionFilter,
    (now, months): (OffsetDateTime, i32),
) -> sqlx::Result<Vec<RetentionRow>> {
    let mut query = QueryBuilder::<Postgres>::new(
        "WITH active AS (
             SELECT DISTINCT p.chain_id, p.payer, date_trunc('month', p.block_time, 'UTC') AS month
             FROM market.purchase AS p JOIN market.listing AS l USING (chain_id, listing)
             WHERE p.payer <> l.owner AND p.payer <> p.beneficiary AND p.chain_id = ANY(",
    );
    query.push_bind(chains.to_vec()).push(") AND p.block_time >= (date_trunc('month', ").push_bind(now);
    query.push(" AT TIME ZONE 'UTC') - make_interval(months => ").push_bind(months - 1);
    query.push(")) AT TIME ZONE 'UTC'");
    if let Some(listing) = filter.listing {
        query.push(" AND p.listing = ").push_bind(listing.number);
    }
    if let Some(provider) = filter.provider {
        query.push(" AND l.owner = ").push_bind(provider);
    }
    if let Some(kind) = filter.kind {
        query.push(" AND l.kind = ").push_bind(kind as i16);
    }
    if let Some(token) = filter.token {
        query.push(" AND p.token = ").push_bind(token);
    }
    query.push(
        ") SELECT a.chain_id, a.month AS cohort, b.month, count(*) AS buyers
         FROM active AS a JOIN active AS b ON b.chain_id = a.chain_id AND b.payer = a.payer AND b.month >= a.month
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
    );
    query.build_query_as().fetch_all(connection).await
}
