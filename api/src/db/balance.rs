//! `market.balance`, with the tokens.

use sqlx::PgConnection;
use stoa_schema::types::{Addr, Uint};

use super::{PARTS, token};
use crate::model::Token;

/// What an account holds in the Vault of one chain, in one token.
#[derive(Clone, Debug)]
pub(crate) struct BalanceRow {
    pub(crate) chain_id: i64,
    pub(crate) token: Token,
    pub(crate) amount: Uint,
}

/// An account's balances that are not zero, of tokens described first, at most [`PARTS`].
pub(crate) async fn balance_of(
    connection: &mut PgConnection,
    chains: &[i64],
    account: Addr,
) -> sqlx::Result<Vec<BalanceRow>> {
    let rows = sqlx::query!(
        r#"SELECT b.chain_id, b.token AS "token: Addr", b.amount AS "amount: Uint",
                  t.name AS "name?", t.symbol AS "symbol?", t.decimals AS "decimals?"
           FROM market.balance b LEFT JOIN market.token t USING (chain_id, token)
           WHERE b.chain_id = ANY($1) AND b.account = $2 AND b.amount > 0
           ORDER BY b.chain_id, t.symbol NULLS LAST, b.token LIMIT $3"#,
        chains,
        account as Addr,
        PARTS
    )
    .fetch_all(connection)
    .await?;
    let balances = rows.into_iter().map(|row| BalanceRow {
        chain_id: row.chain_id,
        token: token(row.token, row.name, row.symbol, row.decimals),
        amount: row.amount,
    });
    Ok(balances.collect())
}
