//! `stoa bench index`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use stoa_indexer::deployment::Deployment;
use stoa_tests::history::Params;
use stoa_tests::paper::{Node, Options, Wire};

use crate::child::{self, Took};
use crate::floor;
use crate::stage::{Market, Stage, indexer};
use crate::table::{print, thousands};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Logs of the protocol.
    #[arg(long, default_value_t = 500_000)]
    logs: usize,
    /// Blocks that they stand in: by default one for a hundred logs.
    #[arg(long)]
    blocks: Option<usize>,
    /// Several numbers of logs, such as 50000,500000,5000000: tells what an event costs at each.
    #[arg(long, value_delimiter = ',', conflicts_with_all = ["logs", "blocks"])]
    sizes: Vec<usize>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Times that each figure is taken; the median is told.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Leave the far node out: 50 ms a round trip, at most 2,000 blocks a question.
    #[arg(long)]
    near_only: bool,
}

/// From how many missing blocks on the archive is filled first: always, or never.
const FILLS: &str = "1";
const FOLLOWS: &str = "999999999";

/// One way of indexing everything.
#[derive(Debug, Serialize)]
struct Figure {
    name: &'static str,
    events_per_second: f64,
    /// To the rate of the same rows by `COPY`.
    of_floor: f64,
    #[serde(flatten)]
    took: Took,
}

/// What one size of market gave.
#[derive(Debug)]
struct Measured {
    logs: usize,
    blocks: usize,
    figures: Vec<Figure>,
    bytes_per_event: f64,
    tables: BTreeMap<&'static str, usize>,
}

/// Everything that a run needs.
struct Bench<'a> {
    stage: &'a Stage,
    program: PathBuf,
    deployment: PathBuf,
    head: u64,
    logs: usize,
    runs: usize,
}

/// Logs of a block where nothing else is said.
const LOGS_OF_A_BLOCK: usize = 100;

pub(crate) async fn run(args: &Args, as_json: bool) -> anyhow::Result<()> {
    let stage = Stage::start().await?;
    let usual = |logs: usize| (logs / LOGS_OF_A_BLOCK).max(2);
    if args.sizes.is_empty() {
        let measured = measure(&stage, args, args.logs, args.blocks.unwrap_or(usual(args.logs))).await?;
        if as_json {
            println!("{:#}", measured.document(args));
        } else {
            measured.print();
        }
        return Ok(());
    }
    let mut sizes = Vec::new();
    for logs in &args.sizes {
        sizes.push(measure(&stage, args, *logs, usual(*logs)).await?);
    }
    if as_json {
        let documents: Vec<_> = sizes.iter().map(|measured| measured.document(args)).collect();
        println!("{:#}", json!({ "sizes": documents }));
    } else {
        print(&costs(&sizes));
    }
    Ok(())
}

async fn measure(stage: &Stage, args: &Args, logs: usize, blocks: usize) -> anyhow::Result<Measured> {
    let market = Market::whole(args.seed, Params { logs, blocks, ..Params::default() });
    let node = Node::start(market.chain.clone(), Wire::honest()).await;
    let bench = Bench {
        program: indexer()?,
        deployment: stage.deployment(market.history.book())?,
        head: market.chain.head().number(),
        logs: market.history.logs(),
        runs: args.runs.max(1),
        stage,
    };
    let deployment = Deployment::read(&bench.deployment)?;
    let mut floors = Vec::new();
    for _ in 0..bench.runs {
        let floor = bench.stage.database("floor").await?;
        floors.push(floor::measure(node.url(), &deployment, bench.head, &floor).await?);
    }
    anyhow::ensure!(floors[0].rows == bench.logs, "{} rows of {} logs", floors[0].rows, bench.logs);
    let copy = median(floors.iter().map(|floor| floor.copy_seconds));
    let fetch = median(floors.iter().map(|floor| floor.fetch_seconds));
    let figure = |name, took: Took| {
        let of_floor = copy / took.seconds;
        Figure { name, events_per_second: bench.logs as f64 / took.seconds, of_floor, took }
    };
    let alone = |seconds| Took { seconds, ..Took::default() };
    let mut figures =
        vec![figure("floor: COPY alone", alone(copy)), figure("floor: fetch and decode alone", alone(fetch))];
    let near = node.url().to_string();
    let whole = bench.index("whole", &near, FILLS).await?;
    let built = whole.until_built.unwrap_or(whole.seconds);
    let live = whole.until_live.unwrap_or(whole.seconds);
    figures.push(figure("empty to head, all projections", Took { seconds: live, ..whole.clone() }));
    figures.push(figure("  of it: event tables", alone(built)));
    figures.push(figure("  of it: projections", alone(live - built)));
    figures.push(figure("until the last index and statistic", alone(whole.seconds)));
    let rebuilt = bench.rebuild("whole").await?;
    let live = rebuilt.until_live.unwrap_or(rebuilt.seconds);
    figures.push(figure("rebuild", Took { seconds: live, ..rebuilt }));
    figures.push(figure("following, without journal", bench.index("ranges", &near, FOLLOWS).await?));
    if !args.near_only {
        let far =
            Options { round_trip: Duration::from_millis(50), blocks: Some(2_000), ..Options::default() };
        node.wire().set_options(far);
        figures
            .push(figure("empty to head, 50 ms and 2,000 blocks", bench.index("far", &near, FILLS).await?));
    }
    let bytes_per_event = bench.bytes("whole").await?;
    let tables = market.history.tables().clone();
    Ok(Measured { logs: bench.logs, blocks, figures, bytes_per_event, tables })
}

impl Measured {
    fn document(&self, args: &Args) -> serde_json::Value {
        json!({
            "logs": self.logs, "blocks": self.blocks, "seed": args.seed, "runs": args.runs.max(1),
            "figures": self.figures, "bytes_per_event": self.bytes_per_event, "tables": self.tables,
        })
    }

    fn print(&self) {
        print(&rows(&self.figures));
        let bytes = self.bytes_per_event;
        println!("\n{bytes:.0} bytes an event in the database, keys, indexes and projections included\n");
        let share = |(table, rows): (&&str, &usize)| {
            vec![(*table).to_owned(), format!("{:.2} %", *rows as f64 * 100.0 / self.logs as f64)]
        };
        print(&self.tables.iter().map(share).collect::<Vec<_>>());
    }
}

/// Microseconds that an event costs, a column for each size.
fn costs(sizes: &[Measured]) -> Vec<Vec<String>> {
    let line = |name: &str, cell: &dyn Fn(&Measured) -> String| {
        std::iter::once(name.to_owned()).chain(sizes.iter().map(cell)).collect::<Vec<_>>()
    };
    let mut lines = vec![line("microseconds an event, of", &|size| thousands(size.logs as f64))];
    let figures = sizes.first().map_or(0, |size| size.figures.len());
    for place in 0..figures {
        let cost = |size: &Measured| format!("{:.2}", 1e6 / size.figures[place].events_per_second);
        lines.push(line(sizes[0].figures[place].name, &cost));
    }
    let whole = |size: &Measured| size.figures.iter().map(|figure| figure.took.peak_mib).fold(0.0, f64::max);
    lines.push(line("peak MiB", &|size| format!("{:.1}", whole(size))));
    lines.push(line("bytes an event in the database", &|size| format!("{:.0}", size.bytes_per_event)));
    lines
}

fn rows(figures: &[Figure]) -> Vec<Vec<String>> {
    let heads = ["", "seconds", "events/s", "of COPY", "CPU s", "peak MiB"].map(str::to_owned).to_vec();
    let known = |value: f64| if value > 0.0 { format!("{value:.1}") } else { "–".to_owned() };
    let row = |figure: &Figure| {
        vec![
            figure.name.to_owned(),
            format!("{:.2}", figure.took.seconds),
            thousands(figure.events_per_second),
            format!("{:.2}", figure.of_floor),
            known(figure.took.cpu_seconds),
            known(figure.took.peak_mib),
        ]
    };
    std::iter::once(heads).chain(figures.iter().map(row)).collect()
}

impl Bench<'_> {
    /// From nothing to the head, as often as wanted: the run of median length.
    async fn index(&self, name: &str, node: &str, archive_from: &str) -> anyhow::Result<Took> {
        let (head, deployment) = (self.head.to_string(), self.deployment.display().to_string());
        let mut runs = Vec::new();
        for _ in 0..self.runs {
            let database = self.stage.database(name).await?;
            let mut args =
                vec!["run", "--rpc-url", node, "--database-url", &database, "--deployment", &deployment];
            args.extend(["--until", &head, "--archive-from", archive_from]);
            runs.push(child::run(&self.program, &self.stage.folder().join("indexer.log"), &args).await?);
        }
        Ok(middle(runs))
    }

    async fn rebuild(&self, name: &str) -> anyhow::Result<Took> {
        let database = self.stage.url_of(name);
        let mut runs = Vec::new();
        for _ in 0..self.runs {
            let args = ["rebuild", "--database-url", &database];
            runs.push(child::run(&self.program, &self.stage.folder().join("rebuild.log"), &args).await?);
        }
        Ok(middle(runs))
    }

    async fn bytes(&self, name: &str) -> anyhow::Result<f64> {
        let mut connection = PgConnection::connect(&self.stage.url_of(name)).await?;
        let size: i64 = sqlx::query_scalar("SELECT pg_database_size(current_database())")
            .fetch_one(&mut connection)
            .await?;
        Ok(size as f64 / self.logs as f64)
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn middle(mut runs: Vec<Took>) -> Took {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs.swap_remove(runs.len() / 2)
}
