//! Listings, plans and money for buyers, made by the library.

use alloy::{
    network::{EthereumWallet, TransactionBuilder as _},
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::{Block, TransactionRequest},
    sol_types::SolEvent as _,
};
use stoa_contracts::{
    Listings::{self, NewListing},
    Market::{self, NewPlan},
    MerkleGate, Revenue, StoaToken, TierGate,
};
use stoa_scripts::{deploy::Parameters, testing::Anvil};

use super::Desk;

/// STOA's smallest units in one.
pub(super) const STOA: u128 = 1_000_000_000_000_000_000;
pub(super) const MONTH: u32 = 30 * 86_400;

impl Desk {
    /// Who sends as wallet demo:N.
    pub(super) fn sender(&self, wallet: usize) -> DynProvider {
        let wallet = EthereumWallet::from(Anvil::signer(wallet));
        ProviderBuilder::new().wallet(wallet).connect_http(self.chain.rpc_url().parse().unwrap()).erased()
    }

    /// As wallet demo:N on a terminal, with this answer to what is asked; all that the terminal shows.
    #[cfg(target_os = "linux")]
    pub(super) fn asked(&self, wallet: usize, line: &str, answer: &str) -> (i32, String) {
        use std::{io::Write as _, process::Stdio};
        let stoa = stoa_scripts::testing::Bin::path("stoa");
        let mut command = self.command(&[]);
        let environment: Vec<_> =
            command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
        // `script` runs a command on a terminal of its own.
        command = std::process::Command::new("script");
        for (name, value) in environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let inner = format!("{} {line} --wallet demo:{wallet}", stoa.display());
        command.args(["-qec", &inner, "/dev/null"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(format!("{answer}\n").as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap().replace('\r', ""))
    }

    pub(super) fn at(&self, contract: &str) -> Address {
        self.deployment.address(contract).unwrap()
    }

    /// STOA from its holder, in whole ones.
    pub(super) async fn give_stoa(&self, wallet: usize, whole: u64) {
        let (to, value) = (Anvil::signer(wallet).address(), U256::from(whole) * U256::from(STOA));
        let stoa = StoaToken::new(self.at("StoaToken"), self.sender(0));
        stoa.transfer(to, value).send().await.unwrap().get_receipt().await.unwrap();
    }

    /// A model of wallet 1.
    pub(super) async fn list(&self) -> U256 {
        let listing = NewListing {
            kind: 0,
            uri: "data:application/json;base64,eyJuYW1lIjoiQXRsYXMifQ==".to_owned(),
            contentHash: B256::repeat_byte(1),
            uris: vec!["https://assets.example/atlas".to_owned()],
            licence: "Apache-2.0".to_owned(),
            derivatives: false,
            derivativeBps: 0,
            parents: Vec::new(),
            parentBps: Vec::new(),
            royaltyReceiver: Address::ZERO,
            royaltyBps: 0,
        };
        let listings = Listings::new(self.at("Listings"), self.sender(1));
        listings.create(listing).send().await.unwrap().get_receipt().await.unwrap();
        listings.count().call().await.unwrap()
    }

    /// A plan of wallet 1; its number.
    pub(super) async fn plan(&self, plan: NewPlan) -> U256 {
        let market = self.market(1);
        let receipt = market.createPlan(plan).send().await.unwrap().get_receipt().await.unwrap();
        let log =
            receipt.logs().iter().find(|log| log.topic0() == Some(&Market::PlanCreated::SIGNATURE_HASH));
        log.unwrap().log_decode::<Market::PlanCreated>().unwrap().inner.plan
    }

    pub(super) fn market(&self, wallet: usize) -> Market::MarketInstance<DynProvider> {
        Market::new(self.at("Market"), self.sender(wallet))
    }

    /// Puts a gate before a plan.
    pub(super) async fn gate(&self, plan: U256, gate: &str) {
        let call = self.market(1).boundPlan(plan, self.at(gate), 0, 0).send().await;
        call.unwrap().get_receipt().await.unwrap();
    }

    /// Divides a listing's revenue in dollars into 1,000 shares, all of wallet 1.
    pub(super) async fn divide(&self, listing: U256) -> Address {
        let revenue = Revenue::new(self.at("Revenue"), self.sender(1));
        let shares = Revenue::NewShares {
            name: "Atlas Revenue".to_owned(),
            symbol: "ATL".to_owned(),
            supply: U256::from(1_000 * STOA),
            tokens: vec![self.at("DemoUSD")],
        };
        revenue.createShares(listing, shares).send().await.unwrap().get_receipt().await.unwrap();
        revenue.shareOf(listing).call().await.unwrap()
    }

    pub(super) async fn set_root(&self, plan: U256, root: B256) {
        let gate = MerkleGate::new(self.at("MerkleGate"), self.sender(1));
        gate.setRoot(plan, root).send().await.unwrap().get_receipt().await.unwrap();
    }

    pub(super) async fn set_tier(&self, plan: U256, tier: u8) {
        let gate = TierGate::new(self.at("TierGate"), self.sender(1));
        gate.setTier(plan, tier).send().await.unwrap().get_receipt().await.unwrap();
    }

    /// Lets the chain's clock run on.
    pub(super) async fn wait(&self, seconds: u64) {
        let provider = self.sender(0);
        let _: serde_json::Value = provider.raw_request("evm_increaseTime".into(), (seconds,)).await.unwrap();
        let _: serde_json::Value = provider.raw_request("evm_mine".into(), ()).await.unwrap();
    }

    pub(super) async fn newest_block(&self) -> Block {
        let block = self.sender(0).get_block_by_number(alloy::eips::BlockNumberOrTag::Latest).await.unwrap();
        block.unwrap()
    }

    pub(super) async fn now(&self) -> u64 {
        self.newest_block().await.header.timestamp
    }
}

/// Wrapped coin, as far as a purchase needs it: `deposit`, `balanceOf`, `decimals`, `allowance` (none) and `symbol`. Any
/// other call succeeds and answers nothing, as WETH's do.
fn wrapped_coin() -> Vec<u8> {
    let answers = [
        ("d0e30db0", "5b33543401335500"),
        ("70a08231", "5b600435545f5260205ff3"),
        ("313ce567", "5b60125f5260205ff3"),
        ("dd62ed3e", "5b60205ff3"),
        ("95d89b41", "5b60205f5260046020526357455448 60e01b60405260605ff3"),
    ]
    .map(|(selector, code)| (selector, code.replace(' ', "")));
    // Selector on the stack; then per answer: is it this one, jump. Each answer begins with its landing place.
    let mut place = 5 + 10 * answers.len() + 1;
    let mut code = "5f3560e01c".to_owned();
    for (selector, answer) in &answers {
        code.push_str(&format!("8063{selector}1460{place:02x}57"));
        place += answer.len() / 2;
    }
    code.push_str("00");
    answers.iter().for_each(|(_, answer)| code.push_str(answer));
    alloy::hex::decode(code).unwrap()
}

impl Desk {
    /// As `open`, on a chain with wrapped coin; its address.
    pub(super) async fn open_with_coin() -> (Self, Address) {
        let desk = Self::closed().await;
        let code = wrapped_coin();
        let creation =
            [&[0x60, u8::try_from(code.len()).unwrap(), 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3], &*code];
        let transaction = TransactionRequest::default().with_deploy_code(creation.concat());
        let sent = desk.sender(0).send_transaction(transaction).await.unwrap();
        let weth = sent.get_receipt().await.unwrap().contract_address.unwrap();
        let operator = Anvil::signer(0).address();
        (desk.deploy(Some(Parameters { weth, ..Parameters::local(operator) })).await, weth)
    }

    /// The same with coin that can be unwrapped too.
    pub(super) async fn open_with_real_coin() -> (Self, Address) {
        let desk = Self::closed().await;
        let code = stoa_scripts::deploy::Artifact::read("DemoWETH").unwrap().bytecode;
        let weth = desk.place(0, code.to_vec()).await;
        let operator = Anvil::signer(0).address();
        (desk.deploy(Some(Parameters { weth, ..Parameters::local(operator) })).await, weth)
    }

    /// Wraps a wallet's coin.
    pub(super) async fn wrap(&self, wallet: usize, amount: u128) {
        let weth = self.deployment.parameters.weth;
        let deposit = TransactionRequest::default().with_to(weth).with_value(U256::from(amount));
        let deposit = deposit.with_input(alloy::hex!("d0e30db0"));
        let sent = self.sender(wallet).send_transaction(deposit).await.unwrap();
        sent.get_receipt().await.unwrap();
    }
}

/// A licence for this price in base units.
pub(super) fn licence(listing: U256, token: Address, price: u128) -> NewPlan {
    NewPlan {
        listing,
        kind: 0,
        token,
        price,
        cap: 0,
        transferable: true,
        period: 0,
        units: 0,
        unit: String::new(),
        from: 0,
        until: 0,
        gate: Address::ZERO,
        tierDiscount: false,
    }
}

pub(super) fn subscription(listing: U256, token: Address, price: u128) -> NewPlan {
    NewPlan { kind: 1, period: MONTH, transferable: false, ..licence(listing, token, price) }
}

/// Packs of 100 calls.
pub(super) fn credits(listing: U256, token: Address, price: u128) -> NewPlan {
    NewPlan { kind: 2, units: 100, unit: "call".to_owned(), ..licence(listing, token, price) }
}
