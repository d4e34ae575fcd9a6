//! Several chains in one process, from one configuration file: each goes on whatever the other's node does.

use std::net::Ipv4Addr;
use std::path::Path;

use alloy::primitives::U256;
use alloy::providers::{Provider as _, ProviderBuilder};
use alloy::signers::local::PrivateKeySigner;
use serde_json::Value;
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::deploy::Parameters;
use stoa_scripts::testing::{Anvil, AnvilOptions, Bin, TestDatabase};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::support::{Actors, Stack, eventually, free_address, same_rows};

/// The usual chain, and the one beside it.
const HERE: u64 = 31_337;
const THERE: u64 = 31_338;

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

/// What listens at one port of this machine and stands for another, for as long as it is kept.
async fn open(address: &str, to: u16) -> JoinSet<()> {
    let listener = TcpListener::bind(address).await.expect("a free port");
    let mut door = JoinSet::new();
    door.spawn(async move {
        let mut visits = JoinSet::new();
        while let Ok((mut visitor, _)) = listener.accept().await {
            visits.spawn(async move {
                let Ok(mut node) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await else { return };
                // Whoever hangs up first ends it.
                let _ended = tokio::io::copy_bidirectional(&mut visitor, &mut node).await;
            });
        }
    });
    door
}

#[tokio::test]
async fn a_chain_whose_node_is_down_does_not_stop_another() {
    let folder = TempDir::new().expect("a temporary folder");
    let here = Stack::start().await;
    let node = Anvil::start_with(AnvilOptions { chain_id: Some(THERE), ..AnvilOptions::default() }).await;
    let there = deployed(node).await;
    // The node is away while nothing listens where the indexer looks for it.
    let address = free_address();
    let door = open(&address, there.chain.port()).await;
    let config = folder.path().join("stoa-indexer.toml");
    let text = chain(&here, "${STOA_TEST_RPC}") + &chain(&there, &format!("http://{address}"));
    std::fs::write(&config, text).expect("the configuration file");
    let (us, them) = (Actors::of(&here), Actors::of(&there));
    us.list(1, "Here", &[]).await;
    them.list(1, "There", &[]).await;
    let (indexer, status) = index(&config, &here, &here.database, "both.log");
    reached(&status, HERE, &us).await;
    reached(&status, THERE, &them).await;

    // The other node goes: this chain is followed on, and /status says of which one there is trouble.
    drop(door);
    for n in 0..5 {
        us.list(2, &format!("Meanwhile {n}"), &[]).await;
    }
    reached(&status, HERE, &us).await;
    let told = eventually(&status, "trouble there", |body| of(body, THERE)["trouble"].is_string()).await;
    assert!(of(&told, HERE)["trouble"].is_null(), "{told:#}");
    assert!(indexer.exited().is_none(), "it runs on");

    // And comes back.
    let door = open(&address, there.chain.port()).await;
    them.list(2, "Again", &[]).await;
    reached(&status, THERE, &them).await;
    us.list(3, "At last", &[]).await;
    reached(&status, HERE, &us).await;
    indexer.stop().await;

    // A start while one of the nodes is away is no reason to wait for it.
    drop(door);
    let (indexer, status) = index(&config, &here, &here.database, "one.log");
    us.list(4, "Alone", &[]).await;
    reached(&status, HERE, &us).await;
    let _door = open(&address, there.chain.port()).await;
    reached(&status, THERE, &them).await;

    let fresh = TestDatabase::create().await;
    let (other, elsewhere) = index(&config, &here, &fresh, "fresh.log");
    reached(&elsewhere, HERE, &us).await;
    reached(&elsewhere, THERE, &them).await;
    indexer.stop().await;
    other.stop().await;
    same_rows(&here.database, &fresh).await;
}
