//! The one connection that writes for a chain.

use std::time::Duration;

use alloy::primitives::Address;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use stoa_schema::archive::{self, BlockRef};

use super::advance::forget_past;
use super::rebuild::{self, Why};
use super::{Contract, Cursor, Lease, StoreError, contract, cursor, header, lease, settle};
use crate::deployment::Deployment;
use crate::fetch::Head;
use crate::project;

/// Each statement touches few rows of what may be large, and its plan is kept from when it was small: reading a table
/// from end to end must not look cheap. What was just written lies in memory.
const SETTINGS: &str = "SET enable_seqscan = off; SET random_page_cost = 1.1";

/// The writer of one chain.
#[derive(Debug)]
pub struct Writer {
    pub(super) connection: PgConnection,
    options: PgConnectOptions,
}

impl Writer {
    /// Connects, and brings the database's schemas to what this build needs.
    pub async fn connect(database_url: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions = database_url.parse()?;
        let options = options.application_name("stoa-indexer").statement_cache_capacity(512);
        let mut connection = options.connect().await?;
        sqlx::raw_sql(SETTINGS).execute(&mut connection).await?;
        let mut writer = Self { connection, options };
        writer.prepare().await?;
        Ok(writer)
    }

    /// Migrates the archive; makes the projections anew where they are another build's.
    async fn prepare(&mut self) -> Result<(), StoreError> {
        let found = archive::version_in(&mut self.connection).await?.unwrap_or_default();
        let known = archive::version();
        if found > known {
            return Err(StoreError::NewerArchive { found, known });
        }
        archive::migrate(&mut self.connection).await?;
        let hash = sqlx::query_scalar!("SELECT hash FROM archive.projection")
            .fetch_optional(&mut self.connection)
            .await?;
        if hash.as_deref() != Some(project::hash()) {
            rebuild::rebuild(&self.options, Why::OtherBuild).await?;
            settle::statistics(&mut self.connection).await?;
        }
        Ok(())
    }

    /// Builds schema `market` anew from the archive, beside the old one.
    pub async fn rebuild(&mut self) -> Result<(), StoreError> {
        rebuild::rebuild(&self.options, Why::Asked).await?;
        settle::statistics(&mut self.connection).await?;
        Ok(())
    }

    /// Waits until this connection is the chain's one writer; it is while the lease is kept.
    pub async fn lead(&mut self, chain_id: u64, patience: Duration) -> Result<Lease, StoreError> {
        lease::take(&mut self.connection, &self.options, chain_id.cast_signed(), patience).await
    }

    /// The chain's cursor, once there is one. Refuses another deployment than the one it stands for; one that has
    /// grown by contracts is the same.
    pub async fn cursor(&mut self, deployment: &Deployment) -> Result<Option<Cursor>, StoreError> {
        let chain_id = deployment.chain_id.cast_signed();
        let mut transaction = self.connection.begin().await?;
        let Some(found) = cursor::lock(&mut transaction, chain_id).await? else { return Ok(None) };
        let here = &deployment.contracts;
        if found.contracts.iter().any(|(name, address)| here.get(name) != Some(address)) {
            let market = |contracts: &cursor::Contracts| {
                contracts
                    .get("Market")
                    .map_or_else(|| "no Market".to_owned(), |market| format!("Market {market}"))
            };
            return Err(StoreError::OtherDeployment {
                chain_id: deployment.chain_id,
                there: market(&found.contracts),
                here: market(here),
            });
        }
        if found.contracts.len() != here.len() {
            cursor::set_contracts(&mut transaction, chain_id, here).await?;
        }
        transaction.commit().await?;
        Ok(Some(found.cursor))
    }

    /// Writes the chain's first cursor, at the block before the deployment's first, and follows its contracts.
    pub async fn begin(&mut self, deployment: &Deployment, origin: BlockRef) -> Result<Cursor, StoreError> {
        let mut transaction = self.connection.begin().await?;
        let cursor = cursor::insert(&mut transaction, deployment, origin).await?;
        header::insert(&mut transaction, cursor.chain_id, &origin).await?;
        for (name, address) in deployment.followed.named() {
            let contract = Contract {
                address: stoa_schema::types::Addr(address),
                name: name.to_owned(),
                first_block: deployment.first_block.cast_signed(),
                read_block: None,
            };
            contract::insert(&mut transaction, cursor.chain_id, &contract).await?;
        }
        transaction.commit().await?;
        Ok(cursor)
    }

    /// Every contract of the chain that is followed.
    pub async fn contracts(&mut self, chain_id: u64) -> Result<Vec<Contract>, StoreError> {
        Ok(contract::all(&mut self.connection, chain_id.cast_signed()).await?)
    }

    /// Follows a contract from now on.
    pub async fn follow(&mut self, chain_id: u64, contract: &Contract) -> Result<(), StoreError> {
        Ok(contract::insert(&mut self.connection, chain_id.cast_signed(), contract).await?)
    }

    /// A contract that was read apart goes with the chain's cursor from now on.
    pub async fn join(&mut self, chain_id: u64, address: Address) -> Result<(), StoreError> {
        Ok(contract::set_read(&mut self.connection, chain_id.cast_signed(), address, None).await?)
    }

    /// Notes what the node said of its chain, and forgets what nobody needs any more.
    pub async fn set_head(&mut self, chain_id: u64, head: &Head) -> Result<(), StoreError> {
        let chain_id = chain_id.cast_signed();
        Ok(cursor::set_head(&mut self.connection, chain_id, head).await?)
    }

    /// Takes stored blocks up to `finalized` for final: what undoing them would take is forgotten.
    pub async fn finalize(&mut self, from: Cursor, finalized: i64) -> Result<Cursor, StoreError> {
        let finalized = finalized.min(from.stored.number);
        if finalized <= from.finalized {
            return Ok(from);
        }
        let mut transaction = self.connection.begin().await?;
        let there = cursor::lock(&mut transaction, from.chain_id).await?.map(|locked| locked.cursor);
        if there != Some(from) {
            let theirs = there.map_or(-1, |cursor| cursor.stored.number);
            let ours = from.stored.number;
            return Err(StoreError::Overtaken { chain_id: from.chain_id, ours, theirs });
        }
        let moved = Cursor { finalized, ..from };
        cursor::update(&mut transaction, &moved).await?;
        forget_past(&mut transaction, from.chain_id, finalized).await?;
        transaction.commit().await?;
        Ok(moved)
    }

    /// The newest block up to `number` that is remembered by its hash.
    pub async fn known_block(&mut self, chain_id: u64, number: u64) -> Result<Option<BlockRef>, StoreError> {
        Ok(header::newest(&mut self.connection, chain_id.cast_signed(), number.cast_signed()).await?)
    }

    /// Every block that is remembered by its hash, the newest first.
    pub async fn known_blocks(&mut self, chain_id: u64) -> Result<Vec<BlockRef>, StoreError> {
        Ok(header::above(&mut self.connection, chain_id.cast_signed(), -1).await?)
    }

    /// The chain's row as it stands in the database.
    pub async fn reload(&mut self, chain_id: u64) -> Result<Option<Cursor>, StoreError> {
        let mut transaction = self.connection.begin().await?;
        let found = cursor::lock(&mut transaction, chain_id.cast_signed()).await?;
        transaction.rollback().await?;
        Ok(found.map(|locked| locked.cursor))
    }

    /// The connection, for what other parts of the crate ask of the database.
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    pub(crate) fn options(&self) -> &PgConnectOptions {
        &self.options
    }
}
