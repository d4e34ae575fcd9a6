//! *Invariant:* the API answers throughout a rebuild of the projections, and says what it said before.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::Client;
use serde_json::Value;
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::testing::Bin;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::outages::ground::Ground;
use crate::support::api;

/// Clients that ask without a pause, and rebuilds meanwhile: on a chain that stands still, and on one that grows.
const CLIENTS: usize = 6;
const STILL: usize = 4;
const GROWING: usize = 4;

/// What was answered: each route's data by the block that it stands for.
type Answers = Arc<Mutex<BTreeMap<(String, u64), Value>>>;

/// Clients that never stop, until told to.
struct Load {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<()>>,
}

impl Load {
    fn start(http: &Client, url: &str, routes: &[String], answers: &Answers) -> Self {
        let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let client = |place: usize| {
            let (stop, asked, answers) = (stop.clone(), asked.clone(), answers.clone());
            let (http, url, routes) = (http.clone(), url.to_owned(), routes.to_vec());
            tokio::spawn(async move {
                for n in place.. {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    ask(&http, &url, &routes[n % routes.len()], &answers).await;
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            })
        };
        let clients = (0..CLIENTS).map(client).collect();
        Self { stop, asked, clients }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.expect("every answer was right");
        }
    }
}

/// One answer: no failure, and the same data as any other of its block.
async fn ask(client: &Client, url: &str, route: &str, answers: &Answers) {
    let difference = differs(client, url, route, answers).await;
    assert_eq!(difference, None, "{route}");
}

/// What is wrong with an answer.
async fn differs(client: &Client, url: &str, route: &str, answers: &Answers) -> Option<String> {
    let answer = client.get(format!("{url}{route}")).send().await.expect("an answer");
    let status = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    if !status.is_success() {
        return Some(format!("{status}: {body:#}"));
    }
    let block = body["meta"]["chains"][0]["block_number"].as_u64().expect("a block");
    let mut answers = answers.lock().expect("no client failed");
    let known = answers.entry((route.to_owned(), block)).or_insert_with(|| body["data"].clone());
    (*known != body["data"]).then(|| format!("at block {block}: {:#} instead of {known:#}", body["data"]))
}

fn rebuild(url: &str, folder: &TempDir, name: &str) -> Child {
    Spec::new("stoa-indexer", Bin::path("stoa-indexer"), folder.path().join(name))
        .args(["rebuild", "--database-url", url])
        .start()
        .expect("it starts")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_answers_throughout_a_rebuild() {
    let mut ground = Ground::start(21, 700).await;
    let database = ground.database().await;
    let folder = TempDir::new().expect("a temporary folder");
    let indexer = ground.indexer(database.url(), "following", &[]);
    ground.followed(database.url()).await;
    // What metadata is, and what is counted of purchases, does not follow from the block.
    // Each request is to read: an answer from memory proves nothing.
    let apart = ["--metadata-fetches", "0", "--cache-mib", "0"];
    let (_api, url) = api(database.url(), &folder.path().join("api.log"), &apart).await;
    let account = ground.an_account();
    let routes = [
        "/v1/listings".to_owned(),
        "/v1/listings/31337-1".to_owned(),
        "/v1/purchases?limit=50".to_owned(),
        "/v1/staking".to_owned(),
        format!("/v1/accounts/{account}"),
    ];
    let (http, answers) = (Client::new(), Answers::default());
    for route in &routes {
        ask(&http, &url, route, &answers).await;
    }
    let load = Load::start(&http, &url, &routes, &answers);
    let mut during = Vec::new();
    for round in 0..STILL {
        let before = load.asked();
        assert!(rebuild(database.url(), &folder, &format!("still-{round}")).wait().await.success());
        during.push(load.asked() - before);
    }
    for round in 0..GROWING {
        let before = load.asked();
        let child = rebuild(database.url(), &folder, &format!("growing-{round}"));
        while child.exited().is_none() {
            ground.world.grow(1);
            ground.followed(database.url()).await;
        }
        assert!(child.wait().await.success());
        during.push(load.asked() - before);
    }
    load.stop().await;
    let blocks: std::collections::BTreeSet<u64> =
        answers.lock().expect("no client failed").keys().map(|(_, block)| *block).collect();
    println!("{during:?} requests during {} rebuilds, at {} blocks", STILL + GROWING, blocks.len());
    assert!(during.iter().all(|requests| *requests > 0), "{during:?}");
    assert!(during.iter().sum::<usize>() >= 300, "{during:?}");
    assert!(blocks.len() > GROWING, "the chain grew meanwhile");
    ground.compare(database.url()).await;
    indexer.stop().await;
    // And a difference would have been seen.
    ask(&http, &url, &routes[1], &answers).await;
    let alter = "UPDATE market.listing SET purchases = purchases + 1 WHERE listing = 1";
    sqlx::query(alter).execute(&database.pool().await).await.expect("altered");
    assert!(differs(&http, &url, &routes[1], &answers).await.is_some());
}
