//! The main loop: asks for the head, indexes what is new, and starts over where something was lost.

mod backoff;
mod step;

use alloy::primitives::Address;
use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::config::RunArgs;
use crate::decode::{Decoder, block_time};
use crate::deployment::{Deployment, DeploymentError};
use crate::fetch::{Detail, Doubt, FetchError, Head, Header, Pool, PoolConfig};
use crate::serve::Status;
use crate::store::{Cursor, StoreError, Writer};
use backoff::Backoff;
pub use step::{State, Step};

/// Why the indexer gave up.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(transparent)]
    Deployment(#[from] DeploymentError),
    #[error(
        "the chain does not contain block {number} {ours} that this database has indexed{theirs}: the chain was \
         reset or reorganised. Index into an empty database, or drop schemas archive and market and start again"
    )]
    Diverged { number: u64, ours: Hash, theirs: String },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
}

impl IndexError {
    /// Whether starting over from the database's state may help.
    fn is_retryable(&self) -> bool {
        match self {
            Self::Store(error) => error.is_retryable(),
            Self::Fetch(error) => error.is_retryable(),
            Self::Deployment(_) | Self::Diverged { .. } => false,
        }
    }

    /// The process's exit code: 3 where the chain is another one than the database has.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, Self::Diverged { .. }) { 3 } else { 1 }
    }
}

/// Indexes until `--until` is committed or `stop` is cancelled.
pub async fn run(
    args: &RunArgs,
    status: &watch::Sender<Status>,
    stop: &CancellationToken,
) -> Result<(), IndexError> {
    let deployment = Deployment::read(&args.deployment)?;
    let mut backoff = Backoff::default();
    loop {
        let session = async {
            let Some(pool) = stop.run_until_cancelled(Pool::connect(pool_config(args, &deployment))).await
            else {
                return Ok(());
            };
            let pool = pool?;
            let start = Engine::start(args, &deployment, &pool, status);
            let Some(engine) = stop.run_until_cancelled(start).await else { return Ok(()) };
            let mut engine = engine?;
            backoff.reset();
            engine.run(stop).await
        };
        match session.await {
            Err(error) if error.is_retryable() && !stop.is_cancelled() => {
                let pause = backoff.next();
                warn!(%error, pause_ms = pause.as_millis(), "starting over");
                status.send_modify(|status| status.trouble = Some(error.to_string()));
                if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                    return Ok(());
                }
            }
            Err(error) if stop.is_cancelled() && error.is_retryable() => return Ok(()),
            Err(error) => {
                error!(%error, "stopping");
                return Err(error);
            }
            Ok(()) => return Ok(()),
        }
    }
}

fn pool_config(args: &RunArgs, deployment: &Deployment) -> PoolConfig {
    PoolConfig {
        chain_id: deployment.chain_id,
        endpoints: args.rpc_url.iter().cloned().map(Into::into).collect(),
        addresses: deployment.followed.addresses(),
        finality_depth: args.finality_depth,
        max_range: args.range,
        poll: args.poll(),
        ..PoolConfig::default()
    }
}

struct Engine<'a> {
    args: &'a RunArgs,
    client: &'a Pool,
    writer: Writer,
    decoder: Decoder,
    deployment: &'a Deployment,
    status: &'a watch::Sender<Status>,
    cursor: Cursor,
    /// Share contracts known so far.
    shares: Vec<Address>,
    head: Option<Head>,
    /// Blocks asked for at once: halved where a node refuses, grown where it answers.
    range: u64,
    trouble: Backoff,
}

impl<'a> Engine<'a> {
    async fn start(
        args: &'a RunArgs,
        deployment: &'a Deployment,
        client: &'a Pool,
        status: &'a watch::Sender<Status>,
    ) -> Result<Self, IndexError> {
        let node = deployment.chain_id;
        let mut writer = Writer::connect(&args.database.database_url).await?;
        writer.lead(node).await?;
        let cursor = match writer.cursor(deployment).await? {
            Some(cursor) => cursor,
            None => {
                let number = deployment.first_block.saturating_sub(1);
                let origin =
                    client.header(number).await?.ok_or(FetchError::Doubt(Doubt::MissingBlock(number)))?;
                writer.begin(deployment, block_ref(&origin)).await?
            }
        };
        info!(chain_id = node, block = cursor.stored.number, "following from here");
        let shares = writer.shares(node).await?;
        let mut decoder = Decoder::new(cursor.chain_id, deployment.followed);
        decoder.follow(&shares);
        let mut engine = Self {
            decoder,
            shares,
            range: args.range,
            head: None,
            trouble: Backoff::default(),
            args,
            client,
            writer,
            deployment,
            status,
            cursor,
        };
        engine.check_cursor().await?;
        engine.tell();
        Ok(engine)
    }

    /// Refuses a chain that does not contain the block that the database stands at. A node that is merely
    /// behind is waited for.
    async fn check_cursor(&mut self) -> Result<(), IndexError> {
        let stored = self.cursor.stored;
        if let Some(header) = self.client.header(stored.number.cast_unsigned()).await? {
            return agree(&stored, &header);
        }
        let head = self.client.head().await?.latest.number;
        let Some(known) = self.writer.known_block(self.deployment.chain_id, head).await? else {
            let theirs = format!(", its newest block is {head}, older than all that could be compared");
            return Err(diverged(&stored, theirs));
        };
        let header = self.client.header(known.number.cast_unsigned()).await?;
        agree(&known, &header.ok_or(FetchError::Doubt(Doubt::MissingBlock(known.number.cast_unsigned())))?)?;
        warn!(head, stored = stored.number, "the node is behind this database; waiting for it");
        Ok(())
    }

    async fn run(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        loop {
            if stop.is_cancelled() {
                return Ok(());
            }
            match self.state().next() {
                Step::Index { from, to } => self.index(from, to, stop).await?,
                Step::Wait => self.wait(stop).await?,
                Step::Done => return Ok(()),
            }
        }
    }

    fn state(&self) -> State {
        State {
            stored: self.cursor.stored.number.cast_unsigned(),
            target: self.head.map(|head| head.latest.number.saturating_sub(self.args.confirmations)),
            until: self.args.until,
            range: self.range,
        }
    }

    /// Fetches and commits a range. A node's refusal makes the next range smaller.
    async fn index(&mut self, from: u64, to: u64, stop: &CancellationToken) -> Result<(), IndexError> {
        let Some(fetched) = stop
            .run_until_cancelled(self.client.range(from, to, &self.shares, Decoder::born, Detail::Ends))
            .await
        else {
            return Ok(());
        };
        let fetched = match fetched {
            Ok(fetched) => fetched,
            Err(error) => return self.shrink(from, to, &error, stop).await,
        };
        if fetched.first.parent_hash != self.cursor.stored.hash.0 {
            let parent = fetched.first.parent_hash;
            return Err(diverged(&self.cursor.stored, format!(", block {from} builds on {parent}")));
        }
        self.decoder.follow(&fetched.born);
        let batch = self.decoder.decode(&fetched.logs);
        let (rows, raw) = (batch.rows(), batch.raw());
        self.cursor = self.writer.commit(self.cursor, batch, block_ref(&fetched.last)).await?;
        self.shares.extend(fetched.born);
        if raw > 0 {
            warn!(from, to, raw, "logs without a table of their own: kept in archive.raw_log");
        }
        info!(from, to, rows, "indexed");
        self.range = (self.range.saturating_mul(2)).min(self.args.range);
        self.trouble.reset();
        self.tell();
        Ok(())
    }

    async fn shrink(
        &mut self,
        from: u64,
        to: u64,
        error: &FetchError,
        stop: &CancellationToken,
    ) -> Result<(), IndexError> {
        self.range = ((to - from).div_ceil(2)).max(1);
        let pause = self.trouble.next();
        warn!(from, to, %error, next_range = self.range, pause_ms = pause.as_millis(), "no range");
        self.status.send_modify(|status| status.trouble = Some(error.to_string()));
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        // What the node told of its head may no longer hold.
        self.head = None;
        Ok(())
    }

    /// Asks for the head; where nothing is new, sleeps first.
    async fn wait(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        if self.head.is_some() {
            stop.run_until_cancelled(tokio::time::sleep(self.args.poll())).await;
        }
        match stop.run_until_cancelled(self.client.head()).await {
            None => {}
            Some(Ok(head)) => {
                if self.head != Some(head) {
                    self.writer.set_head(self.deployment.chain_id, &head).await?;
                }
                if head.latest.number.cast_signed() < self.cursor.stored.number {
                    self.check_cursor().await?;
                }
                self.head = Some(head);
                self.tell();
            }
            Some(Err(error)) => {
                let pause = self.trouble.next();
                warn!(%error, pause_ms = pause.as_millis(), "no head");
                self.status.send_modify(|status| status.trouble = Some(error.to_string()));
                stop.run_until_cancelled(tokio::time::sleep(pause)).await;
            }
        }
        Ok(())
    }

    fn tell(&self) {
        self.status.send_replace(Status {
            chain_id: Some(self.deployment.chain_id),
            stored_block: Some(self.cursor.stored.number),
            head_block: self.head.map(|head| head.latest.number),
            finalized_block: self.head.map(|head| head.finalized),
            lag_blocks: self
                .head
                .map(|head| head.latest.number.saturating_sub(self.cursor.stored.number.cast_unsigned())),
            trouble: None,
        });
    }
}

fn agree(ours: &BlockRef, theirs: &Header) -> Result<(), IndexError> {
    if theirs.hash == ours.hash.0 {
        return Ok(());
    }
    Err(diverged(ours, format!(", but {} in its place", theirs.hash)))
}

fn diverged(stored: &BlockRef, theirs: String) -> IndexError {
    IndexError::Diverged { number: stored.number.cast_unsigned(), ours: stored.hash, theirs }
}

fn block_ref(header: &Header) -> BlockRef {
    BlockRef {
        number: header.number.cast_signed(),
        hash: Hash(header.hash),
        time: block_time(header.timestamp),
    }
}
