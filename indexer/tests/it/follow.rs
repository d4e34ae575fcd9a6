//! The binary against a real node: exit codes, `--until`, restarts, chains that are not the database's.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use alloy::primitives::{Address, U64};
use alloy::rpc::client::ClientBuilder;
use stoa_scripts::testing::{Anvil, AnvilOptions, TestDatabase};
use tempfile::TempDir;

use crate::support::connect;

/// A deployment file whose contracts hold no code: every block is empty for the indexer.
fn deployment_file(folder: &TempDir, chain_id: u64) -> PathBuf {
    let contract = |n: u8| serde_json::json!({ "address": Address::repeat_byte(n) });
    let file = serde_json::json!({
        "chainId": chain_id,
        "block": 1,
        "contracts": {
            "Vault": contract(1), "Listings": contract(2), "Market": contract(3), "Revenue": contract(4), "Staking": contract(5), "MerkleGate": contract(6), "TierGate": contract(7), "TokenGate": contract(8),
        },
    });
    let path = folder.path().join("deployment.json");
    std::fs::write(&path, file.to_string()).expect("the file is writable");
    path
}

/// Runs the indexer to its end, apart from the runtime.
async fn index(database: &TestDatabase, rpc_url: &str, deployment: &Path, until: u64) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stoa-indexer"));
    command
        .args(["run", "--database-url", database.url(), "--rpc-url", rpc_url, "--poll-ms", "20"])
        .args(["--until", &until.to_string(), "--deployment"])
        .arg(deployment);
    tokio::task::spawn_blocking(move || command.output().expect("the indexer runs")).await.expect("it ended")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn stored_block(database: &TestDatabase) -> i64 {
    sqlx::query_scalar("SELECT stored_block FROM archive.cursor")
        .fetch_one(&mut connect(database).await)
        .await
        .expect("a cursor")
}

/// One of Anvil's own methods.
async fn cheat<P: serde::Serialize + Clone + std::fmt::Debug + Send + Sync + Unpin + 'static>(
    chain: &Anvil,
    method: &'static str,
    params: P,
) {
    let client = ClientBuilder::default().http(chain.rpc_url().parse().expect("a URL"));
    client.request::<P, serde_json::Value>(method, params).await.expect("Anvil takes it");
}

async fn mine(chain: &Anvil, blocks: u64) {
    cheat(chain, "anvil_mine", (U64::from(blocks),)).await;
}

#[tokio::test]
async fn until_ends_when_that_block_is_committed_and_a_restart_goes_on() {
    let (chain, database, folder) =
        (Anvil::start().await, TestDatabase::create().await, TempDir::new().expect("a folder"));
    let file = deployment_file(&folder, 31_337);
    mine(&chain, 30).await;
    let output = index(&database, chain.rpc_url(), &file, 12).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stored_block(&database).await, 12);
    let output = index(&database, chain.rpc_url(), &file, 30).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("block=12"), "it goes on where it was: {}", stderr(&output));
    assert_eq!(stored_block(&database).await, 30);
}

/// A chain of `blocks` blocks, of which all but the first differ from those of other calls' chains.
async fn other_chain(blocks: u64, coinbase: u8) -> Anvil {
    // The same first block for all of them.
    let args = ["--timestamp", "1700000000"].map(str::to_owned).to_vec();
    let chain = Anvil::start_with(AnvilOptions { args, ..AnvilOptions::default() }).await;
    // Its time would else be that of the clock, and starting takes as long as it takes.
    cheat(&chain, "evm_setNextBlockTimestamp", (1_700_000_001,)).await;
    mine(&chain, 1).await;
    cheat(&chain, "anvil_setCoinbase", (Address::repeat_byte(coinbase),)).await;
    mine(&chain, blocks - 1).await;
    chain
}

#[tokio::test]
async fn another_chain_in_place_of_the_old_one_ends_with_code_3() {
    let (database, folder) = (TestDatabase::create().await, TempDir::new().expect("a folder"));
    let file = deployment_file(&folder, 31_337);
    let first = other_chain(100, 6).await;
    assert_eq!(index(&database, first.rpc_url(), &file, 100).await.status.code(), Some(0));
    first.stop().await;
    // A new chain, longer than the old one: the final blocks are there, but they are others.
    let second = other_chain(120, 7).await;
    let output = index(&database, second.rpc_url(), &file, 120).await;
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("the chain does not contain block"), "{}", stderr(&output));
    assert!(stderr(&output).contains("drop schemas archive and market"), "{}", stderr(&output));
    assert_eq!(stored_block(&database).await, 100, "nothing was overwritten");
}

#[tokio::test]
async fn blocks_that_were_replaced_while_it_was_away_are_taken_back() {
    let (database, folder) = (TestDatabase::create().await, TempDir::new().expect("a folder"));
    let file = deployment_file(&folder, 31_337);
    let first = other_chain(20, 6).await;
    assert_eq!(index(&database, first.rpc_url(), &file, 20).await.status.code(), Some(0));
    first.stop().await;
    let second = other_chain(25, 7).await;
    let output = index(&database, second.rpc_url(), &file, 25).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("depth=19"), "{}", stderr(&output));
    let retracted: i64 = sqlx::query_scalar("SELECT count(*) FROM archive.outbox WHERE kind = 1")
        .fetch_one(&mut connect(&database).await)
        .await
        .expect("a count");
    assert_eq!((stored_block(&database).await, retracted), (25, 19));
}

#[tokio::test]
async fn a_node_that_is_behind_is_waited_for() {
    let (database, folder) = (TestDatabase::create().await, TempDir::new().expect("a folder"));
    let file = deployment_file(&folder, 31_337);
    let chain = other_chain(20, 6).await;
    assert_eq!(index(&database, chain.rpc_url(), &file, 20).await.status.code(), Some(0));
    // The chain goes back in time, and comes to the same blocks again: nothing was ever replaced.
    cheat(&chain, "anvil_rollback", (Some(8),)).await;
    let (url, file, database) = (chain.rpc_url().to_owned(), file.clone(), std::sync::Arc::new(database));
    let running = tokio::spawn({
        let (database, url, file) = (database.clone(), url.clone(), file.clone());
        async move { index(&database, &url, &file, 21).await }
    });
    mine(&chain, 9).await;
    let output = running.await.expect("it ended");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stored_block(&database).await, 21);
}

#[tokio::test]
async fn a_chain_of_another_id_is_refused() {
    let (chain, database, folder) =
        (Anvil::start().await, TestDatabase::create().await, TempDir::new().expect("a folder"));
    let output = index(&database, chain.rpc_url(), &deployment_file(&folder, 1), 1).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("s chain is 31337, the deployment file is for chain 1"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test]
async fn a_missing_deployment_file_is_told_in_one_sentence() {
    let database = TestDatabase::create().await;
    let output = index(&database, "http://127.0.0.1:1", Path::new("nowhere.json"), 1).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot read the deployment file nowhere.json"), "{}", stderr(&output));
}
