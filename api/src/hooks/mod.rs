//! Webhooks: what streams tell, and what alerts find, sent to an address of whoever subscribed.
//!
//! - [`row`], [`delivery`]: subscriptions, and what they were told and are to be told;
//! - [`feed`]: one subscription's task: it reads as a stream does, queues with the cursor, and sends in order;
//! - [`worker`]: which subscriptions are this replica's; [`schedule`]: when what failed is tried again;
//! - [`sender`], [`signature`]: one request, signed, to an address that may be asked;
//! - [`alert`]: what wallets want to be told of once it happens; [`routes`]: where they say so.
//!
//! *Invariant:* each message is sent at least once and in order, whichever replica dies, or its webhook is paused and
//! says why.

pub mod alert;
mod delivery;
mod feed;
mod metrics;
pub mod routes;
mod row;
mod schedule;
mod sender;
mod signature;
mod worker;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use tokio::sync::Semaphore;

use crate::access::{Access, Master};
use crate::curator::Private;
use crate::error::ApiError;
use crate::live::Live;
use metrics::Metrics;
use sender::Sender;

/// For queues, and what holds them.
const CONNECTIONS: u32 = 8;
/// How long after its last beat a replica still begins to send.
const ALIVE: Duration = Duration::from_secs(4);

/// How webhooks are sent.
#[derive(Clone, Debug, Args)]
#[group(id = "webhooks")]
#[command(next_help_heading = "Webhooks")]
pub struct Settings {
    /// Most webhooks sent at once, 0 to 10000. With 0 this server sends none, and leaves that to another one on the same
    /// database
    #[arg(long = "webhook-sends", env = "STOA_WEBHOOK_SENDS", default_value_t = 1_000, value_name = "N",
        value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub sends: u32,
    /// Seconds that a receiver may take to answer, 1 to 15
    #[arg(long = "webhook-seconds", env = "STOA_WEBHOOK_SECONDS", default_value_t = 10, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=15))]
    pub seconds: u64,
    /// Also send webhooks to private addresses and over http. Only where everybody who can sign in may reach everything
    /// that this machine can
    #[arg(long, env = "STOA_ALLOW_PRIVATE_WEBHOOKS")]
    pub allow_private_webhooks: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { sends: 1_000, seconds: 10, allow_private_webhooks: false }
    }
}

/// The webhooks of a server. Clones share them.
#[derive(Clone, Debug)]
pub struct Hooks {
    access: Access,
    sender: Sender,
    metrics: Arc<Metrics>,
    /// None where this server sends none.
    shared: Option<Arc<Shared>>,
}

/// What the tasks of one replica share.
#[derive(Debug)]
struct Shared {
    /// The replica.
    id: String,
    pool: PgPool,
    live: Live,
    master: Master,
    sender: Sender,
    sends: Semaphore,
    metrics: Arc<Metrics>,
    beat: Mutex<Option<Instant>>,
}

impl Hooks {
    /// Over connections of its own to the pool's database. Nothing is sent before [`Hooks::run`], nor ever without a
    /// master key.
    pub fn new(pool: &PgPool, access: &Access, live: &Live, settings: &Settings) -> Result<Self, HooksError> {
        let private = if settings.allow_private_webhooks { Private::Everything } else { Private::Nothing };
        let sender = Sender::new(private, Duration::from_secs(settings.seconds))?;
        let metrics = Arc::new(Metrics::default());
        let shared = match access.setup.master.clone().filter(|_| settings.sends > 0) {
            None => None,
            Some(master) => Some(Arc::new(Shared {
                id: crate::access::random_id(16)?,
                pool: PgPoolOptions::new()
                    .max_connections(CONNECTIONS)
                    .acquire_timeout(Duration::from_secs(5))
                    .idle_timeout(Duration::from_secs(60))
                    .connect_lazy_with(pool.connect_options().as_ref().clone()),
                live: live.clone(),
                master,
                sender: sender.clone(),
                sends: Semaphore::new(settings.sends.try_into().unwrap_or(1)),
                metrics: metrics.clone(),
                beat: Mutex::default(),
            })),
        };
        Ok(Self { access: access.clone(), sender, metrics, shared })
    }

    /// The counts, for Prometheus.
    pub(crate) fn metrics(&self) -> Result<String, std::fmt::Error> {
        self.metrics.render()
    }

    pub(crate) fn master(&self) -> Result<&Master, ApiError> {
        self.access.setup.master.as_ref().ok_or_else(|| {
            ApiError::NotFound(
                "Webhooks are not enabled on this server: its operator gives it a key that their secrets are encrypted \
                 under (STOA_MASTER_KEYS)."
                    .to_owned(),
            )
        })
    }
}

/// Why there are no webhooks.
#[derive(Debug, thiserror::Error)]
pub enum HooksError {
    #[error("no client for webhooks can be made: {0}")]
    Client(#[from] reqwest::Error),
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] rand::rand_core::OsError),
}

impl Shared {
    fn lives(&self, at: Instant) {
        *self.beat.lock().unwrap_or_else(PoisonError::into_inner) = Some(at);
    }

    /// Whether others still take what this replica holds for its own.
    fn is_alive(&self) -> bool {
        let beat = *self.beat.lock().unwrap_or_else(PoisonError::into_inner);
        beat.is_some_and(|at| at.elapsed() < ALIVE)
    }
}
