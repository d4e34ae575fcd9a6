//! Whether the chain still holds the block that the database has indexed.

use alloy::providers::{Provider as _, ProviderBuilder};
use anyhow::Context as _;
use sqlx::{Connection as _, PgConnection, Row as _};
use stoa_scripts::anvil::{Anvil, CHAIN_ID};

/// One sentence on how far the chain is behind, or `None` when all is well. Chain and database are written
/// independently, so after a hard stop the chain's file may be older than the database.
pub(super) async fn find(anvil: &Anvil, database_url: &str) -> anyhow::Result<Option<String>> {
    let mut connection = PgConnection::connect(database_url).await.context("the database does not answer")?;
    let there: bool = sqlx::query_scalar("SELECT to_regclass('archive.cursor') IS NOT NULL")
        .fetch_one(&mut connection)
        .await?;
    if !there {
        return Ok(None);
    }
    let row = sqlx::query("SELECT stored_block, stored_hash FROM archive.cursor WHERE chain_id = $1")
        .bind(CHAIN_ID.cast_signed())
        .fetch_optional(&mut connection)
        .await?;
    connection.close().await?;
    let Some(row) = row else { return Ok(None) };
    let (number, hash): (i64, Vec<u8>) = (row.get(0), row.get(1));
    let provider = ProviderBuilder::new().connect_http(anvil.rpc_url().parse()?);
    let head = provider.get_block_number().await?;
    let block = provider.get_block_by_number(number.cast_unsigned().into()).await?;
    Ok(match block {
        Some(block) if block.header.hash.as_slice() == hash => None,
        Some(_) => Some(format!("The chain has another block {number} than the database has indexed.")),
        None => Some(format!(
            "The chain is at block {head}, behind the database, which has indexed block {number}: it was stopped hard."
        )),
    })
}
