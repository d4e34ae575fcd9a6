//! `stoa deploy` is killed, and what it sent is lost, delayed, or somebody else's: it ends as if nothing had happened.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, B256},
    providers::{DynProvider, Provider as _, ProviderBuilder},
    rpc::types::TransactionRequest,
};
use serde_json::Value;
use stoa_scripts::{
    deploy::{self, Options},
    testing::{Anvil, AnvilOptions, Bin},
};
use tempfile::TempDir;

use super::crashes::{Endpoint, Fault};

/// Twelve contracts, the parameters, and STOA's name.
const STEPS: u64 = 14;
/// A machine that builds and tests other things meanwhile is slow.
const PATIENCE: Duration = Duration::from_secs(300);

/// A chain, a folder for the file, and the operator.
struct Yard {
    chain: Anvil,
    provider: DynProvider,
    folder: TempDir,
}

/// A `stoa deploy` at work.
struct Run {
    child: Child,
    lines: std::sync::mpsc::Receiver<String>,
    heard: Vec<String>,
}

impl Yard {
    async fn with(args: &[&str]) -> Self {
        let args = args.iter().map(ToString::to_string).collect();
        let chain = Anvil::start_with(AnvilOptions { args, ..AnvilOptions::default() }).await;
        let provider = ProviderBuilder::new().connect_http(chain.rpc_url().parse().unwrap()).erased();
        Self { chain, provider, folder: tempfile::tempdir().unwrap() }
    }

    /// Transactions wait until a block is asked for.
    async fn without_mining() -> Self {
        Self::with(&["--no-mining"]).await
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("31337.json")
    }

    fn written(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    fn deploy(&self, more: &[&str]) -> Run {
        self.deploy_at(self.chain.rpc_url(), more)
    }

    fn deploy_at(&self, url: &str, more: &[&str]) -> Run {
        let mut child = Command::new(Bin::path("stoa"))
            .args(["deploy", "--rpc-url", url, "--out", self.folder.path().to_str().unwrap()])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
        });
        Run { child, lines, heard: Vec::new() }
    }

    /// Hashes of the operator's transactions that are in no block.
    async fn pending(&self) -> Vec<B256> {
        self.pending_by_nonce().await.into_iter().map(|(_, hash)| hash).collect()
    }

    async fn pending_by_nonce(&self) -> Vec<(u64, B256)> {
        let pool: Value = self.provider.client().request("txpool_content", ()).await.unwrap();
        let of_operator = pool["pending"].as_object().into_iter().flat_map(|accounts| accounts.values());
        let transactions = of_operator.flat_map(|nonces| nonces.as_object().unwrap());
        let read = |(nonce, transaction): (&String, &Value)| {
            (nonce.parse().unwrap(), transaction["hash"].as_str().unwrap().parse().unwrap())
        };
        transactions.map(read).collect()
    }

    /// Until `wanted` says so of what is pending.
    async fn until_pending(&self, wanted: impl Fn(&[B256]) -> bool) -> Vec<B256> {
        let started = Instant::now();
        loop {
            let pending = self.pending().await;
            if wanted(&pending) {
                return pending;
            }
            assert!(started.elapsed() < PATIENCE, "pending: {pending:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn mine(&self) {
        let _: Value = self.provider.client().request("evm_mine", ()).await.unwrap();
    }

    /// From now on each transaction gets its block at once.
    async fn mine_always(&self) {
        let _: Value = self.provider.client().request("evm_setAutomine", (true,)).await.unwrap();
        self.mine().await;
    }

    async fn nonce(&self) -> u64 {
        self.provider.get_transaction_count(Anvil::signer(0).address()).await.unwrap()
    }

    async fn until_nonce(&self, wanted: u64) {
        let started = Instant::now();
        while self.nonce().await != wanted {
            assert!(started.elapsed() < PATIENCE, "nonce {wanted} never comes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn until_block(&self, wanted: u64) {
        let started = Instant::now();
        while self.provider.get_block_number().await.unwrap() != wanted {
            assert!(started.elapsed() < PATIENCE, "block {wanted} never comes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn nothing_is_left_over(&self) {
        assert!(!self.folder.path().join("31337.journal").exists());
    }
}

impl Run {
    /// Until it says something with these words; what it says with them.
    fn until(&mut self, words: &str) -> String {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => {
                    self.heard.push(line.clone());
                    if line.contains(words) {
                        return line;
                    }
                }
                Err(error) => panic!("it never said {words:?} ({error}): {:#?}", self.heard),
            }
        }
    }

    /// As `kill -9` does: nothing is written or said any more.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn ends_well(mut self) -> Vec<String> {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {:#?}", self.heard);
            std::thread::sleep(Duration::from_millis(20));
        };
        self.heard.extend(self.lines.try_iter());
        assert!(status.success(), "{:#?}", self.heard);
        self.heard
    }
}

/// What an undisturbed run writes on a chain of the same kind.
async fn undisturbed() -> String {
    undisturbed_on(&[]).await
}

async fn undisturbed_on(args: &[&str]) -> String {
    let yard = Yard::with(args).await;
    let options = Options {
        rpc_url: yard.chain.rpc_url().parse().unwrap(),
        signer: Anvil::signer(0),
        file: Some(yard.file()),
        chain_id: None,
        parameters: None,
    };
    deploy::deploy(&options, &|_| {}).await.unwrap();
    yard.written()
}

#[tokio::test]
async fn killed_while_its_transaction_waits_it_waits_for_that_one() {
    let yard = Yard::without_mining().await;
    let mut run = yard.deploy(&[]);
    for step in 0..STEPS {
        let waiting = yard.until_pending(|pending| pending.len() == 1).await;
        run.kill();
        assert_eq!(yard.nonce().await, step);
        run = yard.deploy(&[]);
        let line = run.until("going on with transaction");
        assert!(line.contains(&waiting[0].to_string()), "step {step}: {line}");
        assert_eq!(yard.pending().await, waiting, "step {step}: nothing may be sent twice");
        yard.mine().await;
    }
    run.ends_well();
    assert_eq!(yard.nonce().await, STEPS, "one nonce for each step");
    assert_eq!(yard.written(), undisturbed().await);
    yard.nothing_is_left_over();
}

/// Noted in the journal, and not sent.
#[tokio::test(flavor = "multi_thread")]
async fn killed_before_its_transaction_leaves_it_sends_that_one() {
    killed_by(Fault::BeforeTheChain).await;
}

/// In a block, and nobody knows.
#[tokio::test(flavor = "multi_thread")]
async fn killed_after_its_transaction_is_in_a_block_it_finds_that_one() {
    killed_by(Fault::AfterTheChain).await;
}

async fn killed_by(fault: Fault) {
    let yard = Yard::with(&[]).await;
    let endpoint = Endpoint::before(yard.chain.rpc_url()).await;
    for step in 0..STEPS {
        // What the run before could not send is sent first, and passes.
        let resent = u64::from(fault == Fault::BeforeTheChain && step > 0);
        endpoint.arm(fault, resent + 1);
        let run = yard.deploy_at(&endpoint.url, &[]);
        tokio::time::timeout(PATIENCE, endpoint.reached()).await.unwrap_or_else(|_| panic!("step {step}"));
        run.kill();
        // The chain mines on its own time.
        yard.until_nonce(step + u64::from(fault == Fault::AfterTheChain)).await;
    }
    yard.deploy_at(&endpoint.url, &[]).ends_well();
    assert_eq!(yard.nonce().await, STEPS);
    assert_eq!(yard.written(), undisturbed().await);
    yard.nothing_is_left_over();
}

/// Between funding the one-time sender, sending its transaction, and the first transaction of our own.
#[tokio::test(flavor = "multi_thread")]
async fn killed_while_the_create2_deployer_is_placed_it_goes_on() {
    const BARE: &[&str] = &["--no-create2"];
    let expected = undisturbed_on(BARE).await;
    for fault in [Fault::BeforeTheChain, Fault::AfterTheChain] {
        let yard = Yard::with(BARE).await;
        let endpoint = Endpoint::before(yard.chain.rpc_url()).await;
        for step in 0..3_u64 {
            let resent = u64::from(fault == Fault::BeforeTheChain && step > 0);
            endpoint.arm(fault, resent + 1);
            let run = yard.deploy_at(&endpoint.url, &[]);
            let reached = tokio::time::timeout(PATIENCE, endpoint.reached()).await;
            reached.unwrap_or_else(|_| panic!("{fault:?}, step {step}"));
            run.kill();
            // One block for each that arrived; the chain mines on its own time.
            yard.until_block(step + u64::from(fault == Fault::AfterTheChain)).await;
        }
        yard.deploy_at(&endpoint.url, &[]).ends_well();
        assert_eq!(yard.nonce().await, STEPS + 1, "{fault:?}: the funding, and each step once");
        assert_eq!(yard.written(), expected, "{fault:?}");
        yard.nothing_is_left_over();
    }
}

/// The file is there, and the journal still is.
#[tokio::test]
async fn killed_before_its_journal_is_gone_it_takes_it_away() {
    let yard = Yard::without_mining().await;
    let journal = yard.folder.path().join("31337.journal");
    let run = yard.deploy(&[]);
    for _ in 0..STEPS - 1 {
        yard.until_pending(|pending| pending.len() == 1).await;
        yard.mine().await;
    }
    // Before the last block all that will be in it is noted.
    yard.until_pending(|pending| pending.len() == 1).await;
    let noted = std::fs::read(&journal).unwrap();
    yard.mine().await;
    run.ends_well();
    let (written, blocks) = (yard.written(), yard.provider.get_block_number().await.unwrap());
    // A file that was half written when it was killed is nobody's.
    std::fs::write(yard.folder.path().join(".tmpAbCdEf"), &written[..written.len() / 2]).unwrap();
    std::fs::write(&journal, noted).unwrap();

    yard.deploy(&[]).ends_well();
    yard.nothing_is_left_over();
    assert_eq!(yard.written(), written);
    let nothing_was_sent = (yard.nonce().await, yard.pending().await.len());
    assert_eq!(nothing_was_sent, (STEPS, 0));
    assert_eq!(yard.provider.get_block_number().await.unwrap(), blocks);
}

#[tokio::test]
async fn a_transaction_that_the_node_drops_is_sent_again() {
    let yard = Yard::without_mining().await;
    let mut run = yard.deploy(&[]);
    let waiting = yard.until_pending(|pending| pending.len() == 1).await;
    let _: Value = yard.provider.client().request("anvil_dropTransaction", (waiting[0],)).await.unwrap();
    run.until("the node has lost transaction");
    assert_eq!(yard.until_pending(|pending| !pending.is_empty()).await, waiting);
    yard.mine_always().await;
    run.ends_well();
    assert_eq!(yard.nonce().await, STEPS);
}

#[tokio::test]
async fn one_that_waits_too_long_is_replaced_at_its_nonce_for_more() {
    let yard = Yard::without_mining().await;
    let mut run = yard.deploy(&["--replace-after", "1"]);
    let first = yard.until_pending(|pending| pending.len() == 1).await;
    yard.until_pending(|pending| pending.len() == 1 && pending != first).await;
    run.until("replacing it for at most");
    // There may be a third by now.
    let nonces: Vec<u64> = yard.pending_by_nonce().await.into_iter().map(|(nonce, _)| nonce).collect();
    assert_eq!(nonces, [0]);
    let journal = std::fs::read_to_string(yard.folder.path().join("31337.journal")).unwrap();
    assert!(journal.contains(&first[0].to_string()), "all attempts are remembered");
    // Killed now, it knows both.
    run.kill();
    let mut run = yard.deploy(&[]);
    let line = run.until("going on with transaction");
    assert!(!line.contains(&first[0].to_string()), "{line}");
    yard.mine_always().await;
    run.ends_well();
    assert_eq!(yard.nonce().await, STEPS);
    yard.nothing_is_left_over();
}

#[tokio::test]
async fn without_its_journal_it_finds_by_nonce_what_waits() {
    let yard = Yard::without_mining().await;
    let run = yard.deploy(&[]);
    let waiting = yard.until_pending(|pending| pending.len() == 1).await;
    run.kill();
    std::fs::remove_file(yard.folder.path().join("31337.journal")).unwrap();
    let mut run = yard.deploy(&[]);
    run.until(&format!("going on with transaction {}", waiting[0]));
    assert_eq!(yard.pending().await, waiting);
    yard.mine_always().await;
    run.ends_well();
    assert_eq!(yard.nonce().await, STEPS);
}

#[tokio::test]
async fn another_transaction_of_the_operator_is_waited_for() {
    let yard = Yard::without_mining().await;
    let wallet =
        ProviderBuilder::new().wallet(Anvil::signer(0)).connect_http(yard.chain.rpc_url().parse().unwrap());
    let transfer = TransactionRequest::default().with_to(Address::repeat_byte(9)).with_nonce(0);
    let other = *wallet.send_transaction(transfer).await.unwrap().tx_hash();
    let mut run = yard.deploy(&[]);
    let line = run.until("has another transaction");
    assert!(line.contains(&format!("({other}) at nonce 0; waiting for it")), "{line}");
    yard.mine_always().await;
    run.ends_well();
    assert_eq!(yard.nonce().await, STEPS + 1);
}

#[tokio::test]
async fn a_chain_that_takes_blocks_back_is_deployed_to_again() {
    let yard = Yard::with(&[]).await;
    let mut run = yard.deploy(&["--confirmations", "4"]);
    let line = run.until("waiting for block");
    assert!(line.contains("waiting for block 17, which confirms the last one"), "{line}");
    assert!(!yard.file().exists(), "nothing is written before it is confirmed");
    let nothing: [(); 0] = [];
    let _: Value = yard.provider.client().request("anvil_reorg", (3, nothing)).await.unwrap();
    for _ in 0..3 {
        yard.mine().await;
    }
    run.until("waiting for block");
    let _: Value = yard.provider.client().request("anvil_mine", (10,)).await.unwrap();
    run.ends_well();
    let args = ["deploy", "verify", "--rpc-url", yard.chain.rpc_url(), "--out"];
    let verified = Command::new(Bin::path("stoa")).args(args).arg(yard.folder.path()).output().unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
}
