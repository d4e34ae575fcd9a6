//! `market.operator`, `market.allowance`, and whom listings are approved to: who may move what an account has.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::PARTS;
use crate::model::PublicId;

/// Somebody who may move all that an account has of something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OperatorRow {
    pub(crate) chain_id: i64,
    pub(crate) scope: i16,
    pub(crate) operator: Addr,
}

/// Somebody who may move some of what an account has.
#[derive(Clone, Debug)]
pub(crate) struct AllowanceRow {
    pub(crate) chain_id: i64,
    pub(crate) scope: i16,
    pub(crate) spender: Addr,
    pub(crate) token: Addr,
    pub(crate) amount: Uint,
    pub(crate) name: Option<String>,
    pub(crate) symbol: Option<String>,
    pub(crate) decimals: Option<i16>,
}

/// An account's operators, at most [`PARTS`].
pub(crate) async fn operator_of(
    connection: &mut PgConnection,
    chains: &[i64],
    owner: Addr,
) -> sqlx::Result<Vec<OperatorRow>> {
    sqlx::query_as!(
        OperatorRow,
        r#"SELECT chain_id, scope, operator AS "operator: Addr" FROM market.operator
           WHERE chain_id = ANY($1) AND owner = $2 AND approved
           ORDER BY chain_id, scope, operator LIMIT $3"#,
        chains,
        owner as Addr,
        PARTS
    )
    .fetch_all(connection)
    .await
}

/// What an account allows others to move, as it was said last, at most [`PARTS`]. A share contract tells its own name.
pub(crate) async fn allowance_of(
    connection: &mut PgConnection,
    chains: &[i64],
    owner: Addr,
) -> sqlx::Result<Vec<AllowanceRow>> {
    sqlx::query_as!(
        AllowanceRow,
        r#"SELECT a.chain_id, a.scope, a.spender AS "spender: Addr", a.token AS "token: Addr",
                  a.amount AS "amount: Uint", coalesce(s.name, t.name) AS name,
                  coalesce(s.symbol, t.symbol) AS symbol,
                  CASE WHEN s.share IS NULL THEN t.decimals ELSE 18::smallint END AS decimals
           FROM market.allowance a LEFT JOIN market.token t USING (chain_id, token)
           LEFT JOIN market.share s ON a.scope = 1 AND s.chain_id = a.chain_id AND s.share = a.token
           WHERE a.chain_id = ANY($1) AND a.owner = $2 AND a.amount > 0
           ORDER BY a.chain_id, a.scope, a.spender, a.token LIMIT $3"#,
        chains,
        owner as Addr,
        PARTS
    )
    .fetch_all(connection)
    .await
}

/// Who may manage and move one listing beside its owner and the owner's operators; nobody where it is not known.
pub(crate) async fn approved_of(
    connection: &mut PgConnection,
    listing: PublicId,
) -> sqlx::Result<Option<Addr>> {
    let approved = sqlx::query_scalar!(
        r#"SELECT approved AS "approved: Addr" FROM market.listing WHERE chain_id = $1 AND listing = $2"#,
        listing.chain_id,
        listing.number
    )
    .fetch_optional(connection)
    .await?;
    Ok(approved.filter(|approved| *approved != Addr::default()))
}
