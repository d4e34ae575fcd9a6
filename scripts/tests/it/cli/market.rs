//! A market made by the library, for commands that need one.

use alloy::{primitives::U256, providers::ProviderBuilder};
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
}
