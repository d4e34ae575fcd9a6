//! What every benchmark stands on: a durable Postgres, a generated chain, a node that serves it.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use stoa_scripts::checkout;
use stoa_scripts::postgres::{Data, Options, Server, with_database};
use stoa_tests::history::{History, HistoryBlock, Params};
use stoa_tests::logs::Book;
use stoa_tests::paper::{Chain, Draft, Finality};
use tempfile::TempDir;

/// The server's data outlives the run; its databases do not.
const DATA: &str = "bench";

pub(crate) struct Stage {
    // Fields are dropped in this order: databases before the server.
    _server: Option<Server>,
    url: String,
    folder: TempDir,
    /// Our own server's log.
    log: Option<PathBuf>,
}

impl Stage {
    /// The server of `STOA_DATABASE_URL`, or our own, which syncs what it commits.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        if let Ok(url) = std::env::var("STOA_DATABASE_URL") {
            return Ok(Self { _server: None, url, folder, log: None });
        }
        let log = checkout::state_dir().join("bench").join("postgres.log");
        let options = Options { data: Data::Kept(DATA.to_owned()), port: None, log: log.clone() };
        let server = tokio::task::spawn_blocking(move || Server::start(&options)).await??;
        let url = server.url().to_owned();
        Ok(Self { _server: Some(server), url, folder, log: Some(log) })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What our own server logs.
    pub(crate) fn log(&self) -> Option<&Path> {
        self.log.as_deref()
    }

    /// A new, empty database; an older one of that name goes.
    pub(crate) async fn database(&self, name: &str) -> anyhow::Result<String> {
        let mut connection = PgConnection::connect(&self.url).await.context("Postgres does not answer")?;
        let drop = format!("DROP DATABASE IF EXISTS stoa_bench_{name} WITH (FORCE)");
        connection.execute(AssertSqlSafe(drop)).await?;
        let create = format!("CREATE DATABASE stoa_bench_{name} TEMPLATE template0 ENCODING 'UTF8'");
        connection.execute(AssertSqlSafe(create)).await?;
        // What was written before is not to be paid for now.
        connection.execute("CHECKPOINT").await?;
        Ok(self.url_of(name))
    }

    /// Where a database of that name is.
    pub(crate) fn url_of(&self, name: &str) -> String {
        with_database(&self.url, &format!("stoa_bench_{name}"))
    }

    /// The deployment file of a book's contracts.
    pub(crate) fn deployment(&self, book: &Book) -> anyhow::Result<PathBuf> {
        let path = self.folder().join("deployment.json");
        std::fs::write(&path, book.deployment(CHAIN).to_string())?;
        Ok(path)
    }
}

pub(crate) const CHAIN: u64 = 31_337;

/// A history, as far as it was put on the chain.
pub(crate) struct Market {
    pub(crate) chain: Chain,
    pub(crate) history: History,
}

impl Market {
    /// All blocks of a history, all of them final.
    pub(crate) fn whole(seed: u64, params: Params) -> Self {
        let started = Instant::now();
        let (chain, mut history) = (Chain::new(CHAIN, params.start - 12), History::new(seed, params));
        let drafts: Vec<Draft> = history.by_ref().map(draft).collect();
        chain.extend(drafts);
        chain.set_finality(Finality::At { safe: u64::MAX, finalized: u64::MAX });
        chain.write_down(true);
        eprintln!("{} logs generated in {:.1} s", history.logs(), started.elapsed().as_secs_f64());
        Self { chain, history }
    }

    /// The next block of a history that goes on.
    pub(crate) fn next(&mut self) -> Option<Draft> {
        self.history.next().map(draft)
    }
}

pub(crate) fn draft(block: HistoryBlock) -> Draft {
    Draft { time: block.time, transactions: block.transactions }
}

/// The indexer's program, built beside this one.
pub(crate) fn indexer() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let program = this.with_file_name(format!("stoa-indexer{}", std::env::consts::EXE_SUFFIX));
    anyhow::ensure!(program.is_file(), "{} is not built: use `cargo stoa bench`", program.display());
    Ok(program)
}
