//! `market.plan`, with the tokens that plans are paid in.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Hash, Uint};

use super::{PARTS, columns, token};
use crate::model::{PublicId, Token};

/// A way to buy a listing.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct PlanRow {
    pub(crate) plan: i64,
    pub(crate) kind: i16,
    #[sqlx(flatten)]
    pub(crate) token: Token,
    pub(crate) price: Uint,
    pub(crate) cap: Uint,
    pub(crate) sold: Uint,
    pub(crate) paused: bool,
    pub(crate) transferable: bool,
    pub(crate) version: i64,
    pub(crate) period: i64,
    pub(crate) units: Uint,
    pub(crate) unit: String,
    pub(crate) sells_from: Uint,
    pub(crate) sells_until: Uint,
    pub(crate) gate: Addr,
    pub(crate) tier_discount: bool,
    /// What the gates were told of it, if anything.
    #[sqlx(skip)]
    pub(crate) rule: Option<RuleRow>,
}

/// `market.gate_rule`: only the rule of the gate that a plan names counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RuleRow {
    pub(crate) root: Hash,
    pub(crate) tier: i16,
    pub(crate) token: Addr,
    pub(crate) amount: Uint,
}

/// The plan of a listing that costs least.
#[derive(Clone, Debug)]
pub(crate) struct CheapestRow {
    pub(crate) listing: PublicId,
    pub(crate) plan: i64,
    pub(crate) price: Uint,
    pub(crate) token: Token,
}

/// A listing's plans, oldest first, at most [`PARTS`].
pub(crate) async fn plan_of(connection: &mut PgConnection, listing: PublicId) -> sqlx::Result<Vec<PlanRow>> {
    let rows = sqlx::query!(
        r#"SELECT p.plan, p.kind, p.token AS "token: Addr", p.price AS "price: Uint", p.cap AS "cap: Uint",
                  p.sold AS "sold: Uint", p.paused, p.transferable, p.version, p.period,
                  p.units AS "units: Uint", p.unit, p.sells_from AS "sells_from: Uint",
                  p.sells_until AS "sells_until: Uint", p.gate AS "gate: Addr", p.tier_discount,
                  g.root AS "root?: Hash", g.tier AS "tier?", g.token AS "held?: Addr", g.amount AS "amount?: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.plan p LEFT JOIN market.token t USING (chain_id, token)
           LEFT JOIN market.gate_rule g ON g.chain_id = p.chain_id AND g.plan = p.plan
           WHERE p.chain_id = $1 AND p.listing = $2 ORDER BY p.plan LIMIT $3"#,
        listing.chain_id,
        listing.number,
        PARTS
    )
    .fetch_all(connection)
    .await?;
    let plans = rows.into_iter().map(|row| PlanRow {
        plan: row.plan,
        kind: row.kind,
        token: token(row.token, row.name, row.symbol, row.decimals),
        price: row.price,
        cap: row.cap,
        sold: row.sold,
        paused: row.paused,
        transferable: row.transferable,
        version: row.version,
        period: row.period,
        units: row.units,
        unit: row.unit,
        sells_from: row.sells_from,
        sells_until: row.sells_until,
        gate: row.gate,
        tier_discount: row.tier_discount,
        rule: (|| Some(RuleRow { root: row.root?, tier: row.tier?, token: row.held?, amount: row.amount? }))(
        ),
    });
    Ok(plans.collect())
}

/// For each listing the plan that costs least among those on sale (not paused, not sold out, inside of
/// its window), where all of those are paid in one token: prices in different tokens are never compared.
///
/// `clock` tells the time on each chain, in Unix seconds.
pub(crate) async fn plan_cheapest(
    connection: &mut PgConnection,
    listings: &[PublicId],
    clock: &(Vec<i64>, Vec<i64>),
) -> sqlx::Result<Vec<CheapestRow>> {
    let (chains, numbers) = columns(listings);
    let rows = sqlx::query!(
        r#"WITH on_sale AS (
               SELECT p.chain_id, p.listing, p.plan, p.price, p.token FROM market.plan p
               JOIN unnest($1::bigint[], $2::bigint[]) AS wanted (chain_id, listing) USING (chain_id, listing)
               JOIN unnest($3::bigint[], $4::bigint[]) AS clock (chain_id, now) USING (chain_id)
               WHERE NOT p.paused AND (p.cap = 0 OR p.sold < p.cap)
                 AND p.sells_from <= clock.now AND (p.sells_until = 0 OR clock.now < p.sells_until)
           )
           SELECT DISTINCT ON (chain_id, listing)
                  chain_id, listing, p.plan, p.price AS "price: Uint", p.token AS "token: Addr",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM on_sale p LEFT JOIN market.token t USING (chain_id, token)
           JOIN (SELECT chain_id, listing FROM on_sale GROUP BY chain_id, listing HAVING count(DISTINCT token) = 1) one
               USING (chain_id, listing)
           ORDER BY chain_id, listing, p.price, p.plan"#,
        &chains,
        &numbers,
        &clock.0,
        &clock.1
    )
    .fetch_all(connection)
    .await?;
    let cheapest = rows.into_iter().map(|row| CheapestRow {
        listing: PublicId { chain_id: row.chain_id, number: row.listing },
        plan: row.plan,
        price: row.price,
        token: token(row.token, row.name, row.symbol, row.decimals),
    });
    Ok(cheapest.collect())
}
