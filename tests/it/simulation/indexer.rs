//! The indexer, in this process: started, killed and watched.

use std::time::Duration;

use rand::Rng;
use rand::rngs::StdRng;
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _};
use stoa_indexer::config::ChainSettings;
use stoa_indexer::engine;
use stoa_indexer::fetch::Verify;
use stoa_indexer::serve::Status;
use stoa_scripts::testing::TestDatabase;
use stoa_tests::paper::{Block, Node};
use tempfile::TempDir;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::world::{CHAIN, World};

/// How it is set up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) range: u64,
    pub(super) archive_from: u64,
    pub(super) verify: Verify,
    pub(super) sockets: bool,
    pub(super) address_limit: usize,
}

impl Manner {
    pub(super) fn any(random: &mut StdRng) -> Self {
        Self {
            range: random.random_range(1..60),
            archive_from: if random.random_bool(0.5) { random.random_range(5..40) } else { 1_000_000 },
            verify: [Verify::Consistency, Verify::Receipts, Verify::Hashes][random.random_range(0..3)],
            sockets: random.random_bool(0.5),
            address_limit: if random.random_bool(0.3) { 9 } else { 500 },
        }
    }

    pub(super) fn plain(verify: Verify) -> Self {
        Self { range: 50, archive_from: 1_000_000, verify, sockets: false, address_limit: 500 }
    }
}

/// An indexer of a paper chain.
pub(super) struct Indexer {
    settings: ChainSettings,
    database_url: String,
    status: watch::Sender<Status>,
    running: Option<(JoinHandle<()>, CancellationToken)>,
    _folder: TempDir,
}

impl Indexer {
    pub(super) fn new(database: &TestDatabase, world: &World, nodes: &[Node], manner: Manner) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let deployment = folder.path().join("deployment.json");
        let file = world.history().book().deployment(CHAIN);
        std::fs::write(&deployment, file.to_string()).expect("the file is writable");
        let mut rpc: Vec<Url> = nodes.iter().map(Node::url).collect();
        if manner.sockets {
            rpc.extend(nodes.iter().map(Node::ws_url));
        }
        let settings = ChainSettings {
            deployment,
            rpc,
            confirmations: 0,
            finality_depth: 64,
            range: manner.range,
            poll: Duration::from_millis(20),
            verify: manner.verify,
            archive_from: manner.archive_from,
            timeout: Duration::from_millis(400),
            patience: Duration::from_secs(10),
            address_limit: manner.address_limit,
            until: None,
        };
        let database_url = database.url().to_owned();
        let (status, _) = watch::channel(Status::default());
        Self { settings, database_url, status, running: None, _folder: folder }
    }

    /// Starts it, unless it runs.
    pub(super) fn start(&mut self) {
        if self.running.as_ref().is_some_and(|(task, _)| !task.is_finished()) {
            return;
        }
        let (settings, url, status) = (self.settings.clone(), self.database_url.clone(), self.status.clone());
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let task = tokio::spawn(async move {
            if let Err(error) = engine::run(&settings, &url, &status, &stopping).await {
                status.send_modify(|status| status.alarm = Some(error.to_string()));
            }
        });
        self.running = Some((task, stop));
    }

    /// Ends it at once, wherever it is.
    pub(super) async fn kill(&mut self) {
        if let Some((task, _)) = self.running.take() {
            task.abort();
            // Aborted, as it should be.
            let _ = task.await;
        }
    }

    /// Lets it end by itself.
    pub(super) async fn stop(&mut self) {
        if let Some((task, stop)) = self.running.take() {
            stop.cancel();
            task.await.expect("it ends without a panic");
        }
    }

    pub(super) fn status(&self) -> Status {
        self.status.borrow().clone()
    }

    /// Ends its connections to the database.
    pub(super) async fn cut_database(&self) {
        let Ok(mut connection) = PgConnection::connect(&self.database_url).await else { return };
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        sqlx::query(sql).execute(&mut connection).await.expect("they end");
    }

    /// Waits until it says something new, but not longer than this.
    pub(super) async fn pause(&self, longest: Duration) {
        let mut status = self.status.subscribe();
        // Either will do: the next thing happens to whatever state it is in.
        let _ = tokio::time::timeout(longest, status.changed()).await;
    }

    /// Waits until everything up to `head` is in the projections, but not longer than this.
    pub(super) async fn catch_up(&self, head: &Block, longest: Duration) {
        let caught = async {
            while !self.is_at(head).await {
                self.pause(Duration::from_millis(20)).await;
            }
        };
        // Where it cannot, the next thing happens to it on the way.
        let _ = tokio::time::timeout(longest, caught).await;
    }

    /// Whether everything up to `head` is in the projections.
    pub(super) async fn is_at(&self, head: &Block) -> bool {
        let Ok(mut connection) = PgConnection::connect(&self.database_url).await else { return false };
        let row = sqlx::query("SELECT projected_block, projected_hash FROM archive.cursor")
            .fetch_optional(&mut connection)
            .await;
        let Ok(Some(row)) = row else { return false };
        let (number, hash): (i64, Vec<u8>) = (row.get(0), row.get(1));
        number.cast_unsigned() == head.number() && hash == head.hash().as_slice()
    }
}
