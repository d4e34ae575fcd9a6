//! A market made by the library, for commands that need one.

use alloy::{
    primitives::U256,
    providers::{Provider as _, ProviderBuilder},
};
use serde_json::Value;
use stoa_contracts::DemoUSD;
use stoa_scripts::testing::Anvil;

use super::Desk;

impl Desk {
    /// Play money in a wallet; `amount` is in base units of 6 decimals.
    pub(crate) async fn mint(&self, wallet: usize, amount: u64) {
        let signer = Anvil::signer(wallet);
        let account = signer.address();
        let provider =
            ProviderBuilder::new().wallet(signer).connect_http(self.chain.rpc_url().parse().unwrap());
        let dollar = DemoUSD::new(self.deployment.address("DemoUSD").unwrap(), provider);
        dollar.mint(account, U256::from(amount)).send().await.unwrap().get_receipt().await.unwrap();
    }

    /// An empty block at a round time: deploying has taken as long as it took.
    pub(crate) async fn settle_clock(&self) {
        let provider = ProviderBuilder::new().connect_http(self.chain.rpc_url().parse().unwrap());
        let block =
            provider.get_block_by_number(alloy::eips::BlockNumberOrTag::Latest).await.unwrap().unwrap();
        let round = (block.header.timestamp / 10_000 + 1) * 10_000;
        let client = provider.client();
        let _: Value = client.request("evm_setNextBlockTimestamp", (round,)).await.unwrap();
        let _: Value = client.request("evm_mine", ()).await.unwrap();
    }
}
