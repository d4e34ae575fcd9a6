//! What the pool is told: endpoints, contracts, and how patient it is.

use std::time::Duration;

use alloy::primitives::{Address, B256};
use url::Url;

/// One address of a node. `http(s)` answers questions; `ws(s)` only announces new blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub url: Url,
}

impl Endpoint {
    pub(super) fn announces(&self) -> bool {
        matches!(self.url.scheme(), "ws" | "wss")
    }

    /// Where it is, without what may be secret: paths and credentials of providers hold keys.
    pub fn host(&self) -> String {
        let host = self.url.host_str().unwrap_or("?");
        self.url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

impl From<Url> for Endpoint {
    fn from(url: Url) -> Self {
        Self { url }
    }
}

/// How much of an answer is proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verify {
    /// Answers must agree with themselves, with their headers and with the headers' blooms.
    #[default]
    Consistency,
    /// Logs are taken from each block's receipts, and the receipts' root must be the header's. One more request
    /// per block. Chains whose receipts have other types than Ethereum's (deposits of OP chains) cannot be
    /// verified so: they are refused.
    Receipts,
    /// As `Receipts`, and each header must hash to its own hash: nothing in it can then be altered alone. Chains
    /// whose headers have other fields than Ethereum's are refused.
    Hashes,
}

/// Everything a [`Pool`](super::Pool) is told.
#[derive(Clone, Debug)]
pub struct PoolConfig {
    /// EIP-155 id that every endpoint must have.
    pub chain_id: u64,
    pub endpoints: Vec<Endpoint>,
    /// Contracts that are always followed.
    pub addresses: Vec<Address>,
    /// First topics of all events that born contracts emit. Empty: their logs are always asked for by address.
    pub child_topics: Vec<B256>,
    /// With more contracts than this, born ones are asked for by topic, and foreign logs dropped here.
    pub address_limit: usize,
    /// Stands in where a node tells no `finalized`.
    pub finality_depth: u64,
    /// At most this many blocks at once, whatever an endpoint would take.
    pub max_range: u64,
    /// So many blocks at once before anything is known of an endpoint.
    pub first_range: u64,
    /// Ranges grow while they bring fewer logs than this, and shrink when they bring twice as many.
    pub target_logs: usize,
    /// How often the head is asked for where nothing announces it.
    pub poll: Duration,
    /// An announcing socket that says nothing for this long is not relied on.
    pub silence: Duration,
    pub verify: Verify,
    pub connect_timeout: Duration,
    /// For a whole request, body included.
    pub timeout: Duration,
    /// Larger answers are cut off, and smaller ranges asked for.
    pub max_body: usize,
    /// Calls in one HTTP request, until an endpoint refuses that many.
    pub max_batch: usize,
    /// How often one question is put before giving up.
    pub tries: u32,
    /// How long one question may take altogether, pauses included.
    pub budget: Duration,
    /// The first pause between tries; it doubles, and each is shortened by up to half at random.
    pub first_pause: Duration,
    /// An endpoint that fails again and again is left alone for at most this long.
    pub longest_pause: Duration,
    /// A second endpoint is never asked earlier than this after the first.
    pub hedge_after: Duration,
}

impl Default for PoolConfig {
    fn default() -> Self {
        Self {
            chain_id: 0,
            endpoints: Vec::new(),
            addresses: Vec::new(),
            child_topics: Vec::new(),
            address_limit: 500,
            finality_depth: 64,
            max_range: 2_000,
            first_range: 128,
            target_logs: 20_000,
            poll: Duration::from_millis(250),
            silence: Duration::from_secs(15),
            verify: Verify::default(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
            max_body: 96 << 20,
            max_batch: 100,
            tries: 6,
            budget: Duration::from_secs(60),
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(10),
            hedge_after: Duration::from_millis(100),
        }
    }
}

impl PoolConfig {
    /// A pool of one endpoint, with everything else as usual.
    pub fn single(chain_id: u64, url: Url, addresses: Vec<Address>) -> Self {
        Self { chain_id, endpoints: vec![url.into()], addresses, ..Self::default() }
    }
}
