//! A market, an API that relays in it, and buyers who sign.

use std::time::Duration;

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256, Bytes, U256, hex};
use alloy::providers::Provider as _;
use alloy::signers::SignerSync as _;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use stoa_contracts::Market;
use stoa_contracts::Market::SpendOrder;
use stoa_contracts::Vault::SignedPay;
use stoa_contracts::typed::plan::Order;
use stoa_contracts::typed::{Spend, Wanted, domain};
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::testing::{Anvil, Bin};
use tempfile::TempDir;

use super::wire::Wire;
use crate::support::{Actors, Stack, done, eventually, free_address};

pub(crate) const PRICE: u128 = 5_000_000;
pub(crate) const BUYER: usize = 2;
const PROVIDER: usize = 1;
/// Who sends and pays for the gas.
const RELAYER: usize = 9;
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Ground {
    pub(crate) stack: Stack,
    pub(crate) actors: Actors,
    pub(crate) wire: Wire,
    pub(crate) plan: u64,
    pub(crate) folder: TempDir,
    pub(crate) http: Client,
    _indexer: Child,
}

/// An API, and where it is.
pub(crate) struct Api {
    pub(crate) child: Child,
    pub(crate) url: String,
}

pub(crate) fn relayer() -> Address {
    Anvil::signer(RELAYER).address()
}

impl Ground {
    pub(crate) async fn new() -> Self {
        let stack = Stack::start().await;
        let actors = Actors::of(&stack);
        let indexer = stack.index_into(&stack.database, "indexer");
        let listing = actors.list(PROVIDER, "Relayed", &[]).await;
        let plan = actors.plan(PROVIDER, listing, PRICE).await;
        actors.fund(BUYER, 1_000 * PRICE).await;
        let wire = Wire::to(stack.chain.rpc_url()).await;
        let folder = TempDir::new().expect("a folder");
        Self { stack, actors, wire, plan, folder, http: Client::new(), _indexer: indexer }
    }

    /// An API that relays for anybody.
    pub(crate) async fn api(&self, name: &str, more: &[&str]) -> Api {
        self.start(name, &[&["--relay-anonymous"][..], more].concat()).await
    }

    pub(crate) async fn start(&self, name: &str, more: &[&str]) -> Api {
        let address = free_address();
        let url = format!("http://{address}");
        let key = self.folder.path().join("key");
        std::fs::write(&key, hex::encode(Anvil::signer(RELAYER).to_bytes())).expect("a key");
        let child =
            Spec::new("stoa-api", Bin::path("stoa-api"), self.folder.path().join(format!("{name}.log")))
                .args(["--listen", &address, "--limits", "off", "--database-url", self.stack.database.url()])
                .args(["--relay-rpc", &format!("31337={}", self.wire.url)])
                .args(more)
                .env("STOA_RELAY_KEY_FILE", &key)
                .start()
                .expect("the API starts");
        let status = format!("{url}/v1/status");
        let ready = async || match reqwest::get(&status).await {
            Ok(answer) => answer.status() == StatusCode::OK,
            Err(_) => false,
        };
        child.until(PATIENCE, ready).await.expect("the API answers");
        eventually(&status, "the chain is indexed", |body| !body["data"]["chains"][0].is_null()).await;
        // It makes its own tables once the indexer has made its.
        eventually(&format!("{url}/v1/relay"), "its tables", |body| body["data"]["chains"].is_array()).await;
        Api { child, url }
    }

    pub(crate) fn pay(&self, nonce: u64, deadline: u64) -> SignedPay {
        SignedPay {
            from: Actors::address(BUYER),
            target: *self.actors.market.address(),
            token: *self.actors.dollar.address(),
            amount: U256::from(PRICE),
            // By allowance.
            funding: 1,
            relayer: Address::ZERO,
            relayerFee: U256::ZERO,
            nonce: U256::from(nonce),
            deadline: U256::from(deadline),
        }
    }

    /// Chain time, an hour from now.
    pub(crate) async fn later(&self) -> u64 {
        let block =
            self.actors.provider.get_block_by_number(BlockNumberOrTag::Latest).await.expect("a block");
        block.expect("a block").header.timestamp + 3_600
    }

    pub(crate) async fn order(&self, nonce: u64) -> Value {
        self.signed(&self.pay(nonce, self.later().await), BUYER)
    }

    /// As `stoa order sign` writes it.
    pub(crate) fn signed(&self, pay: &SignedPay, signer: usize) -> Value {
        let order = Order {
            plan: U256::from(self.plan),
            version: 1,
            quantity: 1,
            recipient: Actors::address(BUYER),
            gateData: Bytes::new(),
        };
        let vault = *self.actors.vault.address();
        let digest = Wanted::Plan(order.clone()).digest(pay, &domain("Stoa Vault", 31_337, vault));
        let signature = Anvil::signer(signer).sign_hash_sync(&digest).expect("signs");
        json!({
            "kind": "pay", "chainId": 31_337, "contract": vault,
            "pay": {
                "from": pay.from, "target": pay.target, "token": pay.token, "amount": pay.amount.to_string(),
                "funding": "allowance", "relayer": pay.relayer, "relayerFee": pay.relayerFee.to_string(),
                "nonce": pay.nonce.to_string(), "deadline": pay.deadline.to_string(),
            },
            "order": {
                "plan": order.plan.to_string(), "version": 1, "quantity": 1, "recipient": order.recipient,
                "gateData": "0x",
            },
            "grant": "0x",
            "signature": Bytes::from(signature.as_bytes().to_vec()),
        })
    }

    /// A spending of credits that the buyer signs for the relayer.
    pub(crate) async fn spending(&self, plan: u64, units: u64, spender: Address) -> Value {
        let (deadline, market) = (self.later().await, *self.actors.market.address());
        let order = SpendOrder {
            holder: Actors::address(BUYER),
            plan: U256::from(plan),
            units: U256::from(units),
            spender,
            r#ref: B256::repeat_byte(7),
            nonce: U256::from(1),
            deadline: U256::from(deadline),
        };
        let domain = domain("Stoa Market", 31_337, market);
        let digest = alloy::sol_types::SolStruct::eip712_signing_hash(&Spend::from(order.clone()), &domain);
        let signature = Anvil::signer(BUYER).sign_hash_sync(&digest).expect("signs");
        json!({
            "kind": "spend", "chainId": 31_337, "contract": market,
            "spend": {
                "holder": order.holder, "plan": plan.to_string(), "units": units.to_string(), "spender": spender,
                "ref": order.r#ref, "nonce": "1", "deadline": deadline.to_string(),
            },
            "signature": Bytes::from(signature.as_bytes().to_vec()),
        })
    }

    /// Credits of a plan of their own, in the buyer's hands.
    pub(crate) async fn credits(&self, units: u32) -> u64 {
        let plan = Market::NewPlan {
            listing: U256::from(1),
            kind: 2,
            token: *self.actors.dollar.address(),
            price: PRICE,
            cap: 0,
            transferable: false,
            period: 0,
            units,
            unit: "call".to_owned(),
            from: 0,
            until: 0,
            gate: Address::ZERO,
            tierDiscount: false,
        };
        let sent = self.actors.market.createPlan(plan).from(Actors::address(PROVIDER)).send().await;
        done(sent.expect("the plan is taken")).await;
        let plan = self.actors.market.count().call().await.expect("a count").to();
        self.actors.buy(BUYER, plan, 1, PRICE).await;
        plan
    }

    pub(crate) async fn pause_plan(&self) {
        let call = self.actors.market.pausePlan(U256::from(self.plan)).from(Actors::address(PROVIDER));
        done(call.send().await.expect("is taken")).await;
    }

    /// How many licences the buyer has.
    pub(crate) async fn licences(&self) -> u64 {
        let held = self.actors.market.balanceOf(Actors::address(BUYER), U256::from(self.plan)).call().await;
        held.expect("a balance").to()
    }

    pub(crate) async fn relayed(&self) -> u64 {
        self.actors.provider.get_transaction_count(relayer()).await.expect("a count")
    }

    pub(crate) async fn rpc(&self, method: &'static str, params: Value) -> Value {
        self.actors.provider.raw_request(method.into(), params).await.expect(method)
    }

    pub(crate) async fn submit(&self, api: &Api, key: &str, body: &Value) -> (u16, Value) {
        let (status, body, _) = self.post(api, Some(key), body.to_string()).await;
        (status, body)
    }

    /// Also whether the answer was told before.
    pub(crate) async fn post(&self, api: &Api, key: Option<&str>, body: String) -> (u16, Value, bool) {
        let mut request = self.http.post(format!("{}/v1/orders", api.url)).body(body);
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let answer = request.send().await.expect("answers");
        let (status, told) = (answer.status().as_u16(), answer.headers().contains_key("idempotent-replayed"));
        (status, answer.json().await.expect("JSON"), told)
    }

    /// An order that must be taken: its id.
    pub(crate) async fn taken(&self, api: &Api, key: &str, body: &Value) -> String {
        let (status, answer) = self.submit(api, key, body).await;
        assert!(matches!(status, 200 | 202), "{status} {answer:#}");
        answer["data"]["id"].as_str().expect("an id").to_owned()
    }

    /// Asks until the order is in this state.
    pub(crate) async fn until(&self, api: &Api, id: &str, state: &str) -> Value {
        let url = format!("{}/v1/orders/{id}", api.url);
        eventually(&url, state, |body| body["data"]["state"] == state).await["data"].take()
    }

    /// Who sent the transaction, and whether it went well.
    pub(crate) async fn sender(&self, hash: &Value) -> (Address, bool) {
        let hash: B256 = hash.as_str().expect("a hash").parse().expect("a hash");
        let receipt = self.actors.provider.get_transaction_receipt(hash).await.expect("answers");
        let receipt = receipt.expect("a receipt");
        (receipt.from, receipt.status())
    }
}
