//! `stoa deploy`: what it would do, and what it refuses.

use std::{path::PathBuf, process::Command};

use alloy::{
    primitives::{Address, B256, U256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
    sol_types::SolCall,
};
use serde_json::Value;
use stoa_scripts::{
    anvil,
    deploy::{self, CREATE2_DEPLOYER, Deployment, Options},
    testing::{Anvil, AnvilOptions, Bin},
};
use tempfile::TempDir;

use super::{Said, crashes::Endpoint, said};

const ONE_TIME_SENDER: &str = "0x3fAB184622Dc19b6109349B94811493BF2a45362";

pub(super) struct Site {
    pub(super) chain: Anvil,
    pub(super) provider: DynProvider,
    pub(super) folder: TempDir,
}

impl Site {
    async fn start(options: AnvilOptions) -> Self {
        let chain = Anvil::start_with(options).await;
        let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap()).erased();
        Self { chain, provider, folder: tempfile::tempdir().unwrap() }
    }

    async fn local() -> Self {
        Self::start(AnvilOptions::default()).await
    }

    /// With the suite on it.
    pub(super) async fn deployed() -> (Self, Deployment) {
        let site = Self::local().await;
        let deployment = site.place().await.unwrap();
        (site, deployment)
    }

    pub(super) async fn place(&self) -> Result<Deployment, deploy::Error> {
        let options = Options {
            rpc_url: self.chain.rpc_url().parse().unwrap(),
            signer: Anvil::signer(0),
            file: Some(self.file()),
            chain_id: None,
            parameters: None,
        };
        deploy::deploy(&options, &|_| {}).await.map(|outcome| outcome.deployment)
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("31337.json")
    }

    /// `stoa deploy …` on this chain.
    pub(super) fn says(&self, line: &str) -> Said {
        self.says_at(self.chain.rpc_url(), line)
    }

    fn says_at(&self, url: &str, line: &str) -> Said {
        let mut command = Command::new(Bin::path("stoa"));
        command.arg("deploy").args(line.split(' ').filter(|word| !word.is_empty()));
        command.args(["--rpc-url", url, "--out"]).arg(self.folder.path());
        command.env_remove("STOA_NETWORK").env_remove("STOA_WALLET");
        command.env("STOA_WALLETS", self.folder.path().join("wallets"));
        said(command.output().unwrap())
    }

    pub(super) async fn request(&self, method: &'static str, params: Value) -> Value {
        self.provider.client().request(method, params).await.unwrap()
    }

    /// A call in another's name, whose key nobody has.
    pub(super) async fn as_if(&self, from: Address, to: Address, call: &impl SolCall) {
        self.request("anvil_impersonateAccount", serde_json::json!([from])).await;
        self.request("anvil_setBalance", serde_json::json!([from, "0xde0b6b3a7640000"])).await;
        let request = TransactionRequest::default().from(from).to(to).input(call.abi_encode().into());
        let hash: B256 = self.provider.client().request("eth_sendTransaction", (request,)).await.unwrap();
        // The chain mines on its own time.
        let receipt = loop {
            if let Some(receipt) = self.provider.get_transaction_receipt(hash).await.unwrap() {
                break receipt;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        };
        assert!(receipt.status());
    }

    async fn blocks(&self) -> u64 {
        self.provider.get_block_number().await.unwrap()
    }
}

pub(super) fn json(said: &Said) -> Value {
    assert_eq!(said.code, 0, "{}", said.err);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.out))
}

#[tokio::test]
async fn a_dry_run_sends_nothing_and_foretells_addresses_gas_and_cost() {
    let site = Site::local().await;
    let forecast = json(&site.says("--dry-run --json"));
    assert_eq!(site.blocks().await, 0);
    assert!(!site.file().exists());
    let operator = Anvil::signer(0).address();
    let by_address = json(&site.says(&format!("--dry-run --operator {operator} --json")));
    assert_eq!(by_address["steps"], forecast["steps"], "no key is needed to look");

    let before = site.provider.get_balance(operator).await.unwrap();
    let placed = json(&site.says("--json"));
    let after = site.provider.get_balance(operator).await.unwrap();
    let steps = forecast["steps"].as_array().unwrap();
    let mut gas = 0;
    for (block, step) in (1..).zip(steps) {
        let block = site.provider.get_block_by_number(block.into()).full().await.unwrap().unwrap();
        let hash = block.transactions.hashes().next().unwrap();
        let receipt = site.provider.get_transaction_receipt(hash).await.unwrap().unwrap();
        let foretold = step["gas"].as_u64().unwrap();
        assert_eq!(foretold, receipt.gas_used, "{}", step["what"]);
        gas += foretold;
        if let Some(address) = step["address"].as_str() {
            let name = step["what"].as_str().unwrap().strip_prefix("placing ").unwrap();
            let found = placed["deployment"]["contracts"][name]["address"].as_str().unwrap();
            assert!(found.eq_ignore_ascii_case(address), "{name} is at {found}, not {address}");
        }
    }
    assert_eq!(forecast["gas"].as_u64(), Some(gas));
    let most: U256 = forecast["maxCost"].as_str().unwrap().parse().unwrap();
    assert!(before - after <= most, "{} was spent, {most} foretold", before - after);

    let blocks = site.blocks().await;
    let again = site.says("--dry-run");
    assert!(again.out.contains("Everything is there: nothing would be sent."), "{}", again.out);
    assert_eq!(site.blocks().await, blocks);
}

#[tokio::test]
async fn a_dry_run_says_who_has_too_little_and_what_would_fail() {
    let site = Site::local().await;
    let poor = Address::repeat_byte(0x77);
    let told = site.says(&format!("--dry-run --operator {poor}"));
    assert_eq!(told.code, 0, "{}", told.err);
    assert!(told.out.contains("The operator has less than it may cost.\n"), "{}", told.out);
    assert!(told.out.contains("Nothing was sent."), "{}", told.out);
    // More than the Timelock allows, which its constructor refuses.
    let parameters = format!("--fee-bps 250 --timelock-delay 2592001 --proposer {poor} --stoa-holder {poor}");
    let refused = site.says(&format!("--dry-run {parameters}"));
    assert_eq!(refused.code, 3, "{} {}", refused.out, refused.err);
    assert!(refused.err.contains("placing Timelock would fail"), "{}", refused.err);
    let alone = site.says(&format!("--operator {poor}"));
    assert_eq!(alone.code, 2, "{}", alone.err);
}

#[tokio::test]
async fn a_missing_create2_deployer_is_placed_first() {
    let args = vec!["--no-create2".to_owned()];
    let site = Site::start(AnvilOptions { args, ..AnvilOptions::default() }).await;
    let forecast = json(&site.says("--dry-run --json"));
    let steps: Vec<_> =
        forecast["steps"].as_array().unwrap().iter().map(|step| step["what"].clone()).collect();
    assert_eq!(steps[0], "funding the one-time sender of the canonical CREATE2 deployer");
    assert_eq!(steps[1], "placing the canonical CREATE2 deployer, which its one-time sender pays");
    assert_eq!(site.blocks().await, 0);
    json(&site.says("--json"));
    assert!(!site.provider.get_code_at(CREATE2_DEPLOYER).await.unwrap().is_empty());
    let written = Deployment::read(&site.file()).unwrap().unwrap();
    let usual = Site::deployed().await.1;
    let addresses = |deployment: &Deployment| {
        deployment.contracts.iter().map(|(name, at)| (name.clone(), at.address)).collect::<Vec<_>>()
    };
    assert_eq!(addresses(&written), addresses(&usual));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create2_deployer_that_cannot_be_placed_is_said_with_the_reason() {
    let args = vec!["--no-create2".to_owned()];
    let site = Site::start(AnvilOptions { args, ..AnvilOptions::default() }).await;
    let rich = serde_json::json!([ONE_TIME_SENDER, "0xde0b6b3a7640000"]);
    site.request("anvil_setBalance", rich).await;
    let reason = "only replay-protected (EIP-155) transactions allowed over RPC";
    let endpoint = Endpoint::refusing(site.chain.rpc_url(), reason).await;
    let said = site.says_at(&endpoint.url, "");
    assert_eq!(said.code, 1);
    let expected = format!(
        "chain 31337 lacks the canonical CREATE2 deployer at {CREATE2_DEPLOYER}: this endpoint takes no transactions \
         without a chain id ({reason}): use another endpoint"
    );
    assert!(said.err.contains(&expected), "{}", said.err);
    site.request("anvil_setNonce", serde_json::json!([ONE_TIME_SENDER, "0x1"])).await;
    let said = site.says("");
    assert!(said.err.contains("its presigned transaction was used up and failed"), "{}", said.err);
}

#[tokio::test]
async fn fees_stay_below_what_the_operator_allows() {
    let site = Site::local().await;
    let dear = site.says("--max-fee 0.5");
    assert_eq!(dear.code, 4, "{}", dear.err);
    assert!(dear.err.contains("more than --max-fee 0.5: nothing was sent"), "{}", dear.err);
    assert_eq!(site.blocks().await, 0);
    json(&site.says("--max-fee 2.5 --priority-fee 0.25 --json"));
    for number in 1..=site.blocks().await {
        let block = site.provider.get_block_by_number(number.into()).full().await.unwrap().unwrap();
        for transaction in block.transactions.into_transactions() {
            let request = transaction.into_request();
            assert_eq!(request.max_priority_fee_per_gas, Some(250_000_000));
            assert!(request.max_fee_per_gas.unwrap() <= 2_500_000_000);
        }
    }
    for (line, expected) in [
        ("--max-fee cheap", "--max-fee \"cheap\" is no number of gwei"),
        ("--priority-fee -1", "unexpected argument '-1'"),
        ("--confirmations 0", "0 is not in 1.."),
    ] {
        let said = site.says(line);
        assert!(said.code != 0 && said.err.contains(expected), "{line}: {}", said.err);
    }
}

#[tokio::test]
async fn a_chain_of_value_asks_for_a_key_of_ones_own_parameters_and_a_yes() {
    let options = AnvilOptions { chain_id: Some(84_532), ..AnvilOptions::default() };
    let site = Site::start(options).await;
    // A key that is not well known.
    let signer = alloy::signers::local::PrivateKeySigner::random();
    let (account, rich) = (signer.address(), "0x3635c9adc5dea00000");
    site.request("anvil_setBalance", serde_json::json!([account, rich])).await;
    // The network's wrapped coin, which is there before the suite.
    let (weth, code) = ("0x4200000000000000000000000000000000000006", "0x00");
    site.request("anvil_setCode", serde_json::json!([weth, code])).await;
    let said = |line: &str| {
        let mut command = Command::new(Bin::path("stoa"));
        command.args(["deploy", "--rpc-url", site.chain.rpc_url()]).args(line.split(' '));
        command.arg("--out").arg(site.folder.path()).env("KEY", signer.to_bytes().to_string());
        command.env("DEMO", anvil::KEYS[4].to_string());
        super::said(command.output().unwrap())
    };
    let all = format!("--fee-bps 100 --timelock-delay 3600 --proposer {account} --stoa-holder {account}");
    for (line, code, expected) in [
        (
            format!("--wallet demo:0 {all}"),
            1,
            "demo:0 is a well-known key, and network base-sepolia is no local chain",
        ),
        (format!("--key-env DEMO {all}"), 1, "is a well-known key of local chains: everybody has it"),
        (
            format!("--dry-run --operator {} {all}", Anvil::signer(0).address()),
            1,
            "the well-known local key must not",
        ),
        (all.clone(), 1, "nobody signs: give --wallet NAME"),
        ("--key-env KEY".to_owned(), 1, "chain 84532 has no deployment yet: give its parameters"),
        ("--key-env KEY --fee-bps 5".to_owned(), 1, "parameters are given all together"),
        (format!("--key-env KEY {all}"), 4, "nothing was sent: there is no terminal to ask on: give --yes"),
        (format!("--key-env KEY --network base {all}"), 5, "has id 84532, but 8453 is wanted"),
        (format!("--key-env KEY --chain-id 1 {all}"), 5, "has id 84532, but 1 is wanted"),
    ] {
        let said = said(&line);
        assert!(said.err.contains(expected), "{line}: {}", said.err);
        assert_eq!(said.code, code, "{line}: {}", said.err);
    }
    assert_eq!(site.blocks().await, 0, "nothing was sent");

    let done = said(&format!("--key-env KEY --network base-sepolia --yes --confirmations 1 --json {all}"));
    let deployment = &json(&done)["deployment"];
    assert_eq!(deployment["contracts"].as_object().unwrap().len(), 11, "no demo token");
    // The network's own, since none was given.
    assert_eq!(deployment["parameters"]["weth"], weth);
    assert_eq!(said("--key-env KEY --yes").code, 0, "a second run takes the file's parameters");
}

/// What explorers are given compiles to the bytes that are deployed, with the pinned compiler and nothing else.
#[tokio::test]
async fn the_sources_beside_the_file_compile_to_the_artifacts() {
    let site = Site::local().await;
    let done = json(&site.says("--json"));
    let path = site.folder.path().join("31337.sources.json");
    assert_eq!(done["sources"], path.to_str().unwrap());
    let contracts = stoa_scripts::checkout::root().join("contracts");
    let solc = Command::new(contracts.join("bin/solc"))
        .arg("--standard-json")
        .stdin(std::fs::File::open(&path).unwrap())
        .output()
        .unwrap();
    let output: Value = serde_json::from_slice(&solc.stdout).unwrap();
    let names = done["deployment"]["contracts"].as_object().unwrap().keys();
    let mut compared = 0;
    for name in names.map(String::as_str).chain(["RevenueShare"]) {
        let artifact = deploy::Artifact::read(name).unwrap();
        let files = output["contracts"].as_object().unwrap_or_else(|| panic!("{}", output["errors"]));
        let (_, found) = files.iter().find(|(path, _)| path.ends_with(&format!("/{name}.sol"))).unwrap();
        let evm = &found[name]["evm"];
        assert_eq!(evm["bytecode"]["object"], alloy::hex::encode(&artifact.bytecode), "{name}");
        assert_eq!(
            evm["deployedBytecode"]["object"],
            alloy::hex::encode(&artifact.deployed_bytecode),
            "{name}"
        );
        compared += 1;
    }
    assert_eq!(compared, 13);
}
