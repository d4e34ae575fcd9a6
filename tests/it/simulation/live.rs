//! *Invariant:* whoever resumes from its last cursor misses nothing and is told nothing twice, while the chain is
//! reorganised and API and indexer are killed and started anew.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::time::{Duration, Instant};

use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use stoa_indexer::fetch::Verify;
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::testing::{Bin, TestDatabase};
use stoa_tests::paper::{Node, Wire};
use tempfile::TempDir;
use tokio::time::timeout;

use super::indexer::{Indexer, Manner};
use super::world::{FINALITY, World};
use super::{PATIENCE, from_environment};

const ROUNDS: usize = 8;

/// A subscriber, and what it believes.
struct Client {
    level: &'static str,
    cursor: String,
    /// What was told and not taken back: cursor -> block's number and hash, or the purchase.
    told: BTreeMap<String, String>,
    retracted: usize,
    stream: Option<BoxStream<'static, Vec<u8>>>,
    buffer: String,
}

impl Client {
    fn new(level: &'static str) -> Self {
        let cursor = format!("{level}:31337-0");
        Self { level, cursor, told: BTreeMap::new(), retracted: 0, stream: None, buffer: String::new() }
    }

    async fn connect(&mut self, api: &str) {
        let url = format!("{api}/v1/stream?topics=blocks,purchases&level={}", self.level);
        let request = reqwest::Client::new().get(url).header("last-event-id", &self.cursor);
        let answer = request.send().await.expect("the API answers");
        assert_eq!(answer.status(), 200, "{}", self.cursor);
        let chunks = answer.bytes_stream().map_ok(|chunk| chunk.to_vec());
        self.stream = Some(
            chunks
                .take_while(|chunk| std::future::ready(chunk.is_ok()))
                .map(|chunk| chunk.unwrap_or_default())
                .boxed(),
        );
        self.buffer.clear();
    }

    fn leave(&mut self) {
        self.stream = None;
    }

    /// Reads one event; false where the stream has ended.
    async fn read(&mut self) -> bool {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.buffer = rest;
                self.hear(&event);
                return true;
            }
            let Some(stream) = &mut self.stream else { return false };
            match stream.next().await {
                Some(chunk) => self.buffer.push_str(std::str::from_utf8(&chunk).expect("text")),
                None => return false,
            }
        }
    }

    fn hear(&mut self, event: &str) {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let data: Value = serde_json::from_str(&field("data: ").expect("data")).expect("JSON");
        let cursor = data["cursor"].as_str().unwrap_or_default().to_owned();
        match data["type"].as_str() {
            Some("message") => {
                let what = match data["about"].as_str() {
                    Some("block") => format!("block {} {}", data["data"]["number"], data["data"]["hash"]),
                    _ => format!("purchase {}", data["data"]["id"]),
                };
                let before = self.told.insert(cursor.clone(), what);
                assert!(before.is_none(), "{cursor} is told twice");
            }
            Some("retract") => {
                assert_ne!(self.level, "finalized", "what is final is never taken back: {data}");
                let void = data["retracts"].as_str().expect("what is void");
                assert!(self.told.remove(void).is_some(), "{void} is taken back and was never told");
                self.retracted += 1;
            }
            _ => {}
        }
        if let Some(id) = field("id: ") {
            self.cursor = id;
        }
    }

    /// Reads until it believes what is true.
    async fn believes(&mut self, truth: &[String], seed: u64) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut told: Vec<String> = self.told.values().cloned().collect();
            told.sort();
            if told == truth {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let heard = timeout(left, self.read()).await;
            assert!(
                heard == Ok(true),
                "STOA_SEED={seed}, {}: missing {:?}, beyond {:?}",
                self.level,
                truth.iter().filter(|item| !told.contains(item)).take(5).collect::<Vec<_>>(),
                told.iter().filter(|item| !truth.contains(item)).take(5).collect::<Vec<_>>()
            );
        }
    }
}

/// Blocks that are told and stand, and the purchases in them, up to a block.
async fn truth(database: &TestDatabase, up_to: i64) -> Vec<String> {
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    let mut all: Vec<String> = sqlx::query_scalar(
        "SELECT format('block %s \"0x%s\"', block_number, encode(block_hash, 'hex')) FROM archive.outbox o
         WHERE kind = 0 AND block_number <= $1 AND NOT EXISTS (
             SELECT FROM archive.outbox r WHERE r.kind = 1 AND r.seq > o.seq AND r.block_hash = o.block_hash)
         UNION ALL
         SELECT format('purchase \"%s-%s-%s\"', chain_id, block_number, log_index) FROM market.purchase
         WHERE block_number <= $1",
    )
    .bind(up_to)
    .fetch_all(&mut connection)
    .await
    .expect("rows");
    all.sort();
    all
}

async fn finalized(database: &TestDatabase) -> i64 {
    let mut connection = PgConnection::connect(database.url()).await.expect("a connection");
    let sql = "SELECT finalized_block FROM archive.cursor";
    sqlx::query_scalar(sql).fetch_one(&mut connection).await.expect("a cursor")
}

async fn api(database: &TestDatabase, folder: &TempDir) -> (Child, String) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let address = listener.local_addr().expect("its address").to_string();
    drop(listener);
    let child = Spec::new("stoa-api", Bin::path("stoa-api"), folder.path().join("api.log"))
        .args([
            "--listen",
            &address,
            "--database-url",
            database.url(),
            "--live-heartbeat",
            "1",
            "--limits",
            "off",
        ])
        .start()
        .expect("the API starts");
    let url = format!("http://{address}");
    let ready = format!("{url}/ready");
    let answers = async || reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success());
    child.until(PATIENCE, answers).await.expect("the API answers");
    (child, url)
}

async fn caught_up(indexer: &mut Indexer, world: &World) {
    indexer.start();
    let deadline = Instant::now() + PATIENCE;
    while !indexer.is_at(&world.chain().head()).await {
        assert!(Instant::now() < deadline, "the indexer does not catch up: {:?}", indexer.status());
        indexer.pause(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_miss_nothing_and_hear_nothing_twice() {
    let seed = from_environment("STOA_SEED").unwrap_or(1);
    let mut random = StdRng::seed_from_u64(seed);
    let mut world = World::new(seed);
    world.grow(30);
    let nodes = [Node::start(world.chain().clone(), Wire::honest()).await];
    let database = TestDatabase::create().await;
    let folder = TempDir::new().expect("a temporary folder");
    let mut indexer = Indexer::new(&database, &world, &nodes, Manner::plain(Verify::Consistency));
    caught_up(&mut indexer, &world).await;
    let mut clients = ["latest", "safe", "finalized"].map(Client::new);
    for _ in 0..ROUNDS {
        let (server, url) = api(&database, &folder).await;
        for client in &mut clients {
            client.connect(&url).await;
        }
        world.grow(random.random_range(1..8));
        caught_up(&mut indexer, &world).await;
        // One has heard everything before some of it is taken back.
        clients[0].believes(&truth(&database, i64::MAX).await, seed).await;
        // Longer than what it replaces: no indexer follows another branch of equal length.
        world.reorganise(random.random_range(1..=3), random.random_range(1..=3));
        caught_up(&mut indexer, &world).await;
        // Each leaves somewhere in the middle, as its connection happens to break.
        for client in &mut clients {
            for _ in 0..random.random_range(0..40) {
                let heard = timeout(Duration::from_millis(200), client.read()).await;
                if heard != Ok(true) {
                    break;
                }
            }
            client.leave();
        }
        server.signal("KILL");
        indexer.kill().await;
        world.reorganise(random.random_range(1..FINALITY), random.random_range(1..=3));
        world.grow(random.random_range(0..5));
        caught_up(&mut indexer, &world).await;
        world.reorganise(random.random_range(1..=2), 1);
        caught_up(&mut indexer, &world).await;
    }
    let (_server, url) = api(&database, &folder).await;
    world.grow(FINALITY + 2);
    caught_up(&mut indexer, &world).await;
    let [latest, safe, last] = &mut clients;
    let everything = truth(&database, i64::MAX).await;
    for client in [&mut *latest, &mut *safe, &mut *last] {
        client.connect(&url).await;
    }
    latest.believes(&everything, seed).await;
    assert!(latest.retracted > 0, "something was taken back");
    let final_part = truth(&database, finalized(&database).await).await;
    assert!(final_part.len() > 20);
    last.believes(&final_part, seed).await;
    let safe_part = truth(&database, world.chain().head().number().cast_signed() - 4).await;
    safe.believes(&safe_part, seed).await;
}
