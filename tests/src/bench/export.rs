//! `stoa bench export`: whole exports of a large market, and the server's memory meanwhile.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use stoa_scripts::child::Child;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::api::Api;
use crate::child::{self, Took};
use crate::stage::Stage;
use crate::table::print;

/// The server's memory is looked at whenever so much more has come.
const STEP: u64 = 8 << 20;
/// Ends a body that is whole.
const END: &[u8] = b"0\r\n\r\n";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The collection; `events` is the largest.
    #[arg(long, default_value = "events")]
    collection: String,
    /// One line each.
    #[arg(long, value_delimiter = ',', default_values_t = ["ndjson".to_owned(), "csv".to_owned(), "parquet".to_owned()])]
    formats: Vec<String>,
    /// An export must have so many MiB to count.
    #[arg(long, default_value_t = 1_024)]
    at_least_mib: u64,
    /// Mebibytes by which memory may grow from a tenth of the export to its end.
    #[arg(long, default_value_t = 32.0)]
    growth_mib: f64,
}

/// One export.
#[derive(Debug, Serialize)]
struct Figure {
    format: String,
    mib: f64,
    seconds: f64,
    /// Resident memory of the server after 10 %, 50 % and 100 % of the bytes, and the most it had.
    at_10_mib: f64,
    at_50_mib: f64,
    at_100_mib: f64,
    peak_mib: f64,
}

/// Takes the database that `stoa bench api` has filled.
pub(crate) async fn run(args: &Args, as_json: bool) -> anyhow::Result<()> {
    let stage = Stage::start().await?;
    let url = stage.url_of("api");
    let mut figures = Vec::new();
    for format in &args.formats {
        let api = Api::start(&stage, &url, "0", false)
            .await
            .context("is there a database? `stoa bench api` fills it")?;
        let path = format!("/v1/export/{}.{format}?chain={}", args.collection, crate::stage::CHAIN);
        let figure = export(&api, &path, format).await?;
        api.stop().await;
        let enough = figure.mib >= args.at_least_mib as f64;
        anyhow::ensure!(enough, "{path} has {:.0} MiB only: fill the database with more logs", figure.mib);
        figures.push(figure);
    }
    if as_json {
        println!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        let heads = ["", "MiB", "s", "RSS at 10 %", "at 50 %", "at 100 %", "peak MiB"];
        let whole = |value: f64| format!("{value:.0}");
        let row = |figure: &Figure| {
            let Figure { mib, seconds, at_10_mib, at_50_mib, at_100_mib, peak_mib, .. } = *figure;
            let values = [mib, seconds, at_10_mib, at_50_mib, at_100_mib, peak_mib];
            std::iter::once(figure.format.clone()).chain(values.map(whole)).collect()
        };
        let lines = std::iter::once(heads.map(str::to_owned).to_vec()).chain(figures.iter().map(row));
        print(&lines.collect::<Vec<Vec<String>>>());
    }
    for figure in &figures {
        let grown = figure.peak_mib - figure.at_10_mib;
        anyhow::ensure!(grown <= args.growth_mib, "{}: memory grew by {grown:.0} MiB", figure.format);
    }
    Ok(())
}

/// Reads an export to its end, and throws it away.
async fn export(api: &Api, path: &str, format: &str) -> anyhow::Result<Figure> {
    let begun = Instant::now();
    let mut socket = TcpStream::connect(&api.address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", api.address);
    socket.write_all(request.as_bytes()).await?;
    let mut buffer = vec![0; 1 << 20];
    let (mut read, mut next, mut looks) = (0_u64, STEP, Vec::new());
    let mut tail = Vec::new();
    loop {
        let wait = tokio::time::timeout(Duration::from_secs(120), socket.read(&mut buffer));
        let count = wait.await.context("the export stands still")??;
        if count == 0 {
            break;
        }
        if read == 0 {
            let head = String::from_utf8_lossy(&buffer[..count]).into_owned();
            anyhow::ensure!(head.starts_with("HTTP/1.1 200"), "{path} was answered with:\n{head}");
        }
        tail.extend_from_slice(&buffer[count.saturating_sub(END.len())..count]);
        tail.drain(..tail.len().saturating_sub(END.len()));
        read += count as u64;
        if read >= next {
            looks.push(resident(&api.child));
            next = read + STEP;
        }
    }
    anyhow::ensure!(tail == END, "{path} broke off after {read} bytes");
    let mut took = Took::default();
    child::look(&api.child, &mut took);
    let at =
        |share: usize| looks.get(looks.len() * share / 100).or(looks.last()).copied().unwrap_or_default();
    Ok(Figure {
        format: format.to_owned(),
        mib: read as f64 / f64::from(1 << 20),
        seconds: begun.elapsed().as_secs_f64(),
        at_10_mib: at(10),
        at_50_mib: at(50),
        at_100_mib: at(100),
        peak_mib: took.peak_mib,
    })
}

/// What the process has in memory now, in MiB.
fn resident(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.pid())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|text| text.trim().trim_end_matches(" kB").parse::<f64>().ok()).unwrap_or_default()
        / 1_024.0
}
