//! `market.spending`, with the plans whose credits they are.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;

use super::Starts;
use crate::model::{PublicId, Sort};

/// What a search may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpendingFilter {
    pub(crate) plan: Option<PublicId>,
    pub(crate) holder: Option<Addr>,
    pub(crate) spender: Option<Addr>,
}

/// A spending of credits.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct SpendingRow {
    pub(crate) chain_id: i64,
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    pub(crate) plan: i64,
    /// `None` would be a spending of a plan that the projections do not know.
    pub(crate) listing: Option<i64>,
    pub(crate) unit: Option<String>,
    pub(crate) holder: Addr,
    pub(crate) spender: Addr,
    pub(crate) units: Uint,
    pub(crate) reference: Hash,
    pub(crate) remaining: Uint,
}

/// One page: of each chain the next `limit` rows by block and log index, merged by time.
pub(crate) async fn spending_search(
    connection: &mut PgConnection,
    filter: &SpendingFilter,
    sort: Sort,
    starts: &Starts,
    limit: i64,
) -> sqlx::Result<Vec<SpendingRow>> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT p.chain_id, p.block_number, p.log_index, p.block_time, p.tx_hash, p.plan, plan.listing, plan.unit, p.holder, \
         p.spender, p.units, p.reference, p.remaining \
         FROM (SELECT p.* FROM unnest(",
    );
    sql.push_bind(&starts.chains).push("::bigint[], ").push_bind(&starts.majors).push("::bigint[], ");
    sql.push_bind(&starts.minors).push("::int[]) AS start (chain_id, block_number, log_index) ");
    sql.push("CROSS JOIN LATERAL (SELECT p.* FROM market.spending p WHERE p.chain_id = start.chain_id");
    sql.push(" AND (p.block_number, p.log_index)").push(sort.behind());
    sql.push("(start.block_number, start.log_index)");
    if let Some(plan) = filter.plan {
        sql.push(" AND p.chain_id = ").push_bind(plan.chain_id);
        sql.push(" AND p.plan = ").push_bind(plan.number);
    }
    if let Some(holder) = filter.holder {
        sql.push(" AND p.holder = ").push_bind(holder);
    }
    if let Some(spender) = filter.spender {
        sql.push(" AND p.spender = ").push_bind(spender);
    }
    let to = sort.direction();
    sql.push(" ORDER BY p.block_number").push(to).push(", p.log_index").push(to);
    sql.push(" LIMIT ").push_bind(limit).push(") p");
    sort.merge(&mut sql);
    sql.push(" LIMIT ").push_bind(limit);
    sql.push(") p LEFT JOIN market.plan plan ON plan.chain_id = p.chain_id AND plan.plan = p.plan");
    sort.merge(&mut sql);
    sql.build_query_as().fetch_all(connection).await
}

/// How many spendings the filter lets through.
pub(crate) async fn spending_total(
    connection: &mut PgConnection,
    chains: &[i64],
    filter: &SpendingFilter,
) -> sqlx::Result<i64> {
    let mut sql =
        QueryBuilder::<Postgres>::new("SELECT count(*) FROM market.spending p WHERE p.chain_id = ANY(");
    sql.push_bind(chains.to_vec()).push(")");
    if let Some(plan) = filter.plan {
        sql.push(" AND p.chain_id = ").push_bind(plan.chain_id);
        sql.push(" AND p.plan = ").push_bind(plan.number);
    }
    for (column, account) in [("p.holder", filter.holder), ("p.spender", filter.spender)] {
        if let Some(account) = account {
            sql.push(" AND ").push(column).push(" = ").push_bind(account);
        }
    }
    sql.build_query_scalar().fetch_one(connection).await
}
