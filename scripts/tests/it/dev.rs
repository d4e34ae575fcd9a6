//! `stoa dev` as a user sees it: starts, trades, stops, keeps its data, and gets over a hard stop.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use stoa_scripts::{
    checkout,
    child::{is_alive, send_signal},
    port,
    testing::Bin,
};

/// A machine that builds and tests other things meanwhile is slow.
const PATIENCE: Duration = Duration::from_secs(300);

/// Ports of its own, so that a `cargo dev` of the same machine is not in the way.
#[derive(Clone, Copy, Debug)]
struct Ports {
    web: u16,
    chain: u16,
    database: u16,
    indexer: u16,
}

impl Ports {
    /// Named before they are used, for a start and the next: nobody else is given these.
    fn free() -> Self {
        let free = || port::free().unwrap();
        Self { web: free(), chain: free(), database: free(), indexer: free() }
    }
}

/// A state folder, and the database that belongs to it; removed at the end.
struct State(tempfile::TempDir);

impl State {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let folder = self.0.path().canonicalize().unwrap();
        stoa_scripts::postgres::remove_kept(&format!("dev-{}", checkout::key_of(&folder))).unwrap();
    }
}

/// A running `stoa dev` on its own state folder.
struct Dev {
    process: Child,
    ports: Ports,
    state: PathBuf,
}

impl Dev {
    fn spawn(state: &Path, ports: Ports) -> Self {
        let process = Command::new(Bin::path("stoa"))
            .args(["dev", "--no-build", "--scenario", "live", "--state"])
            .arg(state)
            .args(["--port", &ports.web.to_string(), "--chain-port", &ports.chain.to_string()])
            .args(["--database-port", &ports.database.to_string()])
            .args(["--indexer-port", &ports.indexer.to_string()])
            .env_remove("STOA_DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { process, ports, state: state.to_owned() }
    }

    /// Starts and waits for the table.
    fn start(state: &Path, ports: Ports) -> Self {
        let mut dev = Self::spawn(state, ports);
        let mut output = BufReader::new(dev.process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("Ctrl-C stops everything") {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                panic!("stoa dev ended early: {}", dev.error_output());
            }
        }
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        dev
    }

    fn error_output(&mut self) -> String {
        let mut text = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn children(&self) -> Vec<u32> {
        let text = std::fs::read_to_string(self.state.join("children")).unwrap();
        text.lines().map(|line| line.parse().unwrap()).collect()
    }

    fn end(&mut self, signal: &str) -> ExitStatus {
        send_signal(self.process.id(), signal);
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "stoa dev does not end on {signal}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Transactions of the newest purchases, newest first: unlike places in a chain, a new chain never has the
    /// same again.
    async fn purchases(&self) -> Vec<String> {
        let url = format!("http://127.0.0.1:{}/v1/purchases?limit=50", self.ports.web);
        let Ok(answer) = reqwest::get(url).await else { return Vec::new() };
        let Ok(body) = answer.json::<serde_json::Value>().await else { return Vec::new() };
        let rows = body["data"].as_array().cloned().unwrap_or_default();
        rows.iter().filter_map(|row| row["tx_hash"].as_str().map(str::to_owned)).collect()
    }

    /// Waits until at least `count` purchases are served that are not in `before`.
    async fn new_purchases(&self, count: usize, before: &[String]) -> Vec<String> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.purchases().await;
            if now.iter().filter(|id| !before.contains(id)).count() >= count {
                return now;
            }
            assert!(Instant::now() < deadline, "no {count} new purchases; last seen: {now:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        if self.process.try_wait().unwrap().is_none() {
            self.end("INT");
        }
    }
}

/// Copies the chain's file, again if it was just being written.
fn copy_whole(from: &Path, to: &Path) {
    let is_whole = |text: String| serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
    let deadline = Instant::now() + PATIENCE;
    loop {
        std::fs::copy(from, to).unwrap();
        if std::fs::read_to_string(to).is_ok_and(is_whole) {
            return;
        }
        assert!(Instant::now() < deadline, "the chain's file is never whole");
    }
}

fn wait_for_end(children: &[u32]) {
    let deadline = Instant::now() + PATIENCE;
    while let Some(child) = children.iter().find(|child| is_alive(**child)) {
        assert!(Instant::now() < deadline, "child {child} is still running");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test]
async fn starts_trades_keeps_its_data_and_gets_over_a_hard_stop() {
    let folder = State::new();
    let state = folder.0.path();
    let ports = Ports::free();

    // It trades, and Ctrl-C leaves nothing behind.
    let mut dev = Dev::start(state, ports);
    let first = dev.new_purchases(3, &[]).await;
    let children = dev.children();
    assert_eq!(children.len(), 4, "database, chain, indexer, API");
    let second = Dev::spawn(state, ports).error_output();
    assert!(second.contains("`cargo dev` already runs in this checkout"), "{second}");
    let status = dev.end("INT");
    assert!(status.success(), "{status}");
    assert_eq!(children.iter().filter(|child| is_alive(**child)).count(), 0);

    // The next start continues: the first purchases are still there, and new ones come.
    let mut dev = Dev::start(state, ports);
    let later = dev.new_purchases(3, &first).await;
    assert!(first.iter().any(|id| later.contains(id)), "{first:?} are lost; there is {later:?}");

    // Killed hard, with the chain before it could write its file: its file is set back to make sure.
    let chain_file = state.join("chain.json");
    let old_chain = state.join("old-chain.json");
    copy_whole(&chain_file, &old_chain);
    let before = dev.new_purchases(3, &later).await;
    let children = dev.children();
    children.iter().for_each(|child| send_signal(*child, "KILL"));
    dev.end("KILL");
    wait_for_end(&children);
    std::fs::copy(&old_chain, &chain_file).unwrap();

    // It says so and starts both over.
    let mut dev = Dev::start(state, ports);
    let after = dev.new_purchases(1, &[]).await;
    assert!(before.iter().all(|id| !after.contains(id)), "the old database is still served: {after:?}");
    let children = dev.children();
    dev.end("TERM");
    let said = dev.error_output();
    assert!(said.contains("behind the database") && said.contains("Both start over."), "{said}");
    wait_for_end(&children);
}

#[tokio::test]
async fn a_chain_file_that_was_cut_off_starts_both_over() {
    let folder = State::new();
    let state = folder.0.path();
    let ports = Ports::free();
    let mut dev = Dev::start(state, ports);
    dev.new_purchases(1, &[]).await;
    dev.end("INT");
    let chain_file = state.join("chain.json");
    let whole = std::fs::read(&chain_file).unwrap();
    std::fs::write(&chain_file, &whole[..whole.len() / 2]).unwrap();

    let mut dev = Dev::start(state, ports);
    dev.new_purchases(1, &[]).await;
    dev.end("INT");
    let said = dev.error_output();
    assert!(said.contains("was cut off by a hard stop. Both start over."), "{said}");
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let ports = Ports { chain: port, ..Ports::free() };
    let mut dev = Dev::spawn(folder.path(), ports);
    let said = dev.error_output();
    let expected =
        format!("port {port} for the chain is taken: stop what uses it, or choose another with --chain-port");
    assert!(said.contains(&expected), "{said}");
    assert_eq!(dev.process.wait().unwrap().code(), Some(1));
}

#[tokio::test]
async fn a_dying_child_is_named_and_the_rest_is_stopped() {
    let folder = State::new();
    let state = folder.0.path();
    let ports = Ports::free();
    let mut dev = Dev::start(state, ports);
    let children = dev.children();
    send_signal(children[3], "KILL");
    let said = dev.error_output();
    assert!(said.contains("stoa-api stopped (signal 9)") && said.contains("its log is at"), "{said}");
    assert_eq!(dev.process.wait().unwrap().code(), Some(1));
    assert_eq!(children.iter().filter(|child| is_alive(**child)).count(), 0);
}
