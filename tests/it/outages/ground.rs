//! A market on a chain on paper, and the program that indexes it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use alloy::primitives::Address;
use sqlx::{Connection as _, PgConnection};
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::postgres::{self, Data, Options, Server};
use stoa_scripts::testing::{Bin, TestDatabase};
use stoa_tests::model::Account;
use stoa_tests::paper::{Node, Wire};
use tempfile::TempDir;

use crate::simulation::compare;
use crate::simulation::world::{CHAIN, World};

/// Nothing here takes this long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) struct Ground {
    pub(crate) world: World,
    pub(crate) node: Node,
    deployment: PathBuf,
    folder: TempDir,
}

impl Ground {
    /// A chain of so many blocks, served by one honest node.
    pub(crate) async fn start(seed: u64, blocks: usize) -> Self {
        let mut world = World::new(seed);
        world.grow(blocks);
        let node = Node::start(world.chain().clone(), Wire::honest()).await;
        let folder = TempDir::new().expect("a temporary folder");
        let deployment = folder.path().join("deployment.json");
        let text = world.history().book().deployment(CHAIN).to_string();
        std::fs::write(&deployment, text).expect("the deployment file");
        Self { world, node, deployment, folder }
    }

    pub(crate) async fn database(&self) -> TestDatabase {
        TestDatabase::create().await
    }

    pub(crate) fn head(&self) -> u64 {
        self.world.chain().head().number()
    }

    /// Somebody who has done something.
    pub(crate) fn an_account(&self) -> Address {
        self.world.history().book().account(Account::User(1))
    }

    /// What the program is started with.
    pub(crate) fn arguments(&self, url: &str, more: &[&str]) -> Vec<String> {
        let (node, deployment) = (self.node.url().to_string(), self.deployment.display().to_string());
        let fixed = ["run", "--poll-ms", "20", "--rpc-url", &node, "--database-url", url, "--deployment"];
        fixed
            .into_iter()
            .chain([deployment.as_str()])
            .chain(more.iter().copied())
            .map(str::to_owned)
            .collect()
    }

    /// The program, with further arguments. Its log is as large as that of `debug`.
    pub(crate) fn indexer(&self, url: &str, name: &str, more: &[&str]) -> Child {
        Spec::new("stoa-indexer", Bin::path("stoa-indexer"), self.log(name))
            .args(self.arguments(url, more))
            .env("RUST_LOG", "stoa_indexer=debug")
            .start()
            .expect("the indexer starts")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{name}.log"))
    }

    /// One that fills the archive by ranges of `range` blocks, builds the projections, and ends at the head.
    pub(crate) fn filler(&self, url: &str, name: &str, range: u64) -> Child {
        let (head, range) = (self.head().to_string(), range.to_string());
        self.indexer(url, name, &["--archive-from", "1", "--range", &range, "--until", &head])
    }

    /// Waits until the database has the chain's head.
    pub(crate) async fn followed(&self, url: &str) {
        let head = self.world.chain().head();
        let deadline = Instant::now() + PATIENCE;
        let mut connection: Option<PgConnection> = None;
        loop {
            assert!(
                Instant::now() < deadline,
                "block {} is not reached; see {:?}",
                head.number(),
                self.folder
            );
            if connection.is_none() {
                connection = PgConnection::connect(url).await.ok();
            }
            if let Some(open) = &mut connection {
                let sql = "SELECT projected_hash FROM archive.cursor";
                match sqlx::query_scalar::<_, Vec<u8>>(sql).fetch_optional(open).await {
                    Ok(Some(hash)) if hash == head.hash().as_slice() => return,
                    Ok(_) => {}
                    // Postgres is away, or the schema is not there yet.
                    Err(_) => connection = None,
                }
            }
            pause().await;
        }
    }

    /// The database is what one built from scratch is, what the model says, and its outbox tells the chain.
    pub(crate) async fn compare(&self, url: &str) {
        self.compare_rows(url).await;
        let mut connection = PgConnection::connect(url).await.expect("a connection");
        let differences = compare::with_outbox(&mut connection, &self.world).await;
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }

    /// The same, where the outbox began later than the chain.
    pub(crate) async fn compare_rows(&self, url: &str) {
        self.followed(url).await;
        let fresh = self.database().await;
        let indexer = self.indexer(fresh.url(), "fresh", &["--until", &self.head().to_string()]);
        let status = indexer.wait().await;
        assert!(status.success(), "from scratch: {}", log(&indexer));
        let mut ours = PgConnection::connect(url).await.expect("a connection");
        let mut theirs = PgConnection::connect(fresh.url()).await.expect("a connection");
        let (found, expected) = (compare::rows(&mut ours).await, compare::rows(&mut theirs).await);
        let mut differences = compare::between(&found, &expected);
        differences.extend(compare::with_model(&mut ours, &self.world).await);
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

/// A Postgres of this test alone, with one empty database.
pub(crate) struct Postgres {
    pub(crate) server: Server,
    pub(crate) url: String,
}

impl Postgres {
    pub(crate) async fn start() -> Self {
        let postgres = Self::on(Data::Ephemeral).await;
        postgres.run("CREATE DATABASE stoa TEMPLATE template0 ENCODING 'UTF8'").await;
        postgres
    }

    /// One that goes on with a copy of this folder.
    pub(crate) async fn of(folder: PathBuf) -> Self {
        Self::on(Data::CopyOf(folder)).await
    }

    async fn on(data: Data) -> Self {
        let options = Options { data, port: None, log: postgres::test_log() };
        let started = tokio::task::spawn_blocking(move || Server::start(&options)).await;
        let server = started.expect("it does not panic").expect("a server");
        let url = server.database_url("stoa");
        Self { server, url }
    }

    /// Runs a statement as the superuser, outside of the database.
    pub(crate) async fn run(&self, sql: &str) {
        let mut connection = PgConnection::connect(self.server.url()).await.expect("a connection");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.expect(sql);
    }

    /// Ends the connections of everybody who is in the database.
    pub(crate) async fn cut(&self) {
        self.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'stoa'").await;
    }

    /// Ends the server as a crash would, and starts it again.
    pub(crate) async fn crash(mut self) -> Self {
        self.server.crash().await;
        let restarted = tokio::task::spawn_blocking(move || {
            self.server.restart().expect("it comes up again");
            self
        });
        restarted.await.expect("it does not panic")
    }
}

/// What a process has logged.
pub(crate) fn log(child: &Child) -> String {
    std::fs::read_to_string(child.log()).unwrap_or_default()
}

/// Waits until a process has logged these words.
pub(crate) async fn said(child: &Child, words: &str) {
    said_more(child, words, 1).await;
}

/// Waits until a process has logged these words so many times.
pub(crate) async fn said_more(child: &Child, words: &str, times: usize) {
    let told = child.until(PATIENCE, async || log(child).matches(words).count() >= times).await;
    told.unwrap_or_else(|error| panic!("{words:?} was not said {times} times: {error}\n{}", log(child)));
}

/// Waits until a process has ended well.
pub(crate) async fn ended(child: &Child) {
    let status = tokio::time::timeout(PATIENCE, child.wait()).await;
    let status = status.unwrap_or_else(|_| panic!("it does not end:\n{}", log(child)));
    assert!(status.success(), "{}", log(child));
}

/// Between two looks at a condition.
pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(10)).await;
}
