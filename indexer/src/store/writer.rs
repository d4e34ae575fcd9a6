//! The one connection that writes for a chain. An advisory lock on it makes this process the one writer.

use alloy::primitives::{Address, keccak256};
use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use stoa_schema::archive::{self, BlockRef};
use stoa_schema::types::Addr;
use tracing::{debug, info};

use super::{Batch, Cursor, cursor, header};
use crate::deployment::Deployment;
use crate::fetch::Head;
use crate::project;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("Postgres: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the archive cannot be upgraded: {0}")]
    Migrate(#[from] MigrateError),
    #[error(
        "the archive in this database has version {found}, this build knows versions up to {known}: \
         run the newer build that upgraded it, or use another database"
    )]
    NewerArchive { found: i64, known: i64 },
    #[error(
        "this database follows another deployment on chain {chain_id} ({there} instead of {here}): \
         use another database for this deployment"
    )]
    OtherDeployment { chain_id: u64, there: String, here: String },
    #[error(
        "another indexer has moved chain {chain_id} from block {ours} to block {theirs}: this one stops writing"
    )]
    Overtaken { chain_id: i64, ours: i64, theirs: i64 },
}

impl StoreError {
    /// Whether a new connection may succeed.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_)) => true,
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                // Connection lost, resources short, shutting down or starting up, deadlock, serialization.
                code.starts_with("08")
                    || code.starts_with("53")
                    || code.starts_with("57P")
                    || code.starts_with("40")
            }),
            _ => false,
        }
    }
}

/// The writer of one chain.
#[derive(Debug)]
pub struct Writer {
    connection: PgConnection,
}

impl Writer {
    /// Connects, and brings the database's schemas to what this build needs.
    pub async fn connect(database_url: &str) -> Result<Self, StoreError> {
        let options: PgConnectOptions = database_url.parse()?;
        let connection = options.application_name("stoa-indexer").connect().await?;
        let mut writer = Self { connection };
        writer.prepare().await?;
        Ok(writer)
    }

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
            self.rebuild().await?;
        }
        Ok(())
    }

    /// Builds schema `market` anew from the archive, in one transaction: readers see the old one until then.
    pub async fn rebuild(&mut self) -> Result<(), StoreError> {
        let mut transaction = self.connection.begin().await?;
        sqlx::query!("LOCK TABLE archive.projection IN EXCLUSIVE MODE").execute(&mut *transaction).await?;
        let chains = cursor::lock_all(&mut transaction).await?;
        stoa_schema::market::create(&mut transaction).await?;
        for chain_id in chains {
            if let Some((mut cursor, _)) = cursor::lock(&mut transaction, chain_id).await? {
                info!(chain_id, to = cursor.stored.number, "building the projections from the archive");
                project::apply(&mut transaction, chain_id, 0, cursor.stored.number).await?;
                cursor.projected = cursor.stored;
                cursor::update(&mut transaction, &cursor).await?;
            }
        }
        sqlx::query!(
            "INSERT INTO archive.projection (hash) VALUES ($1)
             ON CONFLICT (only_row) DO UPDATE SET hash = excluded.hash",
            project::hash()
        )
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Waits until this connection is the chain's one writer.
    pub async fn lead(&mut self, chain_id: u64) -> Result<(), StoreError> {
        let digest = keccak256([b"stoa-indexer".as_slice(), &chain_id.to_be_bytes()].concat());
        let key = i64::from_be_bytes([
            digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7],
        ]);
        let leads = sqlx::query_scalar!(r#"SELECT pg_try_advisory_lock($1) AS "leads!""#, key)
            .fetch_one(&mut self.connection)
            .await?;
        if !leads {
            info!(chain_id, "another indexer writes for this chain; standing by");
            sqlx::query!("SELECT pg_advisory_lock($1)", key).execute(&mut self.connection).await?;
        }
        Ok(())
    }

    /// The chain's cursor, once there is one. Refuses another deployment than the one it stands for.
    pub async fn cursor(&mut self, deployment: &Deployment) -> Result<Option<Cursor>, StoreError> {
        let mut transaction = self.connection.begin().await?;
        let found = cursor::lock(&mut transaction, deployment.chain_id.cast_signed()).await?;
        transaction.rollback().await?;
        let Some((cursor, contracts)) = found else { return Ok(None) };
        if contracts != deployment.contracts {
            let market = |contracts: &cursor::Contracts| {
                contracts
                    .get("Market")
                    .map_or_else(|| "no Market".to_owned(), |market| format!("Market {market}"))
            };
            return Err(StoreError::OtherDeployment {
                chain_id: deployment.chain_id,
                there: market(&contracts),
                here: market(&deployment.contracts),
            });
        }
        Ok(Some(cursor))
    }

    /// Writes the chain's first cursor, at the block before the deployment's first.
    pub async fn begin(&mut self, deployment: &Deployment, origin: BlockRef) -> Result<Cursor, StoreError> {
        let mut transaction = self.connection.begin().await?;
        let cursor = cursor::insert(&mut transaction, deployment, origin).await?;
        header::insert(&mut transaction, cursor.chain_id, &origin).await?;
        transaction.commit().await?;
        Ok(cursor)
    }

    /// Writes a range: its rows, its projections and the cursor, all or nothing.
    pub async fn commit(&mut self, from: Cursor, batch: Batch, to: BlockRef) -> Result<Cursor, StoreError> {
        let chain_id = from.chain_id;
        let rows = batch.rows();
        let mut transaction = self.connection.begin().await?;
        let there = cursor::lock(&mut transaction, chain_id).await?.map(|(cursor, _)| cursor);
        if there != Some(from) {
            let theirs = there.map_or(-1, |cursor| cursor.stored.number);
            return Err(StoreError::Overtaken { chain_id, ours: from.stored.number, theirs });
        }
        debug!(chain_id, from = from.stored.number + 1, to = to.number, rows, "copying");
        batch.copy(&mut transaction).await?;
        if rows > 0 {
            project::apply(&mut transaction, chain_id, from.projected.number + 1, to.number).await?;
        }
        header::insert(&mut transaction, chain_id, &to).await?;
        let moved = Cursor { chain_id, stored: to, projected: to };
        cursor::update(&mut transaction, &moved).await?;
        transaction.commit().await?;
        debug!(chain_id, from = from.stored.number + 1, to = to.number, rows, "committed");
        Ok(moved)
    }

    /// Share contracts that the archive knows of.
    pub async fn shares(&mut self, chain_id: u64) -> Result<Vec<Address>, StoreError> {
        let shares = sqlx::query_scalar!(
            r#"SELECT share AS "share: Addr" FROM archive.revenue_shares_created WHERE chain_id = $1"#,
            chain_id.cast_signed()
        )
        .fetch_all(&mut self.connection)
        .await?;
        Ok(shares.into_iter().map(|share| share.0).collect())
    }

    /// Notes what the node said of its chain.
    pub async fn set_head(&mut self, chain_id: u64, head: &Head) -> Result<(), StoreError> {
        let chain_id = chain_id.cast_signed();
        cursor::set_head(&mut self.connection, chain_id, head).await?;
        Ok(header::prune(&mut self.connection, chain_id, head.finalized.cast_signed()).await?)
    }

    /// The newest block up to `number` that a range ended at, as far back as they are remembered.
    pub async fn known_block(&mut self, chain_id: u64, number: u64) -> Result<Option<BlockRef>, StoreError> {
        Ok(header::newest(&mut self.connection, chain_id.cast_signed(), number.cast_signed()).await?)
    }
}
