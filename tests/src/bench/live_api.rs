//! `stoa bench live-api`

use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::json;
use stoa_scripts::child::Spec;
use stoa_tests::history::{History, Params};
use stoa_tests::paper::{Chain, Finality, Node, Wire};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::child::{self, Took};
use crate::stage::{CHAIN, Market, Stage, indexer};
use crate::table::print;

const PATIENCE: Duration = Duration::from_secs(60);
/// Blocks that stand before anybody subscribes.
const BEFORE: usize = 50;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Subscribers, each a connection of its own that reads Server-Sent Events.
    #[arg(long, default_value_t = 5_000)]
    subscribers: usize,
    /// Blocks that are timed.
    #[arg(long, default_value_t = 20)]
    blocks: usize,
    /// Milliseconds between two blocks.
    #[arg(long, default_value_t = 1_000)]
    pause_ms: u64,
    /// Events of a block.
    #[arg(long, default_value_t = 20)]
    events: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// From the notice of a block's commit to each subscriber's message, in milliseconds.
#[derive(Debug, Serialize)]
struct Figure {
    subscribers: usize,
    blocks: usize,
    messages: usize,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    longest_ms: f64,
}

/// When each block's message reached a subscriber, by block number.
type Heard = Arc<Mutex<Vec<(u64, Instant)>>>;

pub(crate) async fn run(args: &Args, as_json: bool) -> anyhow::Result<()> {
    let blocks = BEFORE + args.blocks + 2;
    let params = Params { logs: blocks * args.events, blocks, ..Params::default() };
    let chain = Chain::new(CHAIN, params.start - 12);
    chain.set_finality(Finality::Depth { safe: 8, finalized: 16 });
    let mut market = Market { chain: chain.clone(), history: History::new(args.seed, params) };
    let first: Vec<_> = (0..BEFORE).filter_map(|_| market.next()).collect();
    chain.extend(first);
    let stage = Stage::start().await?;
    let node = Node::start(chain, Wire::honest()).await;
    let (database, deployment) =
        (stage.database("live_api").await?, stage.deployment(market.history.book())?);
    let nodes = format!("{},{}", node.url(), node.ws_url());
    let deployment = deployment.display().to_string();
    let arguments = ["run", "--rpc-url", &nodes, "--database-url", &database, "--deployment", &deployment];
    let indexer = child::start(&indexer()?, &stage.folder().join("indexer.log"), &arguments)?;
    let mut commits = crate::live::Told::listen(&database, market.chain.head().number()).await?;

    let address = free_address()?;
    let most = args.subscribers.to_string();
    let program = std::env::current_exe()?.with_file_name("stoa-api");
    anyhow::ensure!(program.is_file(), "{} is not built: use `cargo stoa bench`", program.display());
    let api = Spec::new("stoa-api", &program, stage.folder().join("api.log"))
        .args(["--listen", &address, "--limits", "off", "--database-url", &database])
        .args(["--live-connections", &most, "--live-per-address", &most])
        .args(["--connections-per-address", &(args.subscribers + 100).to_string()])
        .start()?;
    api.until(PATIENCE, async || TcpStream::connect(&address).await.is_ok()).await?;

    let heard = Heard::default();
    let (count, mut open) = watch::channel(0_usize);
    let count = Arc::new(count);
    for _ in 0..args.subscribers {
        tokio::spawn(subscribe(address.clone(), heard.clone(), count.clone()));
    }
    timeout(PATIENCE, open.wait_for(|open| *open == args.subscribers))
        .await
        .context("not all subscribers were let in: is `ulimit -n` large enough for them on both sides?")??;
    eprintln!("{} subscribers", args.subscribers);

    let mut committed = Vec::with_capacity(args.blocks);
    for at in 0..args.blocks {
        let draft = market.next().context("the history is over")?;
        let number = market.chain.extend([draft]).last().map_or(0, |block| block.number());
        loop {
            let block = timeout(PATIENCE, commits.next()).await.context("the indexer has stopped")??;
            if block.0 >= number {
                break;
            }
        }
        committed.push((number, Instant::now()));
        let started = Instant::now();
        while count_of(&heard) < (at + 1) * args.subscribers {
            anyhow::ensure!(started.elapsed() < PATIENCE, "a block does not reach all subscribers");
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(args.pause_ms)).await;
    }
    let mut took = Took::default();
    child::look(&api, &mut took);
    indexer.stop().await;
    api.stop().await;
    report(args, &committed, &heard, &took, as_json)
}

fn report(
    args: &Args,
    committed: &[(u64, Instant)],
    heard: &Heard,
    took: &Took,
    as_json: bool,
) -> anyhow::Result<()> {
    let mut latencies: Vec<f64> = Vec::new();
    for (block, at) in heard.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        let commit = committed.iter().find(|(number, _)| number == block);
        // A message may overtake the notice that this process reads.
        latencies
            .extend(commit.map(|(_, commit)| at.saturating_duration_since(*commit).as_secs_f64() * 1_000.0));
    }
    anyhow::ensure!(!latencies.is_empty(), "nothing was heard");
    latencies.sort_by(f64::total_cmp);
    let part = |share: f64| latencies[((latencies.len() - 1) as f64 * share).round() as usize];
    let figure = Figure {
        subscribers: args.subscribers,
        blocks: args.blocks,
        messages: latencies.len(),
        p50_ms: part(0.5),
        p95_ms: part(0.95),
        p99_ms: part(0.99),
        longest_ms: part(1.0),
    };
    if as_json {
        println!("{:#}", json!({ "events_per_block": args.events, "figure": figure, "api": took }));
        return Ok(());
    }
    let heads =
        ["subscribers", "blocks", "messages", "p50 ms", "p95 ms", "p99 ms", "longest"].map(str::to_owned);
    let ms = |value: f64| format!("{value:.1}");
    let row = vec![
        figure.subscribers.to_string(),
        figure.blocks.to_string(),
        figure.messages.to_string(),
        ms(figure.p50_ms),
        ms(figure.p95_ms),
        ms(figure.p99_ms),
        ms(figure.longest_ms),
    ];
    print(&[heads.to_vec(), row]);
    println!("\nAPI: {:.1} s of CPU, at most {:.0} MiB", took.cpu_seconds, took.peak_mib);
    Ok(())
}

fn count_of(heard: &Heard) -> usize {
    heard.lock().unwrap_or_else(PoisonError::into_inner).len()
}

pub(crate) fn free_address() -> anyhow::Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.to_string())
}

/// Reads the blocks' messages, by as little work as will do: the subscribers share the machine with the server.
async fn subscribe(address: String, heard: Heard, open: Arc<watch::Sender<usize>>) -> anyhow::Result<()> {
    let mut socket = TcpStream::connect(&address).await?;
    socket
        .write_all(format!("GET /v1/stream?topics=blocks HTTP/1.1\r\nhost: {address}\r\n\r\n").as_bytes())
        .await?;
    let mut buffer = Vec::with_capacity(4_096);
    loop {
        anyhow::ensure!(socket.read_buf(&mut buffer).await? > 0, "the server has ended the stream");
        let now = Instant::now();
        let Some(end) = buffer.windows(2).rposition(|pair| pair == b"\n\n") else { continue };
        let text = String::from_utf8_lossy(&buffer[..end]).into_owned();
        for event in text.split("\n\n") {
            if event.contains("event: open") {
                open.send_modify(|open| *open += 1);
            }
            if event.contains("event: message")
                && let Some((_, rest)) = event.split_once("\"number\":")
            {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                heard.lock().unwrap_or_else(PoisonError::into_inner).push((digits.parse()?, now));
            }
        }
        buffer.drain(..end);
    }
}
