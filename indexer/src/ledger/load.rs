//! The totals as the database has them.

use std::collections::HashMap;

use alloy::primitives::{Address, U256};
use futures::TryStreamExt;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row, error::BoxDynError};
use stoa_schema::types::{Addr, Uint};

use super::{Ledger, Series};

/// Every total of a chain whose projections stand at `projected` and whose archive may be further.
pub async fn load(connection: &mut PgConnection, chain_id: i64, projected: i64) -> sqlx::Result<Ledger> {
    between(connection, chain_id, projected, i64::MAX).await
}

/// Every total as it was at `block`, not before the newest final one: what undoing leaves, which is not kept.
pub async fn load_at(connection: &mut PgConnection, chain_id: i64, block: i64) -> sqlx::Result<Ledger> {
    let mut transaction = connection.begin().await?;
    sqlx::query("SELECT archive.undo($1, $2)").bind(chain_id).bind(block).execute(&mut *transaction).await?;
    let ledger = between(&mut transaction, chain_id, block, block).await?;
    transaction.rollback().await?;
    Ok(ledger)
}

async fn between(
    connection: &mut PgConnection,
    chain_id: i64,
    projected: i64,
    to: i64,
) -> sqlx::Result<Ledger> {
    let query = sqlx::query(include_str!("load.sql")).bind(chain_id).bind(projected).bind(to);
    let mut rows = query.fetch(connection);
    let mut totals: HashMap<Series, U256> = HashMap::new();
    while let Some(row) = rows.try_next().await? {
        let total: Uint = row.try_get("total")?;
        totals.insert(series(&row)?, total.0);
    }
    Ok(Ledger::new(totals))
}

/// Which series a row of `load.sql` is of.
fn series(row: &PgRow) -> sqlx::Result<Series> {
    let id = || row.try_get::<i64, _>("id");
    let account = || row.try_get::<Addr, _>("account").map(|account| account.0);
    let token = || -> sqlx::Result<Address> { Ok(row.try_get::<Addr, _>("token")?.0) };
    Ok(match row.try_get::<i32, _>("series")? {
        0 => Series::Listings,
        1 => Series::Versions(id()?),
        2 => Series::Plans,
        3 => Series::PlanVersions(id()?),
        4 => Series::Sold(id()?),
        5 => Series::Sales,
        6 => Series::SaleSold(id()?),
        7 => Series::StakeTokens,
        8 => Series::ShareTokens(account()?),
        9 => Series::Lock(account()?),
        10 => Series::Settled(id()?, account()?, token()?),
        11 => Series::FeeIndex(token()?),
        other => return Err(sqlx::Error::Decode(BoxDynError::from(format!("series {other} is unknown")))),
    })
}
