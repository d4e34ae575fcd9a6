//! `market.purchase`, with the plan bought and the token paid in.

use std::collections::BTreeMap;

use sqlx::{PgConnection, Postgres, QueryBuilder};
use stoa_schema::types::{Addr, Hash, Uint};
use time::OffsetDateTime;

use super::Starts;
use crate::model::{PublicId, Sort};

/// What a search may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PurchaseFilter {
    pub(crate) listing: Option<PublicId>,
    pub(crate) payer: Option<Addr>,
    pub(crate) recipient: Option<Addr>,
    /// Payer or recipient.
    pub(crate) account: Option<Addr>,
}

/// A sale, with the terms that held when it was made.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PurchaseRow {
    pub(crate) chain_id: i64,
    pub(crate) block_number: i64,
    pub(crate) log_index: i32,
    pub(crate) block_time: OffsetDateTime,
    pub(crate) tx_hash: Hash,
    pub(crate) listing: i64,
    pub(crate) plan: i64,
    /// `None` would be a sale of a plan that the projections do not know.
    pub(crate) plan_kind: Option<i16>,
    pub(crate) payer: Addr,
    pub(crate) recipient: Addr,
    pub(crate) beneficiary: Addr,
    pub(crate) quantity: Uint,
    pub(crate) amount: Uint,
    pub(crate) fee: Uint,
    pub(crate) expiry: i64,
    pub(crate) token: Addr,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
}

/// Which of a purchase's two parties an account is looked for in: each has an index of its own.
#[derive(Clone, Copy)]
enum Party {
    Payer,
    Recipient,
}

/// One page: of each chain the next `limit` rows by block and log index, merged by time.
pub(crate) async fn purchase_search(
    connection: &mut PgConnection,
    filter: &PurchaseFilter,
    sort: Sort,
    starts: &Starts,
    limit: i64,
) -> sqlx::Result<Vec<PurchaseRow>> {
    search(connection, filter, sort, starts, (limit, limit)).await
}

/// The last purchases that an account paid for, at most `limit` on each chain.
pub(crate) async fn purchase_last(
    connection: &mut PgConnection,
    chains: &[i64],
    payer: Addr,
    limit: i64,
) -> sqlx::Result<Vec<PurchaseRow>> {
    let filter = PurchaseFilter { listing: None, payer: Some(payer), recipient: None, account: None };
    let starts = Starts::new(chains, &BTreeMap::new(), Sort::Newest);
    let all = limit.saturating_mul(i64::try_from(chains.len()).unwrap_or(i64::MAX));
    search(connection, &filter, Sort::Newest, &starts, (limit, all)).await
}

/// At most `limit` rows of each chain, and at most `all` together.
async fn search(
    connection: &mut PgConnection,
    filter: &PurchaseFilter,
    sort: Sort,
    starts: &Starts,
    (limit, all): (i64, i64),
) -> sqlx::Result<Vec<PurchaseRow>> {
    let mut sql = QueryBuilder::<Postgres>::new(
        "SELECT p.chain_id, p.block_number, p.log_index, p.block_time, p.tx_hash, p.listing, p.plan, \
         plan.kind AS plan_kind, p.payer, p.recipient, p.beneficiary, p.quantity, p.amount, p.fee, p.expiry, p.token, \
         token.name, token.symbol, token.decimals FROM (SELECT p.* FROM unnest(",
    );
    sql.push_bind(&starts.chains).push("::bigint[], ").push_bind(&starts.majors).push("::bigint[], ");
    sql.push_bind(&starts.minors).push("::int[]) AS start (chain_id, block_number, log_index) ");
    sql.push("CROSS JOIN LATERAL (");
    match filter.account {
        None => branch(&mut sql, filter, None, sort, limit),
        // Two index scans, merged; a purchase for oneself stands in both and is kept once.
        Some(account) => {
            sql.push("(");
            branch(&mut sql, filter, Some((Party::Payer, account)), sort, limit);
            sql.push(") UNION (");
            branch(&mut sql, filter, Some((Party::Recipient, account)), sort, limit);
            sql.push(")");
        }
    }
    sql.push(") p");
    sort.merge(&mut sql);
    sql.push(" LIMIT ").push_bind(all);
    sql.push(") p LEFT JOIN market.plan plan ON plan.chain_id = p.chain_id AND plan.plan = p.plan");
    sql.push(" LEFT JOIN market.token token ON token.chain_id = p.chain_id AND token.token = p.token");
    sort.merge(&mut sql);
    sql.build_query_as().fetch_all(connection).await
}

/// The next rows of one chain, by one index.
fn branch(
    sql: &mut QueryBuilder<Postgres>,
    filter: &PurchaseFilter,
    party: Option<(Party, Addr)>,
    sort: Sort,
    limit: i64,
) {
    sql.push("SELECT p.* FROM market.purchase p WHERE p.chain_id = start.chain_id");
    sql.push(" AND (p.block_number, p.log_index)").push(sort.behind());
    sql.push("(start.block_number, start.log_index)");
    if let Some(listing) = filter.listing {
        sql.push(" AND p.chain_id = ").push_bind(listing.chain_id);
        sql.push(" AND p.listing = ").push_bind(listing.number);
    }
    if let Some(payer) = filter.payer {
        sql.push(" AND p.payer = ").push_bind(payer);
    }
    if let Some(recipient) = filter.recipient {
        sql.push(" AND p.recipient = ").push_bind(recipient);
    }
    match party {
        None => {}
        Some((Party::Payer, account)) => {
            sql.push(" AND p.payer = ").push_bind(account);
        }
        Some((Party::Recipient, account)) => {
            sql.push(" AND p.recipient = ").push_bind(account);
        }
    }
    let to = sort.direction();
    sql.push(" ORDER BY p.block_number").push(to).push(", p.log_index").push(to);
    sql.push(" LIMIT ").push_bind(limit);
}

/// How many purchases the filter lets through.
pub(crate) async fn purchase_total(
    connection: &mut PgConnection,
    chains: &[i64],
    filter: &PurchaseFilter,
) -> sqlx::Result<i64> {
    let mut sql =
        QueryBuilder::<Postgres>::new("SELECT count(*) FROM market.purchase p WHERE p.chain_id = ANY(");
    sql.push_bind(chains.to_vec()).push(")");
    if let Some(listing) = filter.listing {
        sql.push(" AND p.chain_id = ").push_bind(listing.chain_id);
        sql.push(" AND p.listing = ").push_bind(listing.number);
    }
    for (column, account) in [("p.payer", filter.payer), ("p.recipient", filter.recipient)] {
        if let Some(account) = account {
            sql.push(" AND ").push(column).push(" = ").push_bind(account);
        }
    }
    if let Some(account) = filter.account {
        sql.push(" AND (p.payer = ")
            .push_bind(account)
            .push(" OR p.recipient = ")
            .push_bind(account)
            .push(")");
    }
    sql.build_query_scalar().fetch_one(connection).await
}
