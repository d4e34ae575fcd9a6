//! `stoa deploy` against a real chain.

use std::{
    path::Path,
    process::{Command, Output},
};

use alloy::{
    network::EthereumWallet,
    primitives::{Address, B256, U256},
    providers::{Provider as _, ProviderBuilder},
    rpc::types::Filter,
    signers::local::PrivateKeySigner,
    sol_types::SolEvent as _,
};
use stoa_contracts::{
    Revenue, Staking, StoaToken,
    Vault::{self, TokenDescribed},
};
use stoa_scripts::{
    deploy::{self, Deployment, Options, Parameters},
    testing::{Anvil, AnvilOptions, Bin},
};

fn options(rpc_url: &str, file: &Path) -> Options {
    Options {
        rpc_url: rpc_url.parse().unwrap(),
        signer: Anvil::signer(0),
        file: Some(file.to_owned()),
        chain_id: None,
        parameters: None,
    }
}

#[tokio::test]
async fn deploys_once_and_then_only_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("31337.json");
    let chain = Anvil::start().await;
    let first = deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
    assert_eq!(first.placed.len(), 12);
    let written = std::fs::read_to_string(&file).unwrap();
    let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap());
    let block = provider.get_block_number().await.unwrap();

    let second = deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
    assert!(second.placed.is_empty());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
    assert_eq!(provider.get_block_number().await.unwrap(), block, "a second run must send nothing");
    for placed in first.deployment.contracts.values() {
        let receipt = provider.get_transaction_receipt(placed.transaction).await.unwrap().unwrap();
        assert_eq!(receipt.block_number, Some(placed.block));
    }
    assert_eq!(first.deployment.block, first.deployment.contracts["Deployer"].block);

    // Whoever indexes from the first block on learns what STOA is called.
    let at = |name: &str| first.deployment.address(name).unwrap();
    let filter = Filter::new().address(at("Vault")).event_signature(TokenDescribed::SIGNATURE_HASH);
    let logs = provider.get_logs(&filter.from_block(0)).await.unwrap();
    let told: Vec<_> = logs.iter().map(|log| TokenDescribed::decode_log(&log.inner).unwrap().data).collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].token, told[0].symbol.as_str(), told[0].decimals), (at("StoaToken"), "STOA", 18));
}

#[tokio::test]
async fn a_lost_file_is_found_again_on_the_chain() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("31337.json");
    let chain = Anvil::start().await;
    deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
    let written = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let again = deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
    assert!(again.placed.is_empty());
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
}

/// Two chains with equal blocks: one is deployed in one go, the other is interrupted after its first steps.
#[tokio::test]
async fn an_interrupted_deployment_ends_like_an_uninterrupted_one() {
    let folder = tempfile::tempdir().unwrap();
    let whole_file = folder.path().join("whole.json");
    let whole_chain = Anvil::start().await;
    let whole = deploy::deploy(&options(whole_chain.rpc_url(), &whole_file), &|_| {}).await.unwrap();

    for steps in 1..=4 {
        let file = folder.path().join(format!("resumed-{steps}.json"));
        let chain = Anvil::start().await;
        replay_first_transactions(&whole_chain, &chain, steps).await;
        let resumed = deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
        assert_eq!(resumed.deployment, whole.deployment, "after {steps} steps");
        // The second step configures; it places nothing.
        let before = if steps == 1 { 1 } else { steps - 1 };
        assert_eq!(resumed.placed.len() as u64, 12 - before);
    }
}

async fn replay_first_transactions(from: &Anvil, to: &Anvil, count: u64) {
    let source = ProviderBuilder::new().connect_http(from.rpc_url().parse().unwrap());
    let wallet = EthereumWallet::from(Anvil::signer(0));
    let target = ProviderBuilder::new().wallet(wallet).connect_http(to.rpc_url().parse().unwrap());
    for number in 1..=count {
        let block = source.get_block_by_number(number.into()).full().await.unwrap().unwrap();
        for transaction in block.transactions.into_transactions() {
            let request = transaction.into_request();
            target.send_transaction(request).await.unwrap().get_receipt().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_new_local_chain_is_deployed_to_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("31337.json");
    let first = Anvil::start().await;
    deploy::deploy(&options(first.rpc_url(), &file), &|_| {}).await.unwrap();
    drop(first);
    let second = Anvil::start().await;
    let outcome = deploy::deploy(&options(second.rpc_url(), &file), &|_| {}).await.unwrap();
    assert_eq!(outcome.placed.len(), 12);
}

/// Other code has other addresses, as another operator has; the older contracts are still there.
#[tokio::test]
async fn a_local_chain_that_holds_an_older_deployment_is_not_new() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("31337.json");
    let chain = Anvil::start().await;
    deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
    let other = Options { signer: Anvil::signer(1), ..options(chain.rpc_url(), &file) };
    let error = deploy::deploy(&other, &|_| {}).await.unwrap_err();
    assert!(error.is_other_code(), "{error}");
    assert!(error.to_string().contains("deploy new code with another --out"), "{error}");
}

#[tokio::test]
async fn code_that_is_not_the_artifact_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("31337.json");
    let chain = Anvil::start().await;
    let outcome = deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap();
    let vault = outcome.deployment.contracts["Vault"].address;
    let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap());
    let _: () = provider.client().request("anvil_setCode", (vault, "0x6001")).await.unwrap();
    let error = deploy::deploy(&options(chain.rpc_url(), &file), &|_| {}).await.unwrap_err().to_string();
    let expected =
        format!("the code of Vault at {vault} is not that of the artifact or of the deployment file");
    assert_eq!(error, expected);
}

/// Two chains that differ in all that a chain may differ in: id, wrapped coin, governors, fee, STOA's home.
#[tokio::test]
async fn addresses_are_equal_on_every_chain() {
    let folder = tempfile::tempdir().unwrap();
    let home = Parameters { weth: Address::repeat_byte(0x11), ..Parameters::local(Address::repeat_byte(1)) };
    let away = Parameters {
        timelock_delay: 172_800,
        proposers: vec![Address::repeat_byte(2)],
        executors: vec![Address::repeat_byte(3)],
        fee_bps: 100,
        stoa_holder: Address::repeat_byte(4),
        weth: Address::repeat_byte(0x22),
        bridged_stoa: Address::repeat_byte(0x33),
    };
    let (first_chain, first) = deployed(1, &home, folder.path()).await;
    let (second_chain, second) = deployed(10, &away, folder.path()).await;

    let places = |deployment: &Deployment| -> Vec<(String, Address)> {
        deployment.contracts.iter().map(|(name, placed)| (name.clone(), placed.address)).collect()
    };
    assert_eq!(first.contracts.len(), 11);
    assert_eq!(places(&first), places(&second));
    assert_facts(&first_chain, &first, &home).await;
    assert_facts(&second_chain, &second, &away).await;
    for chain in [&first_chain, &second_chain] {
        let verified = stoa(&["deploy", "verify", "--rpc-url", chain.rpc_url(), "--out", &out(&folder)]);
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
}

fn out(folder: &tempfile::TempDir) -> String {
    folder.path().display().to_string()
}

/// Constructors keep these addresses for good.
#[tokio::test]
async fn a_token_that_is_not_there_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let chain = Anvil::start_with(AnvilOptions { chain_id: Some(10), ..AnvilOptions::default() }).await;
    let (operator, token) = (Address::repeat_byte(0x5a), Address::repeat_byte(0x33));
    let dry_run = |option: &str| {
        let (operator, token) = (operator.to_string(), token.to_string());
        let mut args = vec!["deploy", "--rpc-url", chain.rpc_url(), "--out", folder.path().to_str().unwrap()];
        args.extend(["--dry-run", "--operator", &operator, "--fee-bps", "250", "--timelock-delay", "60"]);
        args.extend(["--proposer", &operator, "--stoa-holder", &operator, option, &token]);
        if option != "--weth" {
            args.extend(["--weth", "0x0000000000000000000000000000000000000000"]);
        }
        stoa(&args)
    };
    for option in ["--weth", "--bridged-stoa"] {
        let output = dry_run(option);
        let expected = format!(
            "stoa: there is no contract at {token} on chain 10, which {option} names: nothing was sent, since it could \
             never be changed\n"
        );
        assert_eq!(String::from_utf8(output.stderr).unwrap(), expected);
        assert_eq!(output.status.code(), Some(1));
    }
    has_code(&chain, token).await;
    let output = dry_run("--bridged-stoa");
    let table = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<String> =
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for row in [&format!("STOA bridged, as {token}"), "all STOA goes to nobody: none is minted here"] {
        assert!(rows.iter().any(|found| found == row), "{row:?} is not in\n{table}");
    }
}

/// What is there before anything of the suite is: coin's wrapper, and STOA where it was bridged.
async fn has_code(chain: &Anvil, token: Address) {
    let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap());
    let code = deploy::Artifact::read("DemoUSD").unwrap().deployed_bytecode;
    let _: () = provider.client().request("anvil_setCode", (token, code)).await.unwrap();
}

/// Deploys to a new chain, as an operator whom nobody knows.
async fn deployed(chain_id: u64, parameters: &Parameters, folder: &Path) -> (Anvil, Deployment) {
    let signer = PrivateKeySigner::from_bytes(&B256::repeat_byte(0x5a)).unwrap();
    let chain = Anvil::start_with(AnvilOptions { chain_id: Some(chain_id), ..AnvilOptions::default() }).await;
    let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap());
    let funds = (signer.address(), U256::from(10).pow(U256::from(20)));
    let _: () = provider.client().request("anvil_setBalance", funds).await.unwrap();
    for token in [parameters.weth, parameters.bridged_stoa] {
        if token != Address::ZERO {
            has_code(&chain, token).await;
        }
    }
    let options = Options {
        signer,
        parameters: Some(parameters.clone()),
        ..options(chain.rpc_url(), &folder.join(format!("{chain_id}.json")))
    };
    let outcome = deploy::deploy(&options, &|_| {}).await.unwrap();
    assert_eq!(outcome.deployment.chain_id, chain_id);
    (chain, outcome.deployment)
}

/// The contracts of each chain know that chain's parameters.
async fn assert_facts(chain: &Anvil, deployment: &Deployment, parameters: &Parameters) {
    let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap());
    let address = |name| deployment.address(name).unwrap();
    let vault = Vault::new(address("Vault"), &provider);
    assert_eq!(vault.weth().call().await.unwrap(), parameters.weth);
    assert_eq!(vault.eip712Domain().call().await.unwrap().chainId, U256::from(deployment.chain_id));
    let revenue = Revenue::new(address("Revenue"), &provider);
    assert_eq!(revenue.feeBps().call().await.unwrap(), parameters.fee_bps);
    let staking = Staking::new(address("Staking"), &provider);
    let stoa = StoaToken::new(address("StoaToken"), &provider);
    let supply = stoa.totalSupply().call().await.unwrap();
    assert_eq!(stoa.balanceOf(parameters.stoa_holder).call().await.unwrap(), supply);
    let fees = staking.tokens().call().await.unwrap();
    if parameters.bridged_stoa == Address::ZERO {
        assert_eq!((supply, fees), (stoa.SUPPLY().call().await.unwrap(), vec![address("StoaToken")]));
    } else {
        assert_eq!((supply, fees), (U256::ZERO, vec![parameters.bridged_stoa]));
    }
}

fn stoa(args: &[&str]) -> Output {
    Command::new(Bin::path("stoa")).args(args).output().unwrap()
}

#[tokio::test]
async fn the_command_says_what_is_wrong() {
    let said = |code: i32, args: &[&str]| {
        let output = stoa(args);
        assert_eq!(output.status.code(), Some(code));
        String::from_utf8(output.stderr).unwrap()
    };
    let nobody = said(5, &["deploy", "--rpc-url", "http://127.0.0.1:1"]);
    assert!(nobody.contains("no chain answers at http://127.0.0.1:1: Connection refused"), "{nobody}");

    let other = AnvilOptions { chain_id: Some(84532), ..AnvilOptions::default() };
    let chain = Anvil::start_with(other).await;
    let url = chain.rpc_url();
    let key = said(1, &["deploy", "--rpc-url", url]);
    assert!(key.contains("nobody signs: give --wallet NAME"), "{key}");
    let wrong = said(5, &["deploy", "--rpc-url", url, "--chain-id", "8453"]);
    assert!(wrong.contains("has id 84532, but 8453 is wanted"), "{wrong}");
    let unset = said(1, &["deploy", "--rpc-url", url, "--key-env", "STOA_NO_SUCH_KEY"]);
    assert!(unset.contains("--key-env names STOA_NO_SUCH_KEY, which is not set"), "{unset}");
    let half = said(1, &["deploy", "--rpc-url", url, "--fee-bps", "250"]);
    assert!(half.contains("parameters are given all together"), "{half}");
}

#[tokio::test]
async fn the_command_writes_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let chain = Anvil::start().await;
    let out = folder.path().to_str().unwrap();
    let output = stoa(&["deploy", "--rpc-url", chain.rpc_url(), "--out", out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let deployment = Deployment::read(&folder.path().join("31337.json")).unwrap().unwrap();
    assert_ne!(deployment.address("DemoUSD").unwrap(), Address::ZERO);
}
