//! `market.revenue`.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::{PARTS, token};
use crate::model::{PublicId, Token};

/// What a listing's sales and direct payments brought in one token.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct RevenueRow {
    #[sqlx(flatten)]
    pub(crate) token: Token,
    pub(crate) sales: i64,
    pub(crate) amount: Uint,
    pub(crate) fee: Uint,
    /// Paid directly, without a sale.
    pub(crate) paid: Uint,
    pub(crate) payments: i64,
}

/// A listing's revenue by token, at most [`PARTS`] tokens.
pub(crate) async fn revenue_of(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Vec<RevenueRow>> {
    let rows = sqlx::query!(
        r#"SELECT r.token AS "token: Addr", r.sales, r.amount AS "amount: Uint", r.fee AS "fee: Uint",
                  r.paid AS "paid: Uint", r.payments,
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.revenue r LEFT JOIN market.token t USING (chain_id, token)
           WHERE r.chain_id = $1 AND r.listing = $2 ORDER BY r.sales DESC, r.token LIMIT $3"#,
        listing.chain_id,
        listing.number,
        PARTS
    )
    .fetch_all(connection)
    .await?;
    let revenue = rows.into_iter().map(|row| RevenueRow {
        token: token(row.token, row.name, row.symbol, row.decimals),
        sales: row.sales,
        amount: row.amount,
        fee: row.fee,
        paid: row.paid,
        payments: row.payments,
    });
    Ok(revenue.collect())
}
