//! Events, from nodes that limit how much one may ask for.

use alloy::{
    primitives::{Address, B256},
    providers::Provider as _,
    rpc::types::{Filter, Log},
    sol_types::SolEvent,
};
use anyhow::Context as _;

use super::Session;

/// A node that does not answer for so few blocks will not answer for fewer.
const FEWEST: u64 = 500;

impl Session {
    /// The events of one kind at one address, oldest first; `topics` are the indexed parameters that are known, in order.
    ///
    /// # Errors
    /// When the node does not answer, or answers what is no such event.
    pub async fn events<E: SolEvent>(
        &self,
        address: Address,
        topics: &[Option<B256>],
    ) -> anyhow::Result<Vec<E>> {
        let mut filter = Filter::new().address(address).event_signature(E::SIGNATURE_HASH);
        for (n, topic) in topics.iter().enumerate() {
            if let Some(topic) = topic {
                filter.topics[n + 1] = (*topic).into();
            }
        }
        let logs = self.logs(&filter).await?;
        let decoded = logs.iter().map(|log| E::decode_log(&log.inner).map(|event| event.data));
        decoded.collect::<Result<_, _>>().with_context(|| format!("{address} emits another {}", E::SIGNATURE))
    }

    /// From the deployment on. A range that the node refuses is asked for in halves.
    async fn logs(&self, filter: &Filter) -> anyhow::Result<Vec<Log>> {
        let last = self.provider.get_block_number().await?;
        let (mut from, mut size) = (self.deployment.block, (last + 1).saturating_sub(self.deployment.block));
        let mut logs = Vec::new();
        while from <= last {
            let to = last.min(from.saturating_add(size.max(1) - 1));
            match self.provider.get_logs(&filter.clone().from_block(from).to_block(to)).await {
                Ok(found) => {
                    logs.extend(found);
                    from = to + 1;
                }
                Err(_) if size > FEWEST => size /= 2,
                Err(error) => {
                    return Err(error)
                        .with_context(|| format!("the node tells no events of blocks {from} to {to}"));
                }
            }
        }
        Ok(logs)
    }
}
