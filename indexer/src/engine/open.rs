//! Opening a chain: the nodes, the database, the lead, and what has to be mended before it goes on.

use stoa_schema::archive::BlockRef;
use tokio::sync::watch;
use tracing::{info, warn};

use super::backoff::Backoff;
use super::progress::Progress;
use super::settling::Settling;
use super::{Engine, IndexError, announce, block_ref};
use crate::config::ChainSettings;
use crate::decode::Decoder;
use crate::deployment::Deployment;
use crate::fetch::{Doubt, FetchError, Header, Pool, PoolConfig};
use crate::ledger;
use crate::serve::Status;
use crate::store::contract::SHARE;
use crate::store::{Contract, Cursor, Writer};
use stoa_schema::types::Addr;

impl<'a> Engine<'a> {
    /// Everything up to the point where the cursor can move.
    pub(super) async fn open(
        settings: &'a ChainSettings,
        deployment: &'a Deployment,
        database_url: &str,
        status: &'a watch::Sender<Status>,
    ) -> Result<Self, IndexError> {
        let pool = Pool::connect(pool_config(settings, deployment)).await?;
        let mut writer = Writer::connect(database_url).await?;
        let chain_id = deployment.chain_id;
        let lease = writer.lead(chain_id, settings.patience).await?;
        let cursor = match writer.cursor(deployment).await? {
            Some(cursor) => cursor,
            None => writer.begin(deployment, origin(&pool, deployment).await?).await?,
        };
        let mut decoder = Decoder::new(cursor.chain_id, deployment.followed);
        follow_new(&mut writer, deployment, &cursor).await?;
        decoder.follow(shares(&writer.contracts(chain_id).await?));
        let ledger = ledger::load(writer.connection(), cursor.chain_id, cursor.projected.number)
            .await
            .map_err(crate::store::StoreError::from)?;
        announce(chain_id, &cursor);
        let mut engine = Self {
            settings,
            deployment,
            pool,
            writer,
            _lease: lease,
            decoder,
            ledger,
            status,
            cursor,
            head: None,
            head_told: false,
            trouble: Backoff::default(),
            progress: Progress::default(),
            ahead: None,
            settling: Settling::default(),
        };
        engine.mend().await?;
        engine.check_cursor().await?;
        engine.tell();
        Ok(engine)
    }

    /// Refuses a chain that does not contain the newest final block that the database holds. A node that is merely
    /// behind is waited for; blocks that are not final may be replaced later.
    pub(super) async fn check_cursor(&mut self) -> Result<(), IndexError> {
        let stored = self.cursor.stored;
        let finalized = self.cursor.finalized.cast_unsigned();
        let known = self.writer.known_block(self.deployment.chain_id, finalized).await?;
        // A database without a final block yet: the block that it began at.
        let Some(known) = known else { return Ok(()) };
        match self.pool.header(known.number.cast_unsigned()).await? {
            Some(header) => agree(&known, &header)?,
            None => {
                let head = self.pool.head().await?.latest.number;
                let behind = self.writer.known_block(self.deployment.chain_id, head).await?;
                let Some(known) = behind else {
                    let theirs =
                        format!(", its newest block is {head}, older than all that could be compared");
                    return Err(diverged(&stored, theirs));
                };
                let number = known.number.cast_unsigned();
                let header = self.pool.header(number).await?;
                agree(&known, &header.ok_or(FetchError::Doubt(Doubt::MissingBlock(number)))?)?;
                warn!(head, stored = stored.number, "the node is behind this database; waiting for it");
            }
        }
        Ok(())
    }

    /// Decodes what was kept raw and now has a table, reads contracts apart whose birth the cursor has passed, and
    /// builds the projections anew where that brought anything.
    async fn mend(&mut self) -> Result<(), IndexError> {
        let chain_id = self.deployment.chain_id;
        let redecoded = self.writer.redecode(chain_id, &self.decoder).await?;
        if redecoded.decoded > 0 {
            let (decoded, raw) = (redecoded.decoded, redecoded.raw);
            info!(chain_id, decoded, raw, "raw logs have a table now");
        }
        let read = self.read_apart().await?;
        if redecoded.decoded > 0 || read {
            self.writer.rebuild().await?;
            self.ledger =
                ledger::load(self.writer.connection(), self.cursor.chain_id, self.cursor.projected.number)
                    .await
                    .map_err(crate::store::StoreError::from)?;
        }
        Ok(())
    }
}

/// What the nodes are asked for.
pub(super) fn pool_config(settings: &ChainSettings, deployment: &Deployment) -> PoolConfig {
    PoolConfig {
        chain_id: deployment.chain_id,
        endpoints: settings.rpc.iter().cloned().map(Into::into).collect(),
        addresses: deployment.followed.addresses(),
        child_topics: Decoder::share_topics(),
        address_limit: settings.address_limit,
        finality_depth: settings.finality_depth,
        max_range: settings.range,
        poll: settings.poll,
        verify: settings.verify,
        timeout: settings.timeout,
        budget: settings.timeout * 3,
        ..PoolConfig::default()
    }
}

/// The block before the deployment's first.
async fn origin(pool: &Pool, deployment: &Deployment) -> Result<BlockRef, IndexError> {
    let number = deployment.first_block.saturating_sub(1);
    let header = pool.header(number).await?.ok_or(FetchError::Doubt(Doubt::MissingBlock(number)))?;
    Ok(block_ref(&header))
}

/// Follows what the deployment has and the database does not know yet.
async fn follow_new(writer: &mut Writer, deployment: &Deployment, cursor: &Cursor) -> Result<(), IndexError> {
    let known = writer.contracts(deployment.chain_id).await?;
    for (name, address) in deployment.followed.named() {
        if known.iter().any(|contract| contract.address.0 == address) {
            continue;
        }
        let first_block = deployment.first_block.cast_signed();
        let read_block = (first_block <= cursor.stored.number).then_some(first_block - 1);
        info!(chain_id = deployment.chain_id, name, %address, "followed from now on");
        let contract = Contract { address: Addr(address), name: name.to_owned(), first_block, read_block };
        writer.follow(deployment.chain_id, &contract).await?;
    }
    Ok(())
}

fn shares(contracts: &[Contract]) -> impl Iterator<Item = (alloy::primitives::Address, i64)> {
    contracts
        .iter()
        .filter(|contract| contract.name == SHARE)
        .map(|contract| (contract.address.0, contract.first_block))
}

pub(super) fn agree(ours: &BlockRef, theirs: &Header) -> Result<(), IndexError> {
    if theirs.hash == ours.hash.0 {
        return Ok(());
    }
    Err(diverged(ours, format!(", but {} in its place", theirs.hash)))
}

pub(super) fn diverged(stored: &BlockRef, theirs: String) -> IndexError {
    IndexError::Diverged { number: stored.number.cast_unsigned(), ours: stored.hash, theirs }
}
