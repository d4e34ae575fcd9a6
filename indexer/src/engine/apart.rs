//! Contracts that were born before the cursor: each is read over its own range before the chain goes on.

use alloy::primitives::Address;
use tracing::info;

use super::open::pool_config;
use super::{Engine, IndexError};
use crate::decode::Decoder;
use crate::fetch::{Detail, Pool};
use crate::store::Contract;
use crate::store::contract::SHARE;

impl Engine<'_> {
    /// Reads them up to the cursor. Returns whether there were any: their logs are in no projection yet.
    pub(super) async fn read_apart(&mut self) -> Result<bool, IndexError> {
        let chain_id = self.deployment.chain_id;
        let mut read = false;
        // Reading one may bring others to light.
        while let Some(contract) = self.writer.contracts(chain_id).await?.into_iter().find(is_apart) {
            self.read_contract(&contract).await?;
            self.writer.join(chain_id, contract.address.0).await?;
            read = true;
        }
        Ok(read)
    }

    async fn read_contract(&mut self, contract: &Contract) -> Result<(), IndexError> {
        let Contract { address, name, first_block, read_block } = contract;
        if name == SHARE {
            self.decoder.follow([(address.0, *first_block)]);
        }
        let pool = self.pool_of(address.0).await?;
        let mut at = read_block.unwrap_or(*first_block - 1).cast_unsigned();
        let end = self.cursor.stored.number.cast_unsigned();
        info!(chain_id = self.deployment.chain_id, %address, name, from = at + 1, to = end, "reading apart");
        while at < end {
            let to = end.min(at.saturating_add(pool.range_limit().max(1)));
            let range = match pool.range(at + 1, to, &[], Decoder::born, Detail::Ends).await {
                // The pool has learned the limit, and asks for less the next time.
                Err(crate::fetch::FetchError::TooLarge { .. }) if to > at + 1 => continue,
                range => range?,
            };
            let logs = range.logs.iter().filter(|log| log.inner.address == address.0);
            let batch = self.decoder.decode(logs);
            self.writer.store_apart(self.cursor, address.0, batch, to.cast_signed()).await?;
            at = to;
        }
        Ok(())
    }

    /// The same nodes, asked for one contract.
    async fn pool_of(&self, address: Address) -> Result<Pool, IndexError> {
        let mut config = pool_config(self.settings, self.deployment);
        config.addresses = vec![address];
        Ok(Pool::connect(config).await?)
    }
}

fn is_apart(contract: &Contract) -> bool {
    contract.read_block.is_some()
}
