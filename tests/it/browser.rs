//! People open the page in a real browser: a visitor sees the purchase that was just made, and users with wallets of
//! their own do their work.

use std::process::Command;

use alloy::network::{EthereumWallet, TransactionBuilder};
use alloy::primitives::{Address, Bytes};
use alloy::providers::{Provider, ProviderBuilder};
use alloy::rpc::types::TransactionRequest;
use serde_json::Value;
use stoa_scripts::checkout;
use stoa_scripts::deploy::Parameters;
use stoa_scripts::testing::Anvil;

use crate::support::{Actors, Stack, eventually};

const PRICE: u128 = 19_990_000;

#[tokio::test]
async fn the_page_shows_a_purchase() {
    let stack = Stack::start().await;
    let actors = Actors::of(&stack);
    let _indexer = stack.index_into(&stack.database, "indexer");
    let (_api, url) = stack.api("api").await;
    let listing = actors.list(1, "Tidal 7B", &[]).await;
    let plan = actors.plan(1, listing, PRICE).await;
    actors.fund(2, PRICE).await;
    let sale = actors.buy(2, plan, 1, PRICE).await;
    let purchase = format!("31337-{}-{}", sale.block, sale.log_index);
    eventually(&format!("{url}/v1/purchases"), "the purchase", |body| body["data"][0]["id"] == purchase)
        .await;

    let mut browser = script("test/browser.mjs");
    browser
        .args(["--url", &url, "--listing", &format!("31337-{listing}")])
        .args(["--purchase", &purchase, "--screenshots"])
        .arg(checkout::root().join("tests/screenshots"));
    passes(browser).await;
}

/// A provider, a buyer, a staker, a shareholder and an analyst, each with a wallet of their own.
#[tokio::test]
async fn people_do_their_work_on_the_page() {
    let chain = Anvil::start().await;
    // People pay in the chain's coin, too, so it needs a wrapped one.
    let weth = wrapped_coin(&chain).await;
    let parameters = Parameters { weth, ..Parameters::local(Anvil::signer(0).address()) };
    let stack = Stack::on(chain, Some(parameters)).await;
    let _indexer = stack.index_into(&stack.database, "indexer");
    let (_api, url) = stack.open_api("api").await;
    eventually(&format!("{url}/v1/status"), "the chain", |body| {
        body["data"]["chains"][0]["protocol"].is_object()
    })
    .await;
    let mut stories = script("test/stories.mjs");
    stories.args([url.as_str(), stack.chain.rpc_url()]);
    passes(stories).await;
}

/// The wrapped coin of demo chains.
async fn wrapped_coin(chain: &Anvil) -> Address {
    let file = checkout::root().join("contracts/artifacts/DemoWETH.json");
    let artifact: Value = serde_json::from_slice(&std::fs::read(file).expect("an artifact")).expect("JSON");
    let code: Bytes = artifact["bytecode"].as_str().expect("bytecode").parse().expect("hex");
    let wallet = EthereumWallet::new(Anvil::signer(9));
    let provider =
        ProviderBuilder::new().wallet(wallet).connect_http(chain.rpc_url().parse().expect("a URL"));
    let sent = provider.send_transaction(TransactionRequest::default().with_deploy_code(code)).await;
    let receipt = sent.expect("sent").get_receipt().await.expect("a receipt");
    receipt.contract_address.expect("a contract")
}

fn script(path: &str) -> Command {
    let web = checkout::root().join("api/web");
    assert!(
        web.join("dist/index.html").is_file() && web.join("node_modules").is_dir(),
        "the page is not built: run `npm ci && npm run build` in api/web, or `cargo verify`"
    );
    let mut node = Command::new("node");
    node.current_dir(web).arg(path);
    node
}

async fn passes(mut script: Command) {
    let output =
        tokio::task::spawn_blocking(move || script.output()).await.expect("it ended").expect("Node runs");
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}");
}
