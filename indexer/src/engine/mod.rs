//! The main loop: asks for the head, indexes what is new, and starts over where something was lost.

mod ahead;
mod apart;
mod archive;
mod backoff;
mod error;
mod follow;
mod open;
mod progress;
mod reorg;
mod settling;
mod step;
mod task;
mod wait;

use std::time::Duration;

use stoa_schema::archive::BlockRef;
use stoa_schema::types::Hash;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, Span, error, info, trace_span, warn};

use crate::config::ChainSettings;
use crate::decode::{Decoder, block_time};
use crate::deployment::Deployment;
use crate::fetch::{Head, Header, Pool};
use crate::ledger::Ledger;
use crate::serve::Status;
use crate::store::{Cursor, Lease, Writer, rebuild};
use crate::telemetry::SPANS;
use ahead::Ahead;
use backoff::Backoff;
pub use error::IndexError;
use progress::Progress;
use settling::Settling;
pub use step::{State, Step, Target};

/// How often a chain that was left behind is looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Blocks that are not final and are committed in one transaction.
const FOLLOW_BLOCKS: u64 = 50;

/// Indexes a chain until `until` is committed or `stop` is cancelled.
///
/// # Errors
/// What starting over cannot mend. A chain that turns out to be another one while it is followed is no error: then
/// nothing is written, `status` says so, and the chain is looked at again from time to time.
pub async fn run(
    settings: &ChainSettings,
    database_url: &str,
    status: &watch::Sender<Status>,
    stop: &CancellationToken,
) -> Result<(), IndexError> {
    let deployment = Deployment::read(&settings.deployment)?;
    let mut backoff = Backoff::default();
    let mut followed = false;
    loop {
        let mut session = Session { settings, deployment: &deployment, database_url, status, opened: false };
        let ended = session.run(stop).await;
        if session.opened {
            followed = true;
            backoff.reset();
        }
        let pause = match ended {
            Ok(()) => return Ok(()),
            Err(error) if error.is_retryable() && stop.is_cancelled() => return Ok(()),
            Err(error) if error.is_retryable() => {
                let pause = backoff.next();
                warn!(chain_id = deployment.chain_id, %error, pause_ms = pause.as_millis(), "starting over");
                status.send_modify(|status| status.trouble = Some(error.to_string()));
                pause
            }
            Err(error @ IndexError::Diverged { .. }) if followed && settings.until.is_none() => {
                error!(chain_id = deployment.chain_id, %error, "nothing is written any more");
                status.send_modify(|status| status.alarm = Some(error.to_string()));
                LOOK_AGAIN
            }
            Err(error) => {
                error!(chain_id = deployment.chain_id, %error, "stopping");
                return Err(error);
            }
        };
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return Ok(());
        }
    }
}

/// From opening a chain until something is lost.
struct Session<'a> {
    settings: &'a ChainSettings,
    deployment: &'a Deployment,
    database_url: &'a str,
    status: &'a watch::Sender<Status>,
    /// Whether the chain was opened.
    opened: bool,
}

impl Session<'_> {
    async fn run(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        let open = Engine::open(self.settings, self.deployment, self.database_url, self.status);
        let Some(engine) = stop.run_until_cancelled(open).await else { return Ok(()) };
        let mut engine = engine?;
        self.opened = true;
        engine.run(stop).await
    }
}

/// One chain, followed by its one writer.
struct Engine<'a> {
    settings: &'a ChainSettings,
    deployment: &'a Deployment,
    pool: Pool,
    writer: Writer,
    _lease: Lease,
    decoder: Decoder,
    ledger: Ledger,
    status: &'a watch::Sender<Status>,
    cursor: Cursor,
    head: Option<Head>,
    /// Whether the database knows of `head`.
    head_told: bool,
    trouble: Backoff,
    progress: Progress,
    /// The next range of final blocks, on its way.
    ahead: Option<Ahead>,
    settling: Settling,
}

impl Engine<'_> {
    async fn run(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        loop {
            if stop.is_cancelled() {
                return Ok(());
            }
            let step = self.state().next();
            match step {
                Step::Archive { .. } | Step::Build => self.settling.put_off(),
                Step::Final { .. } | Step::Follow { .. } | Step::Wait => {
                    self.settling.begin(self.writer.options());
                }
                Step::Done => {
                    self.settling.begin(self.writer.options());
                    stop.run_until_cancelled(self.settling.done()).await;
                    return Ok(());
                }
            }
            let span = self.span(step);
            let done = self.take(step, stop).instrument(span).await;
            match done {
                Err(error @ IndexError::Broken { .. }) => self.rest("disbelieved", &error, stop).await,
                done => done?,
            }
        }
    }

    async fn take(&mut self, step: Step, stop: &CancellationToken) -> Result<(), IndexError> {
        match step {
            Step::Archive { to } => self.archive(to, stop).await,
            Step::Build => self.build(stop).await,
            Step::Final { from, to } => self.index_final(from, to, stop).await,
            Step::Follow { from, to } => self.index_blocks(from, to, stop).await,
            Step::Wait => self.wait(stop).await,
            Step::Done => Ok(()),
        }
    }

    /// What a collector of traces is told of a step. Waiting comes too often to be worth one.
    fn span(&self, step: Step) -> Span {
        let chain_id = self.cursor.chain_id;
        match step {
            Step::Archive { to } => trace_span!(target: SPANS, "archive", chain_id, to),
            Step::Build => trace_span!(target: SPANS, "build", chain_id),
            Step::Final { from, to } => trace_span!(target: SPANS, "final", chain_id, from, to),
            Step::Follow { from, to } => trace_span!(target: SPANS, "follow", chain_id, from, to),
            Step::Wait | Step::Done => Span::none(),
        }
    }

    fn state(&self) -> State {
        State {
            first: self.deployment.first_block,
            stored: self.cursor.stored.number.cast_unsigned(),
            projected: self.cursor.projected.number.cast_unsigned(),
            target: self.head.map(|head| Target {
                latest: head.latest.number.saturating_sub(self.settings.confirmations),
                finalized: head.finalized,
            }),
            until: self.settings.until,
            range: self.pool.range_limit(),
            follow: self.pool.range_limit().min(FOLLOW_BLOCKS),
            archive_from: self.settings.archive_from,
        }
    }

    /// Builds the projections from the archive, which was filled without them.
    async fn build(&mut self, stop: &CancellationToken) -> Result<(), IndexError> {
        let chain_id = self.cursor.chain_id;
        let built = rebuild::rebuild(self.writer.options(), rebuild::Why::Behind(chain_id));
        let Some(built) = stop.run_until_cancelled(Box::pin(built)).await else { return Ok(()) };
        built?;
        self.settling.fresh();
        if let Some(cursor) = self.writer.reload(self.deployment.chain_id).await? {
            self.cursor = cursor;
        }
        self.tell();
        Ok(())
    }

    /// Blocks that are not stored yet.
    fn missing(&self) -> Option<u64> {
        Some(self.head?.latest.number.saturating_sub(self.cursor.stored.number.cast_unsigned()))
    }

    fn tell(&self) {
        let lag = self
            .head
            .map(|head| head.latest.number.saturating_sub(self.cursor.projected.number.cast_unsigned()));
        self.status.send_replace(Status {
            chain_id: Some(self.deployment.chain_id),
            stored_block: Some(self.cursor.stored.number),
            projected_block: Some(self.cursor.projected.number),
            final_block: Some(self.cursor.finalized),
            head_block: self.head.map(|head| head.latest.number),
            finalized_block: self.head.map(|head| head.finalized),
            lag_blocks: lag,
            rows: self.progress.rows,
            rows_per_second: self.progress.rows_per_second(),
            // While the archive is filled, the projections stand still.
            eta_seconds: self.missing().and_then(|missing| self.progress.eta(missing)),
            reorganisations: self.progress.reorganisations,
            deepest_reorganisation: self.progress.deepest,
            outbox_seq: Some(self.cursor.seq),
            trouble: None,
            alarm: None,
            endpoints: self.pool.report(),
        });
    }
}

fn block_ref(header: &Header) -> BlockRef {
    BlockRef {
        number: header.number.cast_signed(),
        hash: Hash(header.hash),
        time: block_time(header.timestamp),
    }
}

/// Says once how a chain goes on.
fn announce(chain_id: u64, cursor: &Cursor) {
    info!(
        chain_id,
        block = cursor.stored.number,
        projected = cursor.projected.number,
        finalized = cursor.finalized,
        "following from here"
    );
}
