//! `stoa bench abuse`
//!
//! Honest clients ask at a steady rate, each from an address of its own, which a trusted proxy names. Their latency
//! counts from the moment at which a request was due. Quiet and abused phases alternate, so that what else the machine
//! does falls on both. All traffic stays on this machine.

mod honest;
mod hostile;

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use stoa_scripts::child::Spec;
use tokio::net::TcpStream;

use crate::api::load::Rate;
use crate::api::market::{self, Filled, queries};
use crate::child::{self, Took};
use crate::live_api::free_address;
use crate::stage::Stage;
use crate::table::{print, thousands};
use hostile::{Deeds, Kind};

const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    filled: Filled,
    /// Seconds of each phase.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=120))]
    seconds: u64,
    /// Pairs of a quiet and an abused phase.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    rounds: u64,
    /// Honest requests a second.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    rate: u64,
    /// Hostile requests a second, of all kinds together.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..=20_000))]
    hostile_rate: u64,
    /// Connections that send a request byte by byte.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(0..=5_000))]
    dawdlers: u64,
    /// Fail when the honest p99 under abuse is more than so many times the quiet one.
    #[arg(long, default_value_t = 2.0)]
    bar: f64,
}

pub(crate) async fn run(args: &Args, as_json: bool) -> anyhow::Result<()> {
    let stage = Stage::start().await?;
    let database = market::database(&stage, &args.filled).await?;
    let paths: Vec<String> =
        queries(&database, 50).await?.into_iter().flat_map(|query| query.paths).collect();
    let address = free_address()?;
    let program = std::env::current_exe()?.with_file_name("stoa-api");
    anyhow::ensure!(program.is_file(), "{} is not built: use `cargo stoa bench`", program.display());
    let api = Spec::new("stoa-api", &program, stage.folder().join("api.log"))
        .args(["--listen", &address, "--database-url", &database, "--metadata-fetches", "0"])
        // The honest come through it; the hostile come from other addresses of this machine.
        .args(["--trusted-proxy", "127.0.0.1/32"])
        .env("STOA_ACCESS_SECRET", "of-a-benchmark-and-of-nothing-else")
        .start()?;
    api.until(PATIENCE, async || TcpStream::connect(&address).await.is_ok()).await?;

    let (paths, deeds) = (Arc::new(paths), Deeds::default());
    let time = Duration::from_secs(args.seconds);
    // Opens connections, plans statements, and fills the caches of both.
    honest::run(&address, &paths, args.rate, time.min(Duration::from_secs(5))).await?;
    let (mut quiet, mut abused) = (honest::Heard::default(), honest::Heard::default());
    for round in 0..args.rounds {
        quiet.add(honest::run(&address, &paths, args.rate, time).await?);
        let mob = hostile::gather(&address, args.hostile_rate, args.dawdlers, time, &deeds, round).await?;
        abused.add(honest::run(&address, &paths, args.rate, time).await?);
        mob.leave().await;
    }
    let mut took = Took::default();
    child::look(&api, &mut took);
    api.stop().await;
    let whole = time * u32::try_from(args.rounds)?;
    let (failed_quiet, failed_abused) = (quiet.failed, abused.failed);
    let rates = [Rate::of(quiet.taken, whole)?, Rate::of(abused.taken, whole)?];
    report(&rates, [failed_quiet, failed_abused], &deeds, &took, as_json);
    let ratio = rates[1].p99_ms / rates[0].p99_ms;
    anyhow::ensure!(failed_quiet + failed_abused == 0, "honest requests were not answered");
    anyhow::ensure!(ratio <= args.bar, "the honest p99 under abuse is {ratio:.2} times the quiet one");
    Ok(())
}

fn report(rates: &[Rate; 2], failed: [usize; 2], deeds: &Deeds, took: &Took, as_json: bool) {
    let [quiet, abused] = rates;
    let ratios = [abused.p50_ms / quiet.p50_ms, abused.p99_ms / quiet.p99_ms];
    if as_json {
        let hostile: Vec<_> = Kind::ALL.iter().map(|kind| (kind.word(), deeds.answers(*kind))).collect();
        println!(
            "{:#}",
            json!({ "quiet": quiet, "abused": abused, "failed": failed, "p50_ratio": ratios[0],
                    "p99_ratio": ratios[1], "hostile": hostile, "api": took })
        );
        return;
    }
    let ms = |value: f64| format!("{value:.1}");
    let heads = ["honest", "req/s", "p50 ms", "p95 ms", "p99 ms", "failed"].map(str::to_owned).to_vec();
    let row = |name: &str, rate: &Rate, failed: usize| {
        let mut row = vec![name.to_owned(), thousands(rate.per_second)];
        row.extend([rate.p50_ms, rate.p95_ms, rate.p99_ms].map(ms));
        row.push(failed.to_string());
        row
    };
    print(&[heads, row("quiet", quiet, failed[0]), row("under abuse", abused, failed[1])]);
    println!("\np50 × {:.2}, p99 × {:.2}\n", ratios[0], ratios[1]);
    let mut rows = vec![vec!["hostile".to_owned(), "answers, by status".to_owned()]];
    for kind in Kind::ALL {
        let answers: Vec<String> =
            deeds.answers(kind).iter().map(|(status, count)| format!("{status}: {count}")).collect();
        rows.push(vec![kind.word().to_owned(), answers.join(", ")]);
    }
    print(&rows);
    println!("\nAPI: {:.1} s of CPU, at most {:.0} MiB", took.cpu_seconds, took.peak_mib);
}
