//! Several chains in one process, from one configuration file: each goes on whatever the other's node does.

use std::path::Path;

use alloy::primitives::U256;
use alloy::providers::{Provider as _, ProviderBuilder};
use alloy::signers::local::PrivateKeySigner;
use serde_json::Value;
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::deploy::Parameters;
use stoa_scripts::testing::{Anvil, AnvilOptions, Bin, TestDatabase};
use tempfile::TempDir;

use crate::support::{Actors, Stack, eventually, free_address, same_rows};

/// The usual chain, and the one beside it.
const HERE: u64 = 31_337;
const THERE: u64 = 31_338;

/// The other chain, kept in a file while its node is down.
fn options(state: &Path, port: Option<u16>) -> AnvilOptions {
    AnvilOptions { chain_id: Some(THERE), state: Some(state.to_owned()), port, ..AnvilOptions::default() }
}

/// A deployment on a chain that is not the usual one, by somebody who has been given coin.
async fn deployed(node: Anvil) -> Stack {
    let signer = PrivateKeySigner::random();
    let provider = ProviderBuilder::new().connect_http(node.rpc_url().parse().expect("a URL"));
    let coin = U256::from(10).pow(U256::from(20));
    let _: Value =
        provider.client().request("anvil_setBalance", (signer.address(), coin)).await.expect("coin");
    let parameters = Parameters::local(signer.address());
    Stack::by(signer, node, Some(parameters)).await
}

/// One process for all chains of a configuration file, with the URL of its status.
fn index(config: &Path, here: &Stack, database: &TestDatabase, name: &str) -> (Child, String) {
    let address = free_address();
    let child = Spec::new("stoa-indexer", Bin::path("stoa-indexer"), config.with_file_name(name))
        .args(["run", "--http", &address, "--database-url", database.url(), "--config"])
        .arg(config)
        .env("STOA_TEST_RPC", here.chain.rpc_url())
        .start()
        .expect("the indexer starts");
    (child, format!("http://{address}/status"))
}

fn chain(stack: &Stack, rpc: &str) -> String {
    let deployment = stack.deployment_file().display();
    format!("[[chain]]\ndeployment = \"{deployment}\"\nrpc = [\"{rpc}\"]\npoll_ms = 20\ntimeout = 2\n\n")
}

fn of(status: &Value, chain: u64) -> Value {
    let chains = status["chains"].as_array();
    let found = chains.and_then(|chains| chains.iter().find(|status| status["chain_id"] == chain));
    found.cloned().unwrap_or_default()
}

/// Waits until the process has this chain's newest block.
async fn reached(status: &str, chain: u64, actors: &Actors) {
    let head = actors.provider.get_block_number().await.expect("a head");
    let there = |body: &Value| of(body, chain)["projected_block"].as_u64() >= Some(head);
    eventually(status, &format!("block {head} of chain {chain}"), there).await;
}

#[tokio::test]
async fn a_chain_whose_node_is_down_does_not_stop_another() {
    let folder = TempDir::new().expect("a temporary folder");
    let state = folder.path().join("state.json");
    let here = Stack::start().await;
    let node = Anvil::start_with(options(&state, None)).await;
    let mut there = deployed(node).await;
    let port = there.chain.port();
    let config = folder.path().join("stoa-indexer.toml");
    let text = chain(&here, "${STOA_TEST_RPC}") + &chain(&there, there.chain.rpc_url());
    std::fs::write(&config, text).expect("the configuration file");
    let (us, them) = (Actors::of(&here), Actors::of(&there));
    us.list(1, "Here", &[]).await;
    them.list(1, "There", &[]).await;
    let (indexer, status) = index(&config, &here, &here.database, "both.log");
    reached(&status, HERE, &us).await;
    reached(&status, THERE, &them).await;

    // The other node goes: this chain is followed on, and /status says of which one there is trouble.
    there.chain.stop().await;
    for n in 0..5 {
        us.list(2, &format!("Meanwhile {n}"), &[]).await;
    }
    reached(&status, HERE, &us).await;
    let told = eventually(&status, "trouble there", |body| of(body, THERE)["trouble"].is_string()).await;
    assert!(of(&told, HERE)["trouble"].is_null(), "{told:#}");
    assert!(indexer.exited().is_none(), "it runs on");

    // And comes back.
    there.chain = Anvil::start_with(options(&state, Some(port))).await;
    Actors::of(&there).list(2, "Again", &[]).await;
    reached(&status, THERE, &Actors::of(&there)).await;
    us.list(3, "At last", &[]).await;
    reached(&status, HERE, &us).await;
    indexer.stop().await;

    // A start while one of the nodes is away is no reason to wait for it.
    there.chain.stop().await;
    let (indexer, status) = index(&config, &here, &here.database, "one.log");
    us.list(4, "Alone", &[]).await;
    reached(&status, HERE, &us).await;
    there.chain = Anvil::start_with(options(&state, Some(port))).await;
    reached(&status, THERE, &Actors::of(&there)).await;

    let fresh = TestDatabase::create().await;
    let (other, elsewhere) = index(&config, &here, &fresh, "fresh.log");
    reached(&elsewhere, HERE, &us).await;
    reached(&elsewhere, THERE, &Actors::of(&there)).await;
    indexer.stop().await;
    other.stop().await;
    same_rows(&here.database, &fresh).await;
}
