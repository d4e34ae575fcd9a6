//! The relay: orders that buyers have signed are sent to the chain, and the operator pays for the gas.
//!
//! - [`settings`]: what an operator sets; [`order`]: what is taken, and what of it is checked;
//! - [`node`]: what is asked of a chain's node; [`row`]: what is kept;
//! - [`submit`]: from an order to a transaction; [`worker`]: from a transaction to a final block; [`routes`]: `/v1/orders`.
//!
//! An order gets a number (the relayer's nonce) and is signed within one transaction of the database, and is sent only
//! after that is committed. So whoever goes on, after whatever crash, finds the same bytes and sends them again.
//!
//! *Invariant:* an order is executed at most once, and no number is left out: all transactions of an order have its
//! number, and a number is taken from the row of its relayer under that row's lock.

mod node;
mod order;
pub mod routes;
mod row;
mod settings;
mod submit;
mod worker;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, U256};
use alloy::signers::local::PrivateKeySigner;
use sqlx::PgPool;

use node::Node;
pub use settings::{RelayError, Settings};

/// What relays. Clones share it.
#[derive(Clone, Debug)]
pub struct Relay(Arc<Inner>);

/// What clones of [`Relay`] share.
#[derive(Debug)]
pub struct Inner {
    pool: PgPool,
    signer: PrivateKeySigner,
    /// By chain.
    nodes: BTreeMap<i64, Node>,
    /// The most that a day's gas may cost on each chain, in wei.
    budget: U256,
    /// How long a transaction may wait before a dearer one takes its place.
    patience: Duration,
    /// Whether orders are taken from whoever asks.
    anyone: bool,
}

impl std::ops::Deref for Relay {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    /// Who sends.
    fn address(&self) -> Address {
        self.signer.address()
    }
}
