//! A provider's desk: listings, plans, and those who buy.

use alloy::{
    primitives::{Address, Bytes, U256},
    providers::ProviderBuilder,
    sol_types::SolValue as _,
};
use stoa_contracts::{Order, StoaToken, Vault};
use stoa_scripts::testing::Anvil;

use super::Desk;

/// `Funding.Allowance`
const BY_ALLOWANCE: u8 = 1;

impl Desk {
    /// A file beside the deployment; its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    }

    /// Lists something of this name; its id.
    pub(crate) fn lists(&self, wallet: usize, name: &str, more: &str) -> String {
        let json = format!(r#"{{ "name": "{name}", "licence": "Apache-2.0" }}"#);
        let file = self.write(&format!("{name}.json"), json);
        let line = format!("listing create --kind model --metadata {file} {more}");
        self.does(wallet, line.trim())["listing"].as_str().unwrap().to_owned()
    }

    /// A licence for so many dollars; the plan's id.
    pub(crate) fn prices(&self, wallet: usize, listing: &str, price: &str) -> String {
        let line = format!("plan create {listing} --sells licence --price {price} --token dUSD");
        self.does(wallet, &line)["plan"].as_str().unwrap().to_owned()
    }

    /// Buys one of a plan for `amount` base units of play money, which the wallet has.
    pub(crate) async fn buys(&self, wallet: usize, plan: &str, version: u32, amount: u64) {
        let market = self.deployment.address("Market").unwrap();
        let recipient = Anvil::signer(wallet).address();
        let plan = U256::from(plan.split_once('-').unwrap().1.parse::<u64>().unwrap());
        let order = Order { plan, version, quantity: 1, recipient };
        self.pays(wallet, market, amount, order.abi_encode().into()).await;
    }

    /// Pays a target of the Vault in play money.
    pub(crate) async fn pays(&self, wallet: usize, target: Address, amount: u64, data: Bytes) {
        let provider = ProviderBuilder::new()
            .wallet(Anvil::signer(wallet))
            .connect_http(self.chain.rpc_url().parse().unwrap());
        let dollar = self.deployment.address("DemoUSD").unwrap();
        let vault = Vault::new(self.deployment.address("Vault").unwrap(), provider.clone());
        let token = StoaToken::new(dollar, provider);
        let amount = U256::from(amount);
        token.approve(*vault.address(), amount).send().await.unwrap().get_receipt().await.unwrap();
        let paid = vault.pay(target, dollar, amount, BY_ALLOWANCE, data).send().await.unwrap();
        assert!(paid.get_receipt().await.unwrap().status());
    }
}
