//! A small generated market behind the real indexer, Postgres and API, for as long as another program asks it things.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use stoa_scripts::child::Spec;
use stoa_scripts::testing::TestDatabase;
use stoa_tests::history::{History, Params};
use stoa_tests::paper::{Chain, Draft, Finality, Node, Wire};
use tempfile::TempDir;
use tokio::net::TcpStream;
use url::Url;

const CHAIN: u64 = 31_337;
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Parser)]
#[command(name = "stoa-probe", about = "Runs a program against the API of a small generated market.")]
struct Cli {
    /// Logs of the market.
    #[arg(long, default_value_t = 5_000)]
    logs: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Every block is final, so that exports and answers are of the same one.
    #[arg(long = "final")]
    all_final: bool,
    /// Answer `POST /v1/sql` too.
    #[arg(long)]
    sql: bool,
    /// A file with a SELECT of one text over the indexer's tables: the program gets it in STOA_ORACLE.
    #[arg(long)]
    oracle: Option<PathBuf>,
    /// The program and its arguments; `{url}` in them stands for the API's address.
    #[arg(trailing_var_arg = true, required = true)]
    program: Vec<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let cli = Cli::parse();
    let params = Params { logs: cli.logs, blocks: (cli.logs / 5).max(2), ..Params::default() };
    let (chain, mut history) = (Chain::new(CHAIN, params.start - 12), History::new(cli.seed, params));
    let drafts = history.by_ref().map(|block| Draft { time: block.time, transactions: block.transactions });
    chain.extend(drafts.collect::<Vec<_>>());
    let (safe, finalized) = if cli.all_final { (0, 0) } else { (8, 16) };
    chain.set_finality(Finality::Depth { safe, finalized });
    let head = chain.head().number().to_string();
    let node = Node::start(chain, Wire::honest()).await;
    let node_url = node.url();
    let database = TestDatabase::create().await;
    let folder = TempDir::new()?;
    let deployment = folder.path().join("deployment.json");
    std::fs::write(&deployment, history.book().deployment(CHAIN).to_string())?;
    let indexer = Spec::new("stoa-indexer", beside("stoa-indexer")?, folder.path().join("indexer.log"))
        .args(["run", "--rpc-url", node_url.as_str(), "--database-url", database.url(), "--until", &head])
        .arg("--deployment")
        .arg(&deployment)
        .start()?;
    let ended = indexer.wait().await;
    anyhow::ensure!(ended.success(), "{}", std::fs::read_to_string(indexer.log()).unwrap_or_default());

    let told = match &cli.oracle {
        Some(file) => Some(oracle(database.url(), &std::fs::read_to_string(file)?).await?),
        None => None,
    };
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.to_string();
    let mut api = Spec::new("stoa-api", beside("stoa-api")?, folder.path().join("api.log"))
        .args(["--listen", &address, "--database-url", database.url(), "--limits", "off"])
        // What waits for a block that never comes waits for half of it.
        .args(["--request-seconds", "2"]);
    if cli.sql {
        api = api.args(["--sql-database-url", &analyst(database.url(), folder.path()).await?]);
    }
    let api = api.start()?;
    api.until(PATIENCE, async || TcpStream::connect(&address).await.is_ok()).await?;
    let url = format!("http://{address}");
    let arguments: Vec<String> = cli.program.iter().map(|text| text.replace("{url}", &url)).collect();
    let (program, arguments) = arguments.split_first().context("no program is named")?;
    let status = tokio::process::Command::new(program)
        .args(arguments)
        .envs(told.map(|told| ("STOA_ORACLE", told)))
        .status()
        .await
        .with_context(|| format!("cannot start {program}"))?;
    api.stop().await;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// What a SELECT says.
async fn oracle(url: &str, sql: &str) -> anyhow::Result<String> {
    let mut connection = PgConnection::connect(url).await?;
    Ok(sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await?)
}

/// The database's address for the role that answers SQL, which it makes.
async fn analyst(url: &str, folder: &Path) -> anyhow::Result<String> {
    const PASSWORD: &str = "analyst";
    let made = Spec::new("stoa-api analyst", beside("stoa-api")?, folder.join("analyst.log"))
        .args(["analyst", "--database-url", url])
        .env("STOA_SQL_PASSWORD", PASSWORD)
        .start()?;
    anyhow::ensure!(
        made.wait().await.success(),
        "{}",
        std::fs::read_to_string(made.log()).unwrap_or_default()
    );
    let mut url = Url::parse(url)?;
    let set = url.set_username("stoa_analyst").and_then(|()| url.set_password(Some(PASSWORD)));
    set.map_err(|()| anyhow::anyhow!("{url} takes no user"))?;
    Ok(url.into())
}

/// A program that was built beside this one.
fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(program.is_file(), "{} is not built: `cargo build --workspace`", program.display());
    Ok(program)
}
