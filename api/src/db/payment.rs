//! `market.listing_payment`, with the tokens.

use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;

use super::Starts;
use crate::model::{PublicId, Sort};

/// What a search may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PaymentFilter {
    pub(crate) listing: Option<PublicId>,
    pub(crate) payer: Option<Addr>,
}

/// A payment to a listing without a sale.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PaymentRow {
    pub(crate) chain_id: i64,
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    pub(crate) listing: i64,
    pub(crate) payer: Addr,
    pub(crate) beneficiary: Addr,
    pub(crate) amount: Uint,
    pub(crate) memo: Hash,
    pub(crate) token: Addr,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
}

/// One page: of each chain the next `limit` rows by block and log index, merged by time.
pub(crate) async fn listing_payment_search(
    connection: &mut PgConnection,
    filter: &PaymentFilter,
    sort: Sort,
    starts: &Starts,
    limit: i64,
) -> sqlx::Result<Vec<PaymentRow>> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT p.chain_id, p.block_number, p.log_index, p.block_time, p.tx_hash, p.listing, p.payer, p.beneficiary, p.amount, \
         p.memo, p.token, token.name, token.symbol, token.decimals \
         FROM (SELECT p.* FROM unnest(",
    );
    sql.push_bind(&starts.chains).push("::bigint[], ").push_bind(&starts.majors).push("::bigint[], ");
    sql.push_bind(&starts.minors).push("::int[]) AS start (chain_id, block_number, log_index) ");
    sql.push(
        "CROSS JOIN LATERAL (SELECT p.* FROM market.listing_payment p WHERE p.chain_id = start.chain_id",
    );
    sql.push(" AND (p.block_number, p.log_index)").push(sort.behind());
    sql.push("(start.block_number, start.log_index)");
    if let Some(listing) = filter.listing {
        sql.push(" AND p.chain_id = ").push_bind(listing.chain_id);
        sql.push(" AND p.listing = ").push_bind(listing.number);
    }
    if let Some(payer) = filter.payer {
        sql.push(" AND p.payer = ").push_bind(payer);
    }
    let to = sort.direction();
    sql.push(" ORDER BY p.block_number").push(to).push(", p.log_index").push(to);
    sql.push(" LIMIT ").push_bind(limit).push(") p");
    sort.merge(&mut sql);
    sql.push(" LIMIT ").push_bind(limit);
    sql.push(") p LEFT JOIN market.token token ON token.chain_id = p.chain_id AND token.token = p.token");
    sort.merge(&mut sql);
    sql.build_query_as().fetch_all(connection).await
}

/// How many payments the filter lets through.
pub(crate) async fn listing_payment_total(
    connection: &mut PgConnection,
    chains: &[i64],
    filter: &PaymentFilter,
) -> sqlx::Result<i64> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT count(*) FROM market.listing_payment p WHERE p.chain_id = ANY(",
    );
    sql.push_bind(chains.to_vec()).push(")");
    if let Some(listing) = filter.listing {
        sql.push(" AND p.chain_id = ").push_bind(listing.chain_id);
        sql.push(" AND p.listing = ").push_bind(listing.number);
    }
    if let Some(payer) = filter.payer {
        sql.push(" AND p.payer = ").push_bind(payer);
    }
    sql.build_query_scalar().fetch_one(connection).await
}
