//! Who sold most, what people sold to themselves left out.

use sqlx::{FromRow, PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Uint};

use crate::model::{Kind, Leaders, Measure};

/// What is ranked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeaderFilter {
    pub(crate) of: Leaders,
    pub(crate) by: Measure,
    pub(crate) token: Option<Addr>,
    pub(crate) kind: Option<Kind>,
}

/// A listing or a provider, and what it sold.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct LeaderRow {
    pub(crate) chain_id: i64,
    /// Where listings are ranked.
    pub(crate) listing: Option<i64>,
    pub(crate) owner: Addr,
    pub(crate) sales: i64,
    pub(crate) amount: Uint,
    pub(crate) ignored_sales: i64,
    pub(crate) ignored_amount: Uint,
}

/// The first `limit` of them. Of each chain, sales from the given hour on (Unix time) count.
///
/// Sales to who owned the listing then, and to who ever held its shares, do not count.
pub(crate) async fn leader_search(
    connection: &mut PgConnection,
    (chains, since): (Vec<i64>, Vec<i64>),
    filter: &LeaderFilter,
    limit: i64,
) -> sqlx::Result<Vec<LeaderRow>> {
    let mut query = QueryBuilder::<Postgres>::new("WITH clock AS (SELECT * FROM unnest(");
    query.push_bind(chains).push("::bigint[], ").push_bind(since);
    query.push(
        "::bigint[]) AS c (chain_id, since)), sold AS (
             SELECT s.chain_id, s.listing, sum(s.sales)::bigint AS sales, sum(s.amount) AS amount,
                    sum(s.own_sales)::bigint AS own_sales, sum(s.own_amount) AS own_amount
             FROM clock JOIN market.sale_hour AS s ON s.chain_id = clock.chain_id AND s.hour >= clock.since",
    );
    if let Some(token) = filter.token {
        query.push(" WHERE s.token = ").push_bind(token);
    }
    query.push(
        " GROUP BY s.chain_id, s.listing), held AS (
             SELECT p.chain_id, p.listing, count(*) AS sales, sum(p.amount) AS amount
             FROM clock
             JOIN market.share ON share.chain_id = clock.chain_id
             JOIN market.share_balance AS b ON b.chain_id = share.chain_id AND b.share = share.share
             JOIN market.purchase AS p
                 ON p.chain_id = share.chain_id AND p.listing = share.listing AND p.payer = b.holder
             WHERE p.payer <> p.beneficiary AND p.block_time >= to_timestamp(clock.since)",
    );
    if let Some(token) = filter.token {
        query.push(" AND p.token = ").push_bind(token);
    }
    query.push(
        " GROUP BY p.chain_id, p.listing), ranked AS (
             SELECT chain_id, listing, l.owner, sold.sales, sold.amount,
                    own_sales + coalesce(held.sales, 0) AS ignored_sales,
                    own_amount + coalesce(held.amount, 0) AS ignored_amount
             FROM sold LEFT JOIN held USING (chain_id, listing) JOIN market.listing AS l USING (chain_id, listing)",
    );
    if let Some(kind) = filter.kind {
        query.push(" WHERE l.kind = ").push_bind(kind as i16);
    }
    query.push(") SELECT chain_id, ");
    query.push(match filter.of {
        Leaders::Listings => "listing",
        Leaders::Providers => "NULL::bigint AS listing",
    });
    query.push(
        ", owner, sum(sales - ignored_sales)::bigint AS sales, sum(amount - ignored_amount) AS amount,
           sum(ignored_sales)::bigint AS ignored_sales, sum(ignored_amount) AS ignored_amount
         FROM ranked GROUP BY ",
    );
    query.push(match filter.of {
        Leaders::Listings => "chain_id, listing, owner",
        Leaders::Providers => "chain_id, owner",
    });
    query.push(" HAVING sum(sales - ignored_sales) > 0 ORDER BY ");
    query.push(match filter.by {
        Measure::Revenue => "amount DESC, sales DESC",
        Measure::Sales => "sales DESC",
    });
    query.push(match filter.of {
        Leaders::Listings => ", chain_id, listing LIMIT ",
        Leaders::Providers => ", chain_id, owner LIMIT ",
    });
    query.push_bind(limit);
    query.build_query_as().fetch_all(connection).await
}
