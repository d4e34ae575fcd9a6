//! Follows each order until its number is used up in a final block: sends what no node has, replaces what waits too
//! long, and notices blocks that are gone.

use std::time::Duration;

use alloy::primitives::U256;
use alloy::rpc::types::TransactionReceipt;
use futures::future::join_all;
use stoa_schema::types::{Hash, Uint};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::node::{Fee, Node, NodeError};
use super::row::{OrderRow, State, TransactionRow, order_set, order_watched, transaction_of};
use super::submit::ReplaceError;
use super::{Inner, Relay};
use crate::db::begin::begin;

const BEAT: Duration = Duration::from_secs(1);
/// Orders that are looked at in one pass.
const MOST: i64 = 500;
/// What is in a block is looked for again in each so many passes.
const SELDOM: u64 = 5;
/// One worker per chain, of all replicas.
const LOCK: &str = "SELECT pg_try_advisory_xact_lock(hashtextextended('stoa relay ' || $1, 0))";

/// What a pass begins with.
#[derive(Clone, Copy, Debug)]
struct Ground {
    /// The newest final block, where the chain tells.
    finalized: Option<u64>,
    /// How many transactions of the relayer final blocks have.
    count: u64,
    /// Whether what is in a block is looked for again.
    thorough: bool,
}

impl Relay {
    /// Works until told to stop.
    pub async fn run(self, stop: CancellationToken) {
        let watching = self.nodes.iter().map(|(chain, node)| self.watch(*chain, node));
        stop.run_until_cancelled(join_all(watching)).await;
    }
}

impl Inner {
    async fn watch(&self, chain: i64, node: &Node) {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for pass in 0_u64.. {
            beat.tick().await;
            if let Err(error) = self.pass(chain, node, pass.is_multiple_of(SELDOM)).await {
                tracing::warn!(chain, %error, "orders are looked after again in a moment");
            }
        }
    }

    async fn pass(&self, chain: i64, node: &Node, thorough: bool) -> Result<(), ReplaceError> {
        // Held, not written in: what is done meanwhile must be stored at once.
        let mut guard = begin(&self.pool, "BEGIN").await?;
        let mine: bool = sqlx::query_scalar(LOCK).bind(chain.to_string()).fetch_one(&mut *guard).await?;
        if !mine {
            return Ok(());
        }
        let orders = order_watched(&self.pool, chain, self.address(), MOST).await?;
        if orders.is_empty() {
            return Ok(());
        }
        let finalized = node.finalized().await;
        let count = match finalized {
            Some(_) => node.final_count(self.address()).await?,
            None => 0,
        };
        let ground = Ground { finalized, count, thorough };
        for mut order in orders {
            self.follow(node, &mut order, ground).await?;
            order_set(&self.pool, &order).await?;
        }
        Ok(())
    }

    async fn follow(&self, node: &Node, order: &mut OrderRow, ground: Ground) -> Result<(), ReplaceError> {
        let is_final = |block: i64| ground.finalized.is_some_and(|last| last >= block.unsigned_abs());
        if order.block_number.is_some_and(|block| !is_final(block)) && !ground.thorough {
            return Ok(());
        }
        let attempts = transaction_of(&self.pool, &order.id).await?;
        for attempt in &attempts {
            if let Some(receipt) = node.receipt(attempt.hash.0).await? {
                let block = i64::try_from(receipt.block_number.unwrap_or_default()).unwrap_or(i64::MAX);
                included(order, attempt, &receipt, block, is_final(block));
                return Ok(());
            }
        }
        if ground.count > order.nonce.unsigned_abs() {
            order.state = State::Dropped;
            order.settled = true;
            order.reason =
                Some("A transaction that this server does not know of took its number.".to_owned());
            order.paid = Some(Uint::default());
            return Ok(());
        }
        if order.block_number.take().is_some() {
            order.state = State::Reorged;
            (order.tx_hash, order.paid) = (None, None);
            tracing::warn!(order = order.id, "an order's block is gone: it is sent again");
        }
        let Some(newest) = attempts.first() else { return Ok(()) };
        if newest.age > self.patience.as_secs_f64() {
            return self.raise(node, order, newest).await;
        }
        sent(order, node.send(newest.hash.0, &newest.raw).await);
        Ok(())
    }

    /// Puts a dearer transaction in the place of one that waits: the order's, or one that does nothing where the order
    /// would revert by now.
    async fn raise(
        &self,
        node: &Node,
        order: &mut OrderRow,
        newest: &TransactionRow,
    ) -> Result<(), ReplaceError> {
        let mut void = newest.void;
        if !void {
            match node.simulate(self.address(), order.contract.0, &order.call.clone().into()).await {
                Ok(_) => {}
                Err(NodeError::Reverts { reason, .. }) => {
                    void = true;
                    order.reason = Some(format!("It would revert by now: {reason}."));
                }
                Err(error) => return Err(error.into()),
            }
        }
        let old = Fee { most: newest.max_fee.0.saturating_to(), tip: newest.tip.0.saturating_to() };
        let fee = old.raised(node.fee().await?);
        match self.replace(node, order, fee, void).await? {
            Some(signed) => {
                tracing::info!(order = order.id, most = fee.most, void, "an order waits: its fee is raised");
                sent(order, node.send(signed.hash, &signed.raw).await);
            }
            None => {
                tracing::warn!(order = order.id, "an order waits, and the day's budget allows no higher fee");
                sent(order, node.send(newest.hash.0, &newest.raw).await);
            }
        }
        Ok(())
    }
}

/// Where an order stands whose transaction is in a block.
fn included(
    order: &mut OrderRow,
    attempt: &TransactionRow,
    receipt: &TransactionReceipt,
    block: i64,
    is_final: bool,
) {
    order.tx_hash = Some(Hash(receipt.transaction_hash));
    order.block_number = Some(block);
    order.settled = is_final;
    let cost = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
    order.paid = Some(Uint(cost));
    order.state = match (attempt.void, receipt.status()) {
        (true, _) => State::Dropped,
        (false, false) => State::Failed,
        (false, true) if is_final => State::Final,
        (false, true) => State::Included,
    };
    order.reason = match order.state {
        State::Failed => {
            Some("It reverted in its block: the chain had changed since it was tried.".to_owned())
        }
        State::Dropped => order.reason.take(),
        _ => None,
    };
}

fn sent(order: &mut OrderRow, outcome: Result<(), NodeError>) {
    match outcome {
        // One whose block is gone is told as such until it is in another.
        Ok(()) if order.state == State::Reorged => {}
        Ok(()) => order.state = State::Sent,
        Err(error) => tracing::warn!(order = order.id, %error, "an order is sent again in a moment"),
    }
}
