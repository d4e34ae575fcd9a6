//! What several endpoints say, weighed against each other.

use std::sync::Arc;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use alloy::primitives::map::AddressHashSet;
use futures::future::join_all;

use super::endpoint::Node;
use super::head::ToldHead;
use super::health::Kind;
use super::pool::Inner;
use super::question::{Ask, Fetched};
use super::{Doubt, Head, Header, Range, Trouble, Verify};

/// Other endpoints' heads are looked at this often: their lag decides who is asked.
const SURVEY_EVERY: Duration = Duration::from_secs(10);
/// Who has not told its head by then is left out of this survey.
const SURVEY_FOR: Duration = Duration::from_millis(750);
/// Who has not told a single header within this share of the timeout has no say.
const GLANCE: u32 = 4;

/// Why all endpoints are asked for their heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Survey {
    First,
    Again,
}

impl Inner {
    /// Endpoints that may be asked now, but for one.
    pub(super) fn usable(&self, except: usize) -> Vec<&Node> {
        let now = Instant::now();
        let usable =
            |node: &&Node| node.place != except && node.health(|health| health.paused_until(now).is_none());
        self.nodes.all.iter().filter(usable).collect()
    }

    /// A range from one node, with what its headers' blooms tell settled.
    pub(super) async fn fetch(&self, node: &Node, ask: &Ask) -> Result<Range, Trouble> {
        if self.nodes.config.verify != Verify::Consistency {
            node.contains(ask.anchor()).await?;
            return node.proven_range(ask).await;
        }
        let Fetched { range, unsettled } = match node.range(ask).await {
            // One block cannot be split; its receipts hold the same logs, and come without such a limit.
            Err(Trouble::TooLarge { .. }) if ask.blocks() == 1 => {
                node.contains(ask.anchor()).await?;
                return node.proven_range(ask).await;
            }
            fetched => fetched?,
        };
        for block in unsettled {
            self.settle(node, ask, &range, block).await?;
        }
        Ok(range)
    }

    /// A block's bloom tells of our contracts, but no log came: its receipts decide, else another endpoint.
    async fn settle(&self, node: &Node, ask: &Ask, range: &Range, block: Header) -> Result<(), Trouble> {
        let children: AddressHashSet = ask.known.iter().chain(&range.born).copied().collect();
        let children = Arc::new(children);
        if let Some(told) = node.receipts_tell(ask, block, Arc::clone(&children)).await? {
            return if told { Err(Doubt::Omitted(block.number).into()) } else { Ok(()) };
        }
        for other in self.usable(node.place) {
            let asked = async {
                other.check_chain(self.nodes.config.chain_id).await?;
                other.has_logs(ask, &children, block.hash).await
            };
            match asked.await {
                Ok(true) => return Err(Doubt::Omitted(block.number).into()),
                Ok(false) => return Ok(()),
                Err(trouble) => tracing::debug!(host = other.host, %trouble, "it cannot settle a bloom"),
            }
        }
        // Nobody else: another back-end of the same node may know better.
        match node.has_logs(ask, &children, block.hash).await? {
            true => Err(Doubt::Omitted(block.number).into()),
            false => Ok(()),
        }
    }

    pub(super) fn survey_due(&self) -> Option<Survey> {
        let mut surveyed = self.surveyed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due = match *surveyed {
            None => Survey::First,
            Some(at) if now >= at + SURVEY_EVERY => Survey::Again,
            Some(_) => return None,
        };
        *surveyed = Some(now);
        Some(due)
    }

    /// A header from each of `nodes`, in time.
    pub(super) async fn glance(&self, nodes: Vec<&Node>, number: u64) -> Vec<Option<Header>> {
        let limit = self.nodes.config.timeout / GLANCE;
        let ask = async |node: &Node| self.in_time(node, limit, node.header(number)).await.flatten();
        join_all(nodes.into_iter().map(ask)).await
    }

    /// The heads of `nodes`, of those that may be asked and answer in time.
    pub(super) async fn survey(&self, nodes: &[&Node]) -> Vec<ToldHead> {
        let ask = async |node: &Node| {
            if node.health(|health| health.paused_until(Instant::now()).is_some()) {
                return None;
            }
            let head = self.in_time(node, SURVEY_FOR, node.head()).await?;
            node.health(|health| health.note_head(head.latest.number, Instant::now()));
            Some(head)
        };
        join_all(nodes.iter().map(|node| ask(node))).await.into_iter().flatten().collect()
    }

    /// A node's answer, if it is of our chain and answers in time.
    async fn in_time<T>(
        &self,
        node: &Node,
        limit: Duration,
        work: impl Future<Output = Result<T, Trouble>>,
    ) -> Option<T> {
        let asked = async {
            node.check_chain(self.nodes.config.chain_id).await?;
            work.await
        };
        match tokio::time::timeout(limit, asked).await.ok()? {
            Ok(answer) => Some(answer),
            Err(trouble) => {
                node.health(|health| health.failed(Kind::Small, &trouble, Instant::now()));
                None
            }
        }
    }

    /// What a head says of finality, where it says nothing what the depth says. Finality never falls.
    pub(super) fn conclude(&self, told: ToldHead) -> Head {
        let latest = told.latest.number;
        let mut final_block = self.final_block.lock().unwrap_or_else(PoisonError::into_inner);
        let finalized = match told.finalized {
            Some(finalized) => {
                self.finality_told.store(true, Ordering::Relaxed);
                if final_block.is_none_or(|known| known.number < finalized.number) {
                    *final_block = Some(finalized);
                }
                finalized.number
            }
            None if self.finality_told.load(Ordering::Relaxed) => 0,
            None => latest.saturating_sub(self.nodes.config.finality_depth),
        };
        let finalized = finalized.min(latest);
        let finalized = self.finalized.fetch_max(finalized, Ordering::Relaxed).max(finalized);
        let safe = told.safe.unwrap_or(finalized).max(finalized);
        let final_block = final_block.filter(|block| block.number == finalized);
        Head { latest: told.latest, safe, finalized, final_block }
    }
}
