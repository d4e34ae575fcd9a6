//! From an order to a transaction that is signed and stored, and then sent.

use alloy::primitives::{Address, Bytes, U256};
use axum::http::StatusCode;
use stoa_schema::types::{Addr, Hash};

use super::Inner;
use super::node::{Draft, Fee, Node, NodeError, Signed};
use super::order::Order;
use super::row::{
    NewOrder, NewTransaction, OrderRow, State, order_add, order_find, order_set, order_spent, relayer_lock,
    relayer_next, transaction_add,
};
use crate::access::random_id;
use crate::access::routes::{no_randomness, told};
use crate::db::begin::begin;
use crate::error::ApiError;
use crate::problem::Problem;

/// An order must be good for so many seconds more: one that expires on its way costs gas and does nothing.
const LEAST_TIME: u64 = 15;
/// No order of ours takes more; whoever deploys a token or a gate must not have us pay for what it does.
const MOST_GAS: u64 = 1_500_000;
const ID: usize = 22;

/// An order that was taken, and whether only now.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) order: OrderRow,
    pub(super) new: bool,
}

/// What the node said of an order.
#[derive(Clone, Copy, Debug)]
struct Quote {
    gas: u64,
    fee: Fee,
    /// The relayer's next number, as far as the chain knows.
    nonce: u64,
}

impl Quote {
    /// In wei.
    fn most(&self) -> U256 {
        U256::from(self.gas) * U256::from(self.fee.most)
    }
}

impl Inner {
    /// Takes an order: the one that was signed so, if it was taken before.
    pub(super) async fn submit(&self, order: &Order, account: Option<Addr>) -> Result<Taken, ApiError> {
        if let Some(found) = order_find(&self.pool, order.chain_id, order.digest).await? {
            return Ok(Taken { order: found, new: false });
        }
        let node = self.node(order.chain_id)?;
        let quote = match self.quote(node, order).await {
            Ok(quote) => quote,
            // One that was taken and carried out since the look can be tried no more.
            Err(error) => {
                let found = order_find(&self.pool, order.chain_id, order.digest).await?;
                return found.map(|order| Taken { order, new: false }).ok_or(error);
            }
        };
        let Some((mut row, signed)) = self.store(node, order, account, quote).await? else {
            // Somebody came first, between the look and the row.
            let found = order_find(&self.pool, order.chain_id, order.digest).await?;
            let found =
                found.ok_or_else(|| ApiError::TooMany("The same order is being taken.".to_owned()))?;
            return Ok(Taken { order: found, new: false });
        };
        match node.send(signed.hash, &signed.raw).await {
            Ok(()) => {
                row.state = State::Sent;
                order_set(&self.pool, &row).await?;
            }
            // It is stored: the worker sends it.
            Err(error) => tracing::warn!(%error, order = row.id, "an order is sent later"),
        }
        Ok(Taken { order: row, new: true })
    }

    pub(super) fn node(&self, chain_id: i64) -> Result<&Node, ApiError> {
        let chains: Vec<String> = self.nodes.keys().map(ToString::to_string).collect();
        let allowed = || format!("a chain on which this server relays: {}", chains.join(", "));
        self.nodes.get(&chain_id).ok_or_else(|| ApiError::bad("chainId", &chain_id.to_string(), allowed()))
    }

    /// Asks the node whether it would go well, and what it takes.
    async fn quote(&self, node: &Node, order: &Order) -> Result<Quote, ApiError> {
        let now = node.head().await.map_err(unanswered)?.time;
        if order.deadline < now.saturating_add(LEAST_TIME) {
            let detail = format!(
                "The order is good until {} (Unix time), and the chain's clock says {now}: it must be good for \
                 {LEAST_TIME} seconds more.",
                order.deadline
            );
            return Err(told(StatusCode::UNPROCESSABLE_ENTITY, "order-expired", &detail));
        }
        if !order.is_signed_by_key() && !node.has_code(order.signer).await.map_err(unanswered)? {
            return Err(order.not_signed());
        }
        let simulated = node.simulate(self.address(), order.contract, &order.call);
        let (gas, fee, nonce, balance) =
            tokio::join!(simulated, node.fee(), node.count(self.address()), node.balance(self.address()));
        let quote = Quote {
            gas: gas.map_err(unanswered)?,
            fee: fee.map_err(unanswered)?,
            nonce: nonce.map_err(unanswered)?,
        };
        if quote.gas > MOST_GAS {
            let detail = format!("The order would take {} gas; orders up to {MOST_GAS} are sent.", quote.gas);
            return Err(told(StatusCode::UNPROCESSABLE_ENTITY, "too-much-gas", &detail));
        }
        if balance.map_err(unanswered)? < quote.most() {
            tracing::error!(chain = order.chain_id, relayer = %self.address(), "the relayer has no coin for gas");
            return Err(out_of(
                "The relayer has no coin for gas. Its operator has been told by the log.",
                None,
            ));
        }
        Ok(quote)
    }

    /// Gives the order its number, signs it, and stores both; none where the order is there already.
    async fn store(
        &self,
        node: &Node,
        order: &Order,
        account: Option<Addr>,
        quote: Quote,
    ) -> Result<Option<(OrderRow, Signed)>, ApiError> {
        let relayer = self.address();
        let id = random_id(ID).map_err(no_randomness)?;
        let mut transaction = begin(&self.pool, "BEGIN").await?;
        let nonce = relayer_lock(&mut transaction, order.chain_id, relayer, quote.nonce).await?;
        let spent = order_spent(&mut transaction, order.chain_id, relayer).await?;
        if spent.saturating_add(quote.most()) > self.budget {
            tracing::warn!(chain = order.chain_id, %spent, "the day's budget of the relay is used up");
            let detail = "What this server spends on gas in a day is used up. Try again tomorrow (UTC), or send the order \
                          yourself.";
            return Err(out_of(detail, Some(tomorrow())));
        }
        let Quote { gas, fee, .. } = quote;
        let draft = Draft { to: order.contract, call: order.call.clone(), nonce, gas, fee };
        let signed = node.sign(&self.signer, draft).await.map_err(unanswered)?;
        let new = NewOrder {
            id: &id,
            chain_id: order.chain_id,
            relayer,
            digest: order.digest,
            kind: order.kind,
            signer: order.signer,
            account,
            contract: order.contract,
            call: &order.call,
            gas,
            nonce,
            reserved: quote.most(),
        };
        let row = match order_add(&mut transaction, &new).await {
            Ok(row) => row,
            Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let attempt = NewTransaction {
            order: &id,
            hash: Hash(signed.hash),
            raw: &signed.raw,
            max_fee: fee.most,
            tip: fee.tip,
            void: false,
        };
        transaction_add(&mut transaction, &attempt).await?;
        relayer_next(&mut transaction, order.chain_id, relayer, nonce).await?;
        transaction.commit().await?;
        Ok(Some((row, signed)))
    }

    /// A transaction in the place of another: the order once more, or nothing, for more gas. Stored, not sent.
    pub(super) async fn replace(
        &self,
        node: &Node,
        order: &mut OrderRow,
        fee: Fee,
        void: bool,
    ) -> Result<Option<Signed>, ReplaceError> {
        let (to, call, gas) = match void {
            // To itself: 21,000 of gas and no code.
            true => (self.address(), Bytes::new(), VOID_GAS),
            false => (order.contract.0, order.call.clone().into(), order.gas.unsigned_abs()),
        };
        let most = U256::from(order.gas.unsigned_abs().max(gas)) * U256::from(fee.most);
        let mut transaction = begin(&self.pool, "BEGIN").await?;
        let spent = order_spent(&mut transaction, order.chain_id, self.address()).await?;
        // What frees the queue is not held up by the budget; what only makes haste is.
        let more = most.saturating_sub(order.reserved.0);
        if !void && spent.saturating_add(more) > self.budget {
            return Ok(None);
        }
        let nonce = order.nonce.unsigned_abs();
        let signed = node.sign(&self.signer, Draft { to, call, nonce, gas, fee }).await?;
        let attempt = NewTransaction {
            order: &order.id,
            hash: Hash(signed.hash),
            raw: &signed.raw,
            max_fee: fee.most,
            tip: fee.tip,
            void,
        };
        transaction_add(&mut transaction, &attempt).await?;
        transaction.commit().await?;
        order.reserved.0 = order.reserved.0.max(most);
        Ok(Some(signed))
    }

    /// What is left of the day's budget, in wei.
    pub(super) async fn left(&self, chain_id: i64) -> Result<U256, ApiError> {
        let mut connection = self.pool.acquire().await?;
        let relayer: Address = self.address();
        Ok(self.budget.saturating_sub(order_spent(&mut connection, chain_id, relayer).await?))
    }
}

const VOID_GAS: u64 = 21_000;

/// Why a transaction was not replaced.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplaceError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Node(#[from] NodeError),
}

/// Seconds until the next day, in UTC.
fn tomorrow() -> u64 {
    let day = 24 * 60 * 60;
    let now = time::OffsetDateTime::now_utc().unix_timestamp().unsigned_abs();
    day - now % day
}

fn unanswered(error: NodeError) -> ApiError {
    match error {
        NodeError::Reverts { name, reason } => {
            let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
            let detail = format!("The order would revert: {reason}{name}. Nothing was sent.");
            told(StatusCode::UNPROCESSABLE_ENTITY, "would-revert", &detail)
        }
        error => {
            tracing::warn!(%error, "an order was not taken");
            let detail = "The chain's node does not answer. Ask again in a moment; nothing was sent.";
            ApiError::Told(Box::new(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "node-away",
                "The chain does not answer",
                detail,
            )))
        }
    }
}

fn out_of(detail: &str, reset: Option<u64>) -> ApiError {
    let title = "The relay spends no more";
    let mut problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "relay-exhausted", title, detail);
    (problem.limit, problem.reset) = (reset.map(|_| "relay".to_owned()), reset);
    ApiError::Told(Box::new(problem))
}
