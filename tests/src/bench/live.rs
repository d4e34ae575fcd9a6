//! `stoa bench live`

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::json;
use sqlx::Connection as _;
use sqlx::postgres::{PgConnection, PgListener};
use stoa_tests::history::Params;
use stoa_tests::paper::{Chain, Finality, Node, Wire};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::child::{self, Took};
use crate::stage::{CHAIN, Market, Stage, indexer};
use crate::table::print;
use stoa_tests::history::History;

/// A block that is not committed for so long is lost.
const LOST: Duration = Duration::from_secs(20);
/// Blocks that stand before anything is timed.
const BEFORE: usize = 200;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Blocks a second; may be given several times.
    #[arg(long, default_values_t = [1, 10, 100])]
    rate: Vec<u32>,
    /// Seconds for each rate.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
    /// Events of a block.
    #[arg(long, default_value_t = 20)]
    events: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// From a block's announcement to the notice of its commit, in milliseconds.
#[derive(Debug, Serialize)]
struct Figure {
    blocks_per_second: u32,
    blocks: usize,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    longest_ms: f64,
    /// Blocks that were announced and not committed when the last one was announced.
    left_at_the_end: usize,
}

pub(crate) async fn run(args: &Args, as_json: bool) -> anyhow::Result<()> {
    let blocks =
        BEFORE + args.rate.iter().map(|rate| *rate as usize * args.seconds as usize).sum::<usize>() + 1;
    let params = Params { logs: blocks * args.events, blocks, ..Params::default() };
    let chain = Chain::new(CHAIN, params.start - 12);
    chain.set_finality(Finality::Depth { safe: 32, finalized: 64 });
    let mut market = Market { chain: chain.clone(), history: History::new(args.seed, params) };
    let first: Vec<_> = (0..BEFORE).filter_map(|_| market.next()).collect();
    chain.extend(first);
    let stage = Stage::start().await?;
    let node = Node::start(chain, Wire::honest()).await;
    let (database, deployment) = (stage.database("live").await?, stage.deployment(market.history.book())?);
    let nodes = format!("{},{}", node.url(), node.ws_url());
    let arguments = ["run", "--rpc-url", &nodes, "--database-url", &database, "--deployment"];
    let deployment = deployment.display().to_string();
    let arguments = [arguments.as_slice(), &[deployment.as_str()]].concat();
    let indexer = child::start(&indexer()?, &stage.folder().join("live.log"), &arguments)?;
    let mut told = Told::listen(&database, market.chain.head().number()).await?;
    let mut figures = Vec::new();
    for rate in &args.rate {
        figures.push(at_rate(&mut market, &mut told, *rate, args.seconds).await?);
    }
    let mut took = Took::default();
    child::look(&indexer, &mut took);
    indexer.stop().await;
    if as_json {
        println!("{:#}", json!({ "events_per_block": args.events, "figures": figures, "indexer": took }));
        return Ok(());
    }
    let heads = ["blocks/s", "blocks", "p50 ms", "p95 ms", "p99 ms", "longest", "left at the end"];
    let row = |figure: &Figure| {
        let ms = |value: f64| format!("{value:.1}");
        let (p50, p95, p99) = (ms(figure.p50_ms), ms(figure.p95_ms), ms(figure.p99_ms));
        let (longest, left) = (ms(figure.longest_ms), figure.left_at_the_end.to_string());
        vec![figure.blocks_per_second.to_string(), figure.blocks.to_string(), p50, p95, p99, longest, left]
    };
    let heads = heads.map(str::to_owned).to_vec();
    print(&std::iter::once(heads).chain(figures.iter().map(row)).collect::<Vec<_>>());
    println!("\nindexer: {:.1} s of CPU, at most {:.0} MiB", took.cpu_seconds, took.peak_mib);
    Ok(())
}

/// Announces blocks at an even rate, and hears of their commits.
async fn at_rate(market: &mut Market, told: &mut Told, rate: u32, seconds: u64) -> anyhow::Result<Figure> {
    let count = rate as usize * seconds as usize;
    let drafts: Vec<_> = (0..count).filter_map(|_| market.next()).collect();
    let mut ticks = interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut announced: VecDeque<(u64, Instant)> = VecDeque::new();
    let mut latencies = Vec::with_capacity(count);
    let mut drafts = drafts.into_iter();
    let mut left_at_the_end = 0;
    while latencies.len() < count {
        tokio::select! {
            _ = ticks.tick(), if drafts.len() > 0 => {
                let Some(draft) = drafts.next() else { continue };
                let at = Instant::now();
                let blocks = market.chain.extend([draft]);
                announced.extend(blocks.iter().map(|block| (block.number(), at)));
                left_at_the_end = announced.len();
            }
            block = timeout(LOST, told.next()) => {
                let (block, now) = block.context("the indexer has stopped telling of blocks")??;
                while let Some((_, at)) = announced.pop_front_if(|(number, _)| *number <= block) {
                    latencies.push((now - at).as_secs_f64() * 1_000.0);
                }
            }
        }
    }
    latencies.sort_by(f64::total_cmp);
    let part = |share: f64| latencies[((latencies.len() - 1) as f64 * share).round() as usize];
    Ok(Figure {
        blocks_per_second: rate,
        blocks: count,
        p50_ms: part(0.5),
        p95_ms: part(0.95),
        p99_ms: part(0.99),
        longest_ms: part(1.0),
        left_at_the_end,
    })
}

/// The notices of commits: the newest block that is committed, and when that was heard.
pub(crate) struct Told(mpsc::UnboundedReceiver<anyhow::Result<(u64, Instant)>>);

impl Told {
    /// Waits until the indexer has caught up with `head`.
    pub(crate) async fn listen(database: &str, head: u64) -> anyhow::Result<Self> {
        let mut listener = PgListener::connect(database).await?;
        listener.listen("stoa").await?;
        let mut connection = PgConnection::connect(database).await?;
        let started = Instant::now();
        loop {
            let found: Result<Option<i64>, _> =
                sqlx::query_scalar("SELECT projected_block FROM archive.cursor")
                    .fetch_optional(&mut connection)
                    .await;
            if found.is_ok_and(|block| block.is_some_and(|block| block.cast_unsigned() == head)) {
                break;
            }
            anyhow::ensure!(started.elapsed() < LOST, "the indexer does not catch up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // On a task of its own: a listener that is given up while it waits may lose a notice.
        let (teller, notices) = mpsc::unbounded_channel();
        tokio::spawn(
            async move { while teller.send(heard(&mut listener, &mut connection).await).is_ok() {} },
        );
        Ok(Self(notices))
    }

    pub(crate) async fn next(&mut self) -> anyhow::Result<(u64, Instant)> {
        self.0.recv().await.context("nobody listens any more")?
    }
}

/// Which block a notice is of: where the indexer falls behind, it tells only of final blocks that hold something.
async fn heard(listener: &mut PgListener, connection: &mut PgConnection) -> anyhow::Result<(u64, Instant)> {
    let notice = listener.recv().await?;
    let at = Instant::now();
    let seq: i64 = notice.payload().split(':').nth(1).context("a notice without a number")?.parse()?;
    let block: i64 = sqlx::query_scalar("SELECT block_number FROM archive.outbox WHERE seq = $1")
        .bind(seq)
        .fetch_one(connection)
        .await?;
    Ok((block.cast_unsigned(), at))
}
