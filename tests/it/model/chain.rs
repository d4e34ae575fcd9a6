//! The real contracts on a chain of their own, asked in batches.

use std::collections::BTreeMap;

use alloy::json_abi::JsonAbi;
use alloy::primitives::{Address, B256, Bytes, Log, U256, hex, keccak256};
use alloy::signers::SignerSync as _;
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::SolValue;
use serde_json::{Value, json};
use stoa_scripts::checkout;
use stoa_scripts::deploy::{Artifact, CREATE2_DEPLOYER, Deployment, Parameters};
use stoa_scripts::testing::{Anvil, AnvilOptions};
use stoa_tests::logs::{Book, Contracts, TokenPlace, TokenText};
use stoa_tests::model::{Account, Earner, Errand, Refusal, Token};

use crate::support::Stack;

/// Enough for any action here; given so that the node does not try each transaction out first.
const GAS: &str = "0x989680";
/// When the chain begins, so that a run can be replayed to the second.
const GENESIS: &str = "1800000000";
/// Salt of the second play token, and of what else is not the suite's.
const SECOND: B256 = B256::repeat_byte(2);

/// A question: whom, and what.
pub(super) type Call = (Address, Bytes);

#[derive(Debug)]
pub(super) struct Chain {
    pub(super) stack: Stack,
    http: reqwest::Client,
    contracts: BTreeMap<String, Address>,
    errors: BTreeMap<[u8; 4], String>,
    pub(super) book: Book,
    keys: Vec<PrivateKeySigner>,
}

impl Chain {
    pub(super) async fn start() -> Self {
        // Without a price for gas, coin moves only where the contracts move it.
        let args = ["--block-base-fee-per-gas", "0", "--timestamp", GENESIS].map(str::to_owned).to_vec();
        let anvil = Anvil::start_with(AnvilOptions { args, ..AnvilOptions::default() }).await;
        let keys: Vec<PrivateKeySigner> = (0..Anvil::keys().len()).map(Anvil::signer).collect();
        let mut users: Vec<Address> = keys.iter().map(PrivateKeySigner::address).collect();
        let owner = &mut users[number(Account::CONTRACT_WALLET)];
        let wallet = Extra::new(SECOND, &[code("DemoWallet"), owner.abi_encode()].concat());
        *owner = wallet.address;
        let (colossal, weth) = (Extra::new(SECOND, &code("DemoUSD")), Extra::new(SECOND, &code("DemoWETH")));
        let parameters = Parameters { weth: weth.address, ..Parameters::local(users[0]) };
        let stack = Stack::on(anvil, Some(parameters)).await;
        let contracts = addresses(&stack.deployment);
        let tokens = [contracts["DemoUSD"], colossal.address, contracts["StoaToken"], weth.address];
        let chain = Self {
            http: reqwest::Client::new(),
            book: book(&contracts, tokens, users),
            contracts,
            stack,
            errors: error_names(),
            keys,
        };
        for extra in [&colossal, &weth, &wallet] {
            let (now, creator) = (chain.now().await, chain.book.users[0]);
            chain.send(creator, (CREATE2_DEPLOYER, extra.creation.clone()), now + 1).await.expect("created");
        }
        for contract in [chain.contract("Timelock"), wallet.address] {
            chain.request("anvil_impersonateAccount", json!([contract])).await;
            chain.request("anvil_setBalance", json!([contract, "0x8ac7230489e80000"])).await;
        }
        chain
    }

    pub(super) fn contract(&self, name: &str) -> Address {
        self.contracts[name]
    }

    pub(super) fn token(&self, token: Token) -> Address {
        self.book.token(token)
    }

    pub(super) fn account(&self, account: Account) -> Address {
        self.book.account(account)
    }

    /// Who is paid for an errand.
    pub(super) fn target(&self, errand: &Errand) -> Address {
        self.book.target(errand)
    }

    /// The logs of the contracts that are followed, from the chain's beginning on: by transaction.
    pub(super) async fn all_logs(&self) -> Vec<Vec<Log>> {
        let filter = json!({ "fromBlock": "0x0", "toBlock": "latest" });
        let logs = self.request("eth_getLogs", json!([filter])).await;
        let mut transactions = Vec::<(Value, Vec<Value>)>::new();
        for log in logs.as_array().expect("logs") {
            let hash = &log["transactionHash"];
            match transactions.last_mut() {
                Some((last, logs)) if last == hash => logs.push(log.clone()),
                _ => transactions.push((hash.clone(), vec![log.clone()])),
            }
        }
        let logs = transactions.into_iter().map(|(_, logs)| self.of_ours(logs_in(&Value::Array(logs))));
        logs.filter(|logs| !logs.is_empty()).collect()
    }

    /// Without those of tokens, and of the Timelock, which nobody follows.
    pub(super) fn of_ours(&self, mut logs: Vec<Log>) -> Vec<Log> {
        let theirs = Token::REAL.map(|token| self.token(token));
        let timelock = self.book.contracts.timelock;
        logs.retain(|log| !theirs.contains(&log.address) && log.address != timelock);
        logs
    }

    /// 65 bytes by a user's key.
    pub(super) fn sign(&self, signer: Account, digest: B256) -> Bytes {
        let signature = self.keys[number(signer)].sign_hash_sync(&digest).expect("a signature");
        signature.as_bytes().into()
    }

    pub(super) fn shares(&self, listing: u64) -> Address {
        self.book.shares(listing)
    }

    pub(super) fn earner(&self, earner: Earner) -> Address {
        self.account(earner.into())
    }

    /// Time of the newest block.
    pub(super) async fn now(&self) -> u64 {
        self.of_newest_block("timestamp").await
    }

    /// Number of the newest block.
    pub(super) async fn head(&self) -> u64 {
        self.of_newest_block("number").await
    }

    async fn of_newest_block(&self, field: &str) -> u64 {
        let block = self.request("eth_getBlockByNumber", json!(["latest", false])).await;
        let number = block[field].as_str().expect("a number").trim_start_matches("0x");
        u64::from_str_radix(number, 16).expect("hex")
    }

    /// One transaction in a block of its own at `time`: what it logged, or the error's name if it reverted.
    pub(super) async fn send(&self, from: Address, call: Call, time: u64) -> Result<Vec<Log>, String> {
        self.send_with(U256::ZERO, from, call, time).await
    }

    /// The same, with coin.
    pub(super) async fn send_with(
        &self,
        value: U256,
        from: Address,
        (to, data): Call,
        time: u64,
    ) -> Result<Vec<Log>, String> {
        self.request("anvil_setNextBlockTimestamp", json!([time])).await;
        let transaction = json!({
            "from": from, "to": to, "data": data, "value": value, "gas": GAS, "gasPrice": "0x0",
        });
        let receipt = self.request("eth_sendTransactionSync", json!([transaction])).await;
        if receipt["status"] == "0x1" {
            return Ok(logs_in(&receipt["logs"]));
        }
        let hash = receipt["transactionHash"].clone();
        let options = json!({ "tracer": "callTracer", "tracerConfig": { "onlyTopCall": true } });
        let trace = self.request("debug_traceTransaction", json!([hash, options])).await;
        Err(self.error_name(trace["output"].as_str().unwrap_or_default()))
    }

    fn error_name(&self, output: &str) -> String {
        let data = hex::decode(output).unwrap_or_default();
        if data.is_empty() {
            return Refusal::UNTOLD.0.to_owned();
        }
        let selector = data.first_chunk::<4>();
        let name = selector.and_then(|selector| self.errors.get(selector)).cloned();
        name.unwrap_or_else(|| format!("an unknown error {output:?}"))
    }

    /// The answers to many questions about the newest block. A question of no words is after an account's coin.
    pub(super) async fn ask(&self, calls: &[Call]) -> Vec<Bytes> {
        let batch: Vec<Value> = calls
            .iter()
            .enumerate()
            .map(|(id, (to, data))| {
                let (method, params) = if data.is_empty() {
                    ("eth_getBalance", json!([to, "latest"]))
                } else {
                    ("eth_call", json!([{ "to": to, "data": data }, "latest"]))
                };
                json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
            })
            .collect();
        let mut answers = self.post(&Value::Array(batch)).await;
        let answers = answers.as_array_mut().expect("as many answers as questions");
        answers.sort_by_key(|answer| answer["id"].as_u64());
        assert_eq!(answers.len(), calls.len(), "as many answers as questions");
        answers
            .iter()
            .zip(calls)
            .map(|(answer, (_, data))| {
                let text = answer["result"].as_str().unwrap_or_else(|| panic!("no figure but {answer}"));
                if data.is_empty() {
                    // A number, written without leading zeros.
                    return text.parse::<U256>().expect("a number").to_be_bytes::<32>().into();
                }
                text.parse().expect("hex")
            })
            .collect()
    }

    async fn request(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut answer = self.post(&body).await;
        assert!(answer.get("error").is_none(), "{method} failed: {answer}");
        answer["result"].take()
    }

    async fn post(&self, body: &Value) -> Value {
        let sent = self.http.post(self.stack.chain.rpc_url()).json(body).send().await.expect("Anvil answers");
        sent.json().await.expect("JSON")
    }
}

/// A contract besides the suite.
struct Extra {
    address: Address,
    creation: Bytes,
}

impl Extra {
    fn new(salt: B256, code: &[u8]) -> Self {
        let address = CREATE2_DEPLOYER.create2(salt, keccak256(code));
        Self { address, creation: [salt.as_slice(), code].concat().into() }
    }
}

fn code(name: &str) -> Vec<u8> {
    Artifact::read(name).expect("the artifact").bytecode.to_vec()
}

fn number(user: Account) -> usize {
    match user {
        Account::User(user) => user as usize,
        other => unreachable!("{other:?} is no user"),
    }
}

fn addresses(deployment: &Deployment) -> BTreeMap<String, Address> {
    deployment.contracts.iter().map(|(name, placed)| (name.clone(), placed.address)).collect()
}

/// Where everything is, in the model's names.
fn book(contracts: &BTreeMap<String, Address>, tokens: [Address; 4], users: Vec<Address>) -> Book {
    let places = Contracts {
        timelock: contracts["Timelock"],
        vault: contracts["Vault"],
        listings: contracts["Listings"],
        market: contracts["Market"],
        revenue: contracts["Revenue"],
        staking: contracts["Staking"],
        merkle_gate: contracts["MerkleGate"],
        tier_gate: contracts["TierGate"],
        token_gate: contracts["TokenGate"],
    };
    let mut texts = Token::REAL.map(TokenText::of).into_iter().flatten();
    let tokens = tokens.map(|address| TokenPlace { address, text: texts.next().unwrap_or_default() });
    Book { contracts: places, tokens, users }
}

fn logs_in(list: &Value) -> Vec<Log> {
    let logs: Vec<alloy::rpc::types::Log> = serde_json::from_value(list.clone()).expect("logs");
    logs.into_iter().map(|log| log.inner).collect()
}

/// Every error that any contract's ABI declares, by selector.
fn error_names() -> BTreeMap<[u8; 4], String> {
    let mut names = BTreeMap::from([([0x4e, 0x48, 0x7b, 0x71], "Panic".to_owned())]);
    let folder = checkout::root().join("contracts/artifacts");
    for file in std::fs::read_dir(folder).expect("the artifacts' folder") {
        let text = std::fs::read_to_string(file.expect("a file").path()).expect("an artifact");
        let artifact: Value = serde_json::from_str(&text).expect("JSON");
        let abi: JsonAbi = serde_json::from_value(artifact["abi"].clone()).expect("an ABI");
        names.extend(abi.errors().map(|error| (error.selector().0, error.name.clone())));
    }
    names
}
