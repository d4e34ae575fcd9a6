//! The one task that reads the outbox, and what it hands to all followers.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::{Notify, broadcast, watch};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::batch::{Batch, What};
use super::reader::{PAGE, Page, Reader};
use super::slots::{Settings, Slots};
use super::track::Levels;
use crate::error::ApiError;
use crate::model::Finality;

/// The channel of the indexer's notices. Only a hint.
const CHANNEL: &str = "stoa";
/// How long a commit that no notice tells of may go unnoticed.
const POLL: Duration = Duration::from_secs(1);
/// Connections for the listener, the reader, and subscribers that catch up.
const CONNECTIONS: u32 = 6;
/// Rows that are kept for subscribers that come back, and about how many bytes, for each chain.
const RECENT: usize = 512;
const RECENT_BYTES: usize = 64 << 20;
/// Rows that are read when the first subscriber comes.
const BEFORE: i64 = 4 * PAGE;
/// How long the first subscriber waits for the database.
const READY: Duration = Duration::from_secs(5);

/// What followers are handed.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Row(Arc<Batch>),
    /// A chain is final further on.
    Levels(i64, Levels),
    /// A chain's outbox is not the one that was followed.
    Reset(i64),
}

/// Live messages of one process. Clones share it; the last one ends its tasks.
#[derive(Clone, Debug)]
pub struct Live(Arc<Handle>);

#[derive(Debug)]
struct Handle {
    hub: Arc<Hub>,
    started: AtomicBool,
    _guard: DropGuard,
}

/// What followers share.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(super) pool: PgPool,
    pub(super) settings: Settings,
    pub(super) slots: Arc<Slots>,
    /// Cancelled when the server ends.
    pub(super) stop: CancellationToken,
    sender: broadcast::Sender<Item>,
    chains: Mutex<BTreeMap<i64, ChainFeed>>,
    ready: watch::Sender<bool>,
    hint: Notify,
}

/// A chain as far as it was read.
#[derive(Debug, Default)]
pub(super) struct ChainFeed {
    /// Everything up to here is handed out.
    pub(super) tip: i64,
    pub(super) levels: Levels,
    /// The newest rows, oldest first, without gaps up to `tip`.
    pub(super) recent: VecDeque<Arc<Batch>>,
    bytes: usize,
}

impl ChainFeed {
    /// Where a subscriber without a cursor begins: behind what its level was reached by already.
    pub(super) fn start(&self, level: Finality) -> i64 {
        let reached = match level {
            Finality::Latest => return self.tip,
            Finality::Safe => self.levels.safe,
            Finality::Finalized => self.levels.finalized,
        };
        let is_reached = |batch: &&Arc<Batch>| batch.what == What::Block && batch.block.number <= reached;
        let newest = self.recent.iter().rev().find(is_reached).map(|batch| batch.seq);
        newest.or_else(|| self.recent.front().map(|oldest| oldest.seq - 1)).unwrap_or(self.tip)
    }
}

impl Live {
    /// Reads from the pool's database over connections of its own; nothing is read before the first subscriber.
    /// It ends when `stop` is cancelled.
    pub fn new(pool: &PgPool, settings: Settings, stop: &CancellationToken) -> Self {
        let stop = stop.child_token();
        let options = pool.connect_options().as_ref().clone();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(READY)
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(options);
        let hub = Hub {
            pool,
            slots: Arc::new(Slots::new(&settings)),
            stop: stop.clone(),
            sender: broadcast::Sender::new(settings.queue),
            settings,
            chains: Mutex::default(),
            ready: watch::Sender::new(false),
            hint: Notify::new(),
        };
        Self(Arc::new(Handle {
            hub: Arc::new(hub),
            started: AtomicBool::new(false),
            _guard: stop.drop_guard(),
        }))
    }

    /// The feed, once it has read something. The first caller starts it.
    pub(crate) async fn hub(&self) -> Result<&Arc<Hub>, ApiError> {
        let hub = &self.0.hub;
        if !self.0.started.swap(true, Ordering::SeqCst) {
            tokio::spawn(listen(hub.clone()));
            tokio::spawn(read(hub.clone()));
        }
        let mut ready = hub.ready.subscribe();
        match tokio::time::timeout(READY, ready.wait_for(|ready| *ready)).await {
            Ok(Ok(_)) => Ok(hub),
            _ => Err(ApiError::NotReady(crate::error::NO_PROJECTIONS.to_owned())),
        }
    }
}

impl Hub {
    /// The chains as they stand; nothing is handed out while they are looked at.
    pub(super) fn chains(&self) -> MutexGuard<'_, BTreeMap<i64, ChainFeed>> {
        self.chains.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is handed out from now on. Taken while [`Self::chains`] is held, nothing lies between the two.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Item> {
        self.sender.subscribe()
    }

    /// Keeps a row and hands it out.
    fn publish(&self, batch: Arc<Batch>) {
        let mut chains = self.chains();
        let chain = chains.entry(batch.chain_id).or_default();
        chain.tip = batch.seq;
        chain.bytes += batch.weight();
        chain.recent.push_back(batch.clone());
        while chain.recent.len() > RECENT || (chain.bytes > RECENT_BYTES && chain.recent.len() > 1) {
            chain.bytes -= chain.recent.pop_front().map_or(0, |gone| gone.weight());
        }
        // Nobody listening is no failure.
        let _ = self.sender.send(Item::Row(batch));
    }

    fn raise(&self, chain_id: i64, levels: Levels) {
        let mut chains = self.chains();
        let chain = chains.entry(chain_id).or_default();
        let before = chain.levels;
        chain.levels.raise(levels);
        if chain.levels != before {
            let _ = self.sender.send(Item::Levels(chain_id, chain.levels));
        }
    }

    /// Begins to follow a chain, or does so anew.
    fn begin(&self, chain_id: i64, tip: i64, anew: bool) {
        self.chains().insert(chain_id, ChainFeed { tip, ..ChainFeed::default() });
        if anew {
            let _ = self.sender.send(Item::Reset(chain_id));
        }
    }
}

/// A chain's outbox at one moment.
#[derive(Debug, sqlx::FromRow)]
struct Head {
    chain_id: i64,
    outbox_seq: i64,
    finalized_block: i64,
    safe_block: i64,
    oldest: i64,
}

/// Reads what is new, at each hint and once a second.
async fn read(hub: Arc<Hub>) {
    let mut readers = BTreeMap::new();
    let mut ticks = interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut well = true;
    loop {
        tokio::select! {
            () = hub.stop.cancelled() => break,
            () = hub.hint.notified() => {}
            _ = ticks.tick() => {}
        }
        match hub.stop.run_until_cancelled(look(&hub, &mut readers)).await {
            None => break,
            Some(Ok(())) => {
                well = true;
                hub.ready.send_replace(true);
            }
            Some(Err(error)) => {
                // Once for each time that it goes wrong: it is tried every second.
                if std::mem::take(&mut well) {
                    tracing::warn!(%error, "live messages wait for the database");
                }
            }
        }
    }
    hub.pool.close().await;
}

async fn look(hub: &Hub, readers: &mut BTreeMap<i64, Reader>) -> Result<(), ApiError> {
    let heads: Vec<Head> = sqlx::query_as(include_str!("sql/heads.sql")).fetch_all(&hub.pool).await?;
    if heads.is_empty() {
        return Err(ApiError::NotReady(crate::error::NO_PROJECTIONS.to_owned()));
    }
    for head in heads {
        let chain_id = head.chain_id;
        let first = (head.outbox_seq + 1 - BEFORE).max(head.oldest);
        let reader = readers.entry(chain_id).or_insert_with(|| {
            hub.begin(chain_id, first - 1, false);
            Reader::new(chain_id, first)
        });
        // Before anything is read: a page may reach further than the head that was asked for first.
        if reader.next > head.outbox_seq + 1 {
            reset(hub, reader, &head, first);
        }
        while reader.next <= head.outbox_seq {
            match reader.page(&hub.pool).await? {
                Page::Rows(rows) if rows.is_empty() => break,
                Page::Rows(rows) => rows.into_iter().for_each(|batch| hub.publish(batch)),
                Page::Expired | Page::Reset => {
                    reset(hub, reader, &head, first);
                    break;
                }
            }
        }
        // Behind the rows: a block is told before it is called final.
        hub.raise(chain_id, Levels { safe: head.safe_block, finalized: head.finalized_block });
    }
    Ok(())
}

/// The outbox is not the one that was followed: another database stands in its place.
fn reset(hub: &Hub, reader: &mut Reader, head: &Head, first: i64) {
    tracing::warn!(chain_id = head.chain_id, "the outbox was replaced: live messages begin anew");
    *reader = Reader::new(head.chain_id, first);
    hub.begin(head.chain_id, first - 1, true);
}

/// Passes the indexer's notices on. Without them, the poll finds what is new.
async fn listen(hub: Arc<Hub>) {
    let listening = async {
        loop {
            if let Err(error) = notices(&hub).await {
                tracing::debug!(%error, "no notices: polling");
            }
            sleep(POLL).await;
        }
    };
    hub.stop.run_until_cancelled(listening).await;
}

async fn notices(hub: &Hub) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(&hub.pool).await?;
    listener.listen(CHANNEL).await?;
    loop {
        listener.recv().await?;
        hub.hint.notify_one();
    }
}
