//! `market.account`.

use sqlx::PgConnection;
use stoa_schema::types::Addr;

/// What an account did on a chain, counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccountRow {
    pub(crate) chain_id: i64,
    /// Purchases that it paid for.
    pub(crate) purchases: i64,
    /// Listings that it created.
    pub(crate) listings: i64,
}

/// The account on each of the chains where it did something.
pub(crate) async fn account_get(
    connection: &mut PgConnection,
    chains: &[i64],
    account: Addr,
) -> sqlx::Result<Vec<AccountRow>> {
    sqlx::query_as!(
        AccountRow,
        "SELECT chain_id, purchases, listings FROM market.account WHERE chain_id = ANY($1) AND account = $2",
        chains,
        account as Addr
    )
    .fetch_all(connection)
    .await
}
