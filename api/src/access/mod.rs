//! Access: who asks, what they may, and how much.
//!
//! - [`client`]: the address a request comes from; [`siwe`], [`verify`], [`nonce`], [`session`]: wallets that sign in;
//! - [`seal`]: secrets that have to be known again; [`token`], [`key`]: API keys; [`lookup`]: what is known of them here, for a moment;
//! - [`oauth`]: short-lived tokens for keys; [`signature`]: requests that are signed;
//! - [`rules`]: which route is for whom; [`quota`]: how much; [`gate`]: what asks all of this before a route;
//! - [`idempotency`]: one execution for several requests; [`audit`]: what was done and refused;
//! - [`routes`]: where wallets manage their keys, and keys take tokens.
//!
//! *Invariant:* nothing that opens anything is stored or logged: of keys and cookies only a keyed hash is kept, and what
//! messages are signed with is sealed under keys that are not in the database.

mod audit;
mod client;
mod gate;
mod idempotency;
mod key;
mod lookup;
mod nonce;
mod oauth;
mod principal;
mod quota;
pub mod routes;
mod rules;
mod seal;
mod secret;
mod session;
mod settings;
mod signature;
mod siwe;
mod token;
mod verify;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgPoolOptions;
use stoa_schema::types::Addr;
use url::Url;

use crate::config::Secret;
use crate::error::ApiError;
use audit::Refusals;
pub(crate) use audit::{Entry, audit_add};
pub(crate) use client::{ClientIp, network};
pub use client::{Proxies, ProxyHeader};
pub(crate) use gate::{Caller, gate, pay_more};
pub(crate) use idempotency::{Kept, idempotent};
use lookup::Lookups;
use quota::{Bans, Quotas, TierReader, Usage};
pub use quota::{Limits, LimitsError, TierPass, Tiers};
pub(crate) use rules::cost_of_reading;
pub use rules::{Need, RULES, Rule, Scope};
pub use seal::{Master, MasterError};
pub use secret::Pepper;
pub(crate) use secret::base62 as random_id;
pub use settings::{Settings, SettingsError};
pub(crate) use settings::{nodes, secret_of};
pub use verify::Verifier;

/// For leases, keys, and the listener.
const CONNECTIONS: u32 = 6;

/// How access is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Without it there are no keys and no sessions.
    pub pepper: Option<Pepper>,
    /// Without it nothing is signed and no signature with a shared secret is asked for.
    pub master: Option<Master>,
    /// Where the page is: whose messages are signed, and whose scripts may use a session.
    pub origins: Vec<Url>,
    pub proxies: Proxies,
    /// Without them nothing is counted.
    pub tiers: Option<Tiers>,
    /// The nodes that are asked what a contract has signed, by chain.
    pub nodes: BTreeMap<i64, Secret>,
    /// Who may set the limits of anybody's keys, and read the whole audit log.
    pub operators: Vec<Addr>,
    /// The chain whose stakes count.
    pub home: Option<i64>,
    /// Listings whose passes give a tier as stakes do.
    pub passes: Vec<TierPass>,
    /// Whether orders are relayed for whoever asks, without a key or a session.
    pub relay_for_anyone: bool,
    /// How long a session lasts.
    pub session: Duration,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            pepper: None,
            master: None,
            origins: Vec::new(),
            proxies: Proxies::default(),
            tiers: None,
            nodes: BTreeMap::new(),
            operators: Vec::new(),
            home: None,
            passes: Vec::new(),
            relay_for_anyone: false,
            session: Duration::from_secs(60 * 60),
        }
    }
}

/// What a server knows of access. Clones share it.
#[derive(Clone, Debug)]
pub struct Access(Arc<Inner>);

/// What clones of [`Access`] share.
#[derive(Debug)]
pub struct Inner {
    pub(crate) pool: PgPool,
    pub(crate) setup: Setup,
    pub(crate) verifier: Verifier,
    pub(crate) lookups: Lookups,
    pub(crate) quotas: Quotas,
    pub(crate) bans: Bans,
    pub(crate) tiers: TierReader,
    pub(crate) usage: Usage,
    pub(crate) refusals: Refusals,
}

impl std::ops::Deref for Access {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Access {
    /// Over connections of its own to the pool's database: reads that take long keep nobody out.
    pub fn new(pool: &PgPool, setup: Setup) -> Result<Self, reqwest::Error> {
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(Duration::from_secs(60))
            .connect_lazy_with(pool.connect_options().as_ref().clone());
        Ok(Self(Arc::new(Inner {
            verifier: Verifier::new(setup.nodes.clone())?,
            lookups: Lookups::default(),
            quotas: Quotas::new(pool.clone()),
            bans: Bans::new(pool.clone()),
            tiers: TierReader::new(pool.clone(), setup.home, setup.passes.clone()),
            usage: Usage::new(pool.clone()),
            refusals: Refusals::default(),
            pool,
            setup,
        })))
    }
}

impl Inner {
    /// How often quota was taken out of the store so far: one write each.
    pub fn leases(&self) -> u64 {
        self.quotas.writes()
    }

    /// Whether cookies go over https alone: they do unless everything is on this machine.
    pub(crate) fn secure(&self) -> bool {
        self.setup.origins.iter().any(|origin| origin.scheme() == "https")
    }

    pub(crate) fn is_operator(&self, account: Addr) -> bool {
        self.setup.operators.contains(&account)
    }

    pub(crate) fn master(&self) -> Result<&Master, ApiError> {
        self.setup.master.as_ref().ok_or_else(|| {
            ApiError::NotFound(
                "Shared secrets are not enabled on this server: its operator gives it a key for them \
                 (STOA_MASTER_KEYS)."
                    .to_owned(),
            )
        })
    }

    /// Who issues tokens: the page's origin, without a slash at its end.
    pub(crate) fn issuer(&self) -> String {
        self.setup.origins.first().map_or_else(String::new, |origin| origin.origin().ascii_serialization())
    }

    pub(crate) fn pepper(&self) -> Result<&Pepper, ApiError> {
        self.setup.pepper.as_ref().ok_or_else(|| {
            ApiError::NotFound(
                "Keys and sign-in are not enabled on this server: its operator gives it a secret for them \
                 (STOA_ACCESS_SECRET)."
                    .to_owned(),
            )
        })
    }
}
