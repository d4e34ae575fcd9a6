//! `stoa audit`

use std::{net::SocketAddr, time::Duration};

use anyhow::Context as _;
use stoa_scripts::{
    audit::{Auditor, Report, Sample, follow},
    cli::{ChainArgs, Failure, Output},
};
use tokio::{net::TcpListener, sync::watch};

/// Compare the database with the contracts: every balance, pass, plan, listing, revenue, share, claim, lock and total.
///
/// Contracts are asked at one block, in batches. What they don't keep is compared with the receipts of purchases and with
/// the sums of the stored events. Blocks from the newest final one to where the projections stand can be audited; the
/// indexer goes on meanwhile. The result is kept in archive.audit.
///
/// Ends with code 0 when nothing differs, 7 when something does, 8 when the audit could not be made (5 when the chain
/// does not answer at all).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa audit --database-url postgres://localhost/stoa
  stoa audit --database-url $DB --block 1200 --network base --json
  stoa audit --database-url $DB --sample 1000 --seed 7
  stoa audit --database-url $DB --follow --sample 1000 --http 127.0.0.1:8082")]
pub(crate) struct Args {
    /// The database that the indexer writes.
    #[arg(long, env = "STOA_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: String,
    /// The block; else the one that the projections stand at.
    #[arg(long, value_name = "N", conflicts_with = "follow")]
    block: Option<u32>,
    /// Compare so many rows of each table, chosen by chance, with the contracts and with receipts. What only the sums of
    /// all events tell is left out then: which rows there must be, an account's and a listing's counts, who bought how
    /// often, revenue by token, what was claimed and divided so far, and when something was created or changed.
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    sample: Option<u32>,
    /// What chance decides; printed, so that the same rows can be compared again.
    #[arg(long, value_name = "N", requires = "sample")]
    seed: Option<u32>,
    /// Seconds to wait for a block that the projections have not come to.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
    /// Audit each block, in order, from the newest final one on, until stopped. One that is replaced is audited again;
    /// blocks that become final before their turn are skipped and counted.
    #[arg(long)]
    follow: bool,
    /// Serve /live and /metrics here: stoa_audit_block, stoa_audit_differences and others.
    #[arg(long, value_name = "ADDRESS", requires = "follow")]
    http: Option<SocketAddr>,
    /// Questions that the node gets at once.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    batch: u32,
    #[command(flatten)]
    chain: ChainArgs,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = args.chain.connect().await?;
    let sample = args.sample.map(|rows| Sample { rows, seed: args.seed.unwrap_or_else(rand::random).into() });
    let batch = args.batch as usize;
    let url = session.network.endpoint(args.chain.rpc_url.as_ref())?;
    let auditor = Auditor::new(&args.database_url, &url, &session.deployment, sample, batch)?;
    if args.follow {
        return Box::pin(follow(args, &auditor, session.output)).await;
    }
    let block = args.block.map(i64::from);
    let report = auditor.audit(block, Duration::from_secs(args.wait)).await?;
    session.output.answer(&report, || words(&report))?;
    match report.differences.len() {
        0 => Ok(()),
        count => Err(Failure::Differs { count, compared: report.compared, block: report.block }.into()),
    }
}

async fn follow(args: &Args, auditor: &Auditor, output: Output) -> anyhow::Result<()> {
    let (telling, watching) = watch::channel(follow::Progress::default());
    let served = async {
        let Some(address) = args.http else { return std::future::pending().await };
        let listener = TcpListener::bind(address).await;
        let listener = listener.with_context(|| {
            format!("cannot serve /metrics at {address}: is the port taken? --http names another")
        })?;
        follow::serve(listener, watching).await.context("/metrics is served no more")
    };
    let report = |report: &Report| {
        let text =
            if output.json { serde_json::to_string(report).unwrap_or_default() } else { words(report) };
        println!("{text}");
    };
    tokio::select! {
        ended = served => ended,
        () = auditor.follow(&telling, report) => Ok(()),
        stopped = stopped() => stopped,
    }
}

/// Ctrl-C, or a service manager's SIGTERM.
async fn stopped() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => Ok(pressed?),
        _ = terminate.recv() => Ok(()),
    }
}

/// One line for each difference, and one for all.
fn words(report: &Report) -> String {
    let mut lines: Vec<String> = report
        .differences
        .iter()
        .map(|found| {
            format!("{}: the database says {}, the chain {}", found.what, found.database, found.contract)
        })
        .collect();
    let sampled = match (report.sample, report.seed) {
        (Some(rows), Some(seed)) => format!("; at most {rows} rows of each table, --seed {seed}"),
        _ => String::new(),
    };
    lines.push(format!(
        "{} figures compared at block {} of chain {}, {} differ{sampled}",
        report.compared,
        report.block,
        report.chain_id,
        report.differences.len()
    ));
    lines.join("\n")
}
