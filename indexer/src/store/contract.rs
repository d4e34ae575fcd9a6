//! Which contracts are followed, and from which block on.

use alloy::primitives::Address;
use sqlx::postgres::PgConnection;
use stoa_schema::types::Addr;

/// The name under which share contracts stand; others stand under their deployment's.
pub const SHARE: &str = "RevenueShare";

/// A followed contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    pub address: Addr,
    pub name: String,
    /// No log of it stands in an earlier block.
    pub first_block: i64,
    /// While it is read apart from the chain's cursor: how far.
    pub read_block: Option<i64>,
}

/// A contract that a log tells the birth of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Birth {
    pub address: Address,
    pub block: i64,
}

/// Every followed contract of a chain.
pub async fn all(connection: &mut PgConnection, chain_id: i64) -> sqlx::Result<Vec<Contract>> {
    sqlx::query_as!(
        Contract,
        r#"SELECT address AS "address: Addr", name, first_block, read_block
           FROM archive.contract WHERE chain_id = $1 ORDER BY first_block, address"#,
        chain_id
    )
    .fetch_all(connection)
    .await
}

/// Follows a contract from now on.
pub async fn insert(connection: &mut PgConnection, chain_id: i64, contract: &Contract) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO archive.contract (chain_id, address, name, first_block, read_block)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        chain_id,
        contract.address as Addr,
        contract.name,
        contract.first_block,
        contract.read_block,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Follows share contracts from their birth on.
pub async fn insert_born(connection: &mut PgConnection, chain_id: i64, born: &[Birth]) -> sqlx::Result<()> {
    for birth in born {
        let contract = Contract {
            address: Addr(birth.address),
            name: SHARE.to_owned(),
            first_block: birth.block,
            read_block: None,
        };
        insert(connection, chain_id, &contract).await?;
    }
    Ok(())
}

/// Notes how far a contract that is read apart was read; `None` when it goes with the cursor from now on.
pub async fn set_read(
    connection: &mut PgConnection,
    chain_id: i64,
    address: Address,
    read_block: Option<i64>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE archive.contract SET read_block = $3 WHERE chain_id = $1 AND address = $2",
        chain_id,
        Addr(address) as Addr,
        read_block
    )
    .execute(connection)
    .await?;
    Ok(())
}
