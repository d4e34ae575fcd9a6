//! `stoa bench api`

mod bare;
pub(crate) mod load;
pub(crate) mod market;

use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use stoa_scripts::child::{Child, Spec};
use tokio::net::TcpStream;

use crate::child::{self, Took};
use crate::live_api::free_address;
use crate::stage::Stage;
use crate::table::{print, thousands};
use bare::Bare;
use load::{Load, Rate};
use market::{Filled, Query, queries};

const PATIENCE: Duration = Duration::from_secs(120);
/// Requests of one query that differ.
const DIFFERENT: usize = 200;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    filled: Filled,
    /// Connections, one column each.
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 128])]
    connections: Vec<usize>,
    /// Seconds that each figure is taken.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
    /// Count and limit requests, with limits that nobody reaches: what counting costs.
    #[arg(long)]
    limits: bool,
}

/// What one query gave at one number of connections.
#[derive(Debug, Serialize)]
struct Figure {
    query: &'static str,
    connections: usize,
    /// Read from the database each time.
    uncached: Rate,
    /// The same SQL without an API in between.
    bare: Rate,
    ratio: f64,
    /// One request again and again, with the cache on.
    hot: Rate,
}

pub(crate) async fn run(args: &Args, as_json: bool) -> anyhow::Result<()> {
    let stage = Stage::start().await?;
    let database = market::database(&stage, &args.filled).await?;
    let queries = queries(&database, DIFFERENT).await?;
    let api = Api::start(&stage, &database, "0", args.limits).await?;
    let mut firsts = Vec::new();
    for query in &queries {
        firsts.push(load::first(&api.address, &query.paths[0]).await?);
    }
    let bare = Bare::record(&stage, &database, &queries).await?;
    let time = Duration::from_secs(args.seconds);
    let mut figures = Vec::new();
    for query in &queries {
        for connections in &args.connections {
            let load = Load { address: &api.address, connections: *connections, time };
            let uncached = load.run(&query.paths).await?;
            let bare = bare.run(query.name, *connections, time).await?;
            let ratio = uncached.per_second / bare.per_second;
            figures.push((query, uncached, bare, ratio, *connections));
        }
    }
    let took = api.stop().await;
    let api = Api::start(&stage, &database, "64", args.limits).await?;
    let mut done = Vec::new();
    for (query, uncached, bare, ratio, connections) in figures {
        let load = Load { address: &api.address, connections, time };
        let hot = load.run(&query.paths[..1]).await?;
        done.push(Figure { query: query.name, connections, uncached, bare, ratio, hot });
    }
    let warm = api.stop().await;
    report(args, &queries, &firsts, &done, [took, warm], as_json);
    Ok(())
}

fn report(
    args: &Args,
    queries: &[Query],
    firsts: &[f64],
    figures: &[Figure],
    took: [Took; 2],
    as_json: bool,
) {
    if as_json {
        let firsts: Vec<_> = queries.iter().map(|query| query.name).zip(firsts).collect();
        println!(
            "{:#}",
            json!({ "logs": args.filled.logs, "figures": figures, "first_ms": firsts, "uncached": took[0], "hot": took[1] })
        );
        return;
    }
    let heads = [
        "",
        "conns",
        "req/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "bare/s",
        "ratio",
        "hot req/s",
        "hot p50",
        "hot p99",
    ];
    let ms = |value: f64| format!("{value:.1}");
    let row = |figure: &Figure| {
        vec![
            figure.query.to_owned(),
            figure.connections.to_string(),
            thousands(figure.uncached.per_second),
            ms(figure.uncached.p50_ms),
            ms(figure.uncached.p95_ms),
            ms(figure.uncached.p99_ms),
            thousands(figure.bare.per_second),
            format!("{:.2}", figure.ratio),
            thousands(figure.hot.per_second),
            ms(figure.hot.p50_ms),
            ms(figure.hot.p99_ms),
        ]
    };
    let lines = std::iter::once(heads.map(str::to_owned).to_vec()).chain(figures.iter().map(row));
    print(&lines.collect::<Vec<_>>());
    println!();
    let first = |(query, ms): (&Query, &f64)| vec![query.name.to_owned(), format!("{ms:.1}")];
    let heads = vec!["first answer of a new process".to_owned(), "ms".to_owned()];
    print(&std::iter::once(heads).chain(queries.iter().zip(firsts).map(first)).collect::<Vec<_>>());
    let [uncached, hot] = took;
    println!("\nAPI: at most {:.0} MiB uncached, {:.0} MiB with the cache", uncached.peak_mib, hot.peak_mib);
}

/// Without limits, or with some that are counted and never reached.
fn limited(stage: &Stage, limits: bool) -> anyhow::Result<[String; 2]> {
    if !limits {
        return Ok(["--limits", "off"].map(str::to_owned));
    }
    let path = stage.folder().join("limits.toml");
    let much = "per_minute = 1000000000\nper_day = 1000000000\npremium_per_month = 1000000000\n";
    std::fs::write(&path, format!("[anonymous]\n{much}[[tiers]]\n{much}"))?;
    Ok(["--limits-file".to_owned(), path.display().to_string()])
}

/// A server of its own.
pub(crate) struct Api {
    pub(crate) child: Child,
    pub(crate) address: String,
}

impl Api {
    pub(crate) async fn start(
        stage: &Stage,
        database: &str,
        cache: &str,
        limits: bool,
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        let program = std::env::current_exe()?.with_file_name("stoa-api");
        anyhow::ensure!(program.is_file(), "{} is not built: use `cargo stoa bench`", program.display());
        let child = Spec::new("stoa-api", &program, stage.folder().join("api.log"))
            .args(["--listen", &address, "--database-url", database, "--cache-mib", cache])
            .args(["--metadata-fetches", "0"])
            .args(limited(stage, limits)?)
            .start()?;
        child.until(PATIENCE, async || TcpStream::connect(&address).await.is_ok()).await?;
        Ok(Self { child, address })
    }

    pub(crate) async fn stop(self) -> Took {
        let mut took = Took::default();
        child::look(&self.child, &mut took);
        self.child.stop().await;
        took
    }
}
