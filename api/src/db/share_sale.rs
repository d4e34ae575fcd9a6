//! `market.share_sale`, with the tokens that sales are paid in.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::{PARTS, token};
use crate::model::{PublicId, Token};

/// An offer of shares at a fixed price.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ShareSaleRow {
    pub(crate) sale: i64,
    pub(crate) seller: Addr,
    pub(crate) share: Addr,
    #[sqlx(flatten)]
    pub(crate) token: Token,
    pub(crate) lot: Uint,
    pub(crate) price: Uint,
    pub(crate) cap: Uint,
    pub(crate) sold: Uint,
    pub(crate) sells_from: Uint,
    pub(crate) sells_until: Uint,
}

/// The offers of a listing's shares that sell at `now` (Unix seconds) or later, oldest first, at most [`PARTS`].
pub(crate) async fn share_sale_open(
    connection: &mut PgConnection,
    listing: PublicId,
    now: i64,
) -> sqlx::Result<Vec<ShareSaleRow>> {
    let rows = sqlx::query!(
        r#"SELECT s.sale, s.seller AS "seller: Addr", s.share AS "share: Addr", s.token AS "token: Addr",
                  s.lot AS "lot: Uint", s.price AS "price: Uint", s.cap AS "cap: Uint", s.sold AS "sold: Uint",
                  s.sells_from AS "sells_from: Uint", s.sells_until AS "sells_until: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.share_sale s LEFT JOIN market.token t USING (chain_id, token)
           WHERE s.chain_id = $1 AND s.listing = $2 AND NOT s.closed AND (s.cap = 0 OR s.sold < s.cap)
             AND (s.sells_until = 0 OR s.sells_until > $3::bigint)
           ORDER BY s.sale LIMIT $4"#,
        listing.chain_id,
        listing.number,
        now,
        PARTS
    )
    .fetch_all(connection)
    .await?;
    let sales = rows.into_iter().map(|row| ShareSaleRow {
        sale: row.sale,
        seller: row.seller,
        share: row.share,
        token: token(row.token, row.name, row.symbol, row.decimals),
        lot: row.lot,
        price: row.price,
        cap: row.cap,
        sold: row.sold,
        sells_from: row.sells_from,
        sells_until: row.sells_until,
    });
    Ok(sales.collect())
}
