use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use alloy::primitives::hex;
use alloy::signers::local::PrivateKeySigner;
use serde_json::Value;
use stoa_scripts::audit::{Auditor, Report};
use stoa_scripts::checkout;
use stoa_scripts::child::{Child, Spec};
use stoa_scripts::deploy::{self, Deployment, Options, Parameters};
use stoa_scripts::testing::{Anvil, Bin, TestDatabase};
use tempfile::TempDir;

/// Nothing here takes this long; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A deployed suite. Indexer and API are started by the test, as often as it likes.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) chain: Anvil,
    pub(crate) database: TestDatabase,
    pub(crate) deployment: Deployment,
    file: PathBuf,
    folder: TempDir,
}

impl Stack {
    pub(crate) async fn start() -> Self {
        Self::on(Anvil::start().await, None).await
    }

    /// On this chain, with these parameters instead of a local chain's usual ones.
    pub(crate) async fn on(chain: Anvil, parameters: Option<Parameters>) -> Self {
        Self::by(Anvil::signer(0), chain, parameters).await
    }

    /// Deployed by somebody else: well-known keys are refused on chains that are not local.
    pub(crate) async fn by(signer: PrivateKeySigner, chain: Anvil, parameters: Option<Parameters>) -> Self {
        let database = TestDatabase::create().await;
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("deployment.json");
        let options = Options {
            rpc_url: chain.rpc_url().parse().expect("a URL"),
            signer,
            file: Some(file.clone()),
            chain_id: None,
            parameters,
        };
        let deployment = deploy::deploy(&options, &|_| ()).await.expect("deployed").deployment;
        Self { chain, database, deployment, file, folder }
    }

    /// The file that says where the contracts are.
    pub(crate) fn deployment_file(&self) -> &Path {
        &self.file
    }

    /// An indexer that follows the head into `database`.
    pub(crate) fn index_into(&self, database: &TestDatabase, name: &str) -> Child {
        self.indexer(database, name, &[])
    }

    /// Indexes into `database` until `block` is committed.
    pub(crate) async fn index_until(&self, database: &TestDatabase, block: u64) {
        let child = self.indexer(database, "until", &["--until", &block.to_string()]);
        let status = child.wait().await;
        assert!(status.success(), "{}", std::fs::read_to_string(child.log()).unwrap_or_default());
    }

    /// One that builds the projections of `database` anew.
    pub(crate) fn rebuild(&self, database: &TestDatabase, name: &str) -> Child {
        Spec::new("stoa-indexer", Bin::path("stoa-indexer"), self.folder.path().join(format!("{name}.log")))
            .args(["rebuild", "--database-url", database.url()])
            .env("RUST_LOG", "stoa_indexer=debug")
            .start()
            .expect("the indexer starts")
    }

    /// An indexer with further arguments.
    pub(crate) fn indexer(&self, database: &TestDatabase, name: &str, more: &[&str]) -> Child {
        Spec::new("stoa-indexer", Bin::path("stoa-indexer"), self.folder.path().join(format!("{name}.log")))
            .args(["run", "--poll-ms", "20", "--rpc-url", self.chain.rpc_url(), "--database-url"])
            .arg(database.url())
            .arg("--deployment")
            .arg(&self.file)
            .args(more)
            .env("RUST_LOG", "stoa_indexer=debug")
            .start()
            .expect("the indexer starts")
    }

    /// An indexer into the stack's database that tells how it is; with the URL of that.
    pub(crate) fn index_with_status(&self) -> (String, Child) {
        let address = free_address();
        let child = self.indexer(&self.database, "status", &["--http", &address]);
        (format!("http://{address}/status"), child)
    }

    /// Everything in the database that the contracts do not say, where the projections stand.
    pub(crate) async fn audit(&self) -> Report {
        let url = self.chain.rpc_url().parse().expect("a URL");
        let auditor =
            Auditor::new(self.database.url(), &url, &self.deployment, None, 200).expect("an auditor");
        auditor.audit(None, Duration::ZERO).await.expect("an audit")
    }

    /// `stoa`, about this chain.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Bin::path("stoa"));
        command
            .args(args)
            .env("STOA_RPC_URL", self.chain.rpc_url())
            .env("STOA_DEPLOYMENT", &self.file)
            .env_remove("STOA_NETWORK")
            .env_remove("STOA_DATABASE_URL");
        command
    }

    /// `stoa audit --follow`, with the URL of its metrics.
    pub(crate) fn follow_audits(&self) -> (Child, String) {
        let address = free_address();
        let child = Spec::new("stoa", Bin::path("stoa"), self.folder.path().join("audit.log"))
            .args([
                "audit",
                "--follow",
                "--http",
                &address,
                "--rpc-url",
                self.chain.rpc_url(),
                "--deployment",
            ])
            .arg(&self.file)
            .args(["--database-url", self.database.url()])
            .start()
            .expect("the auditor starts");
        (child, format!("http://{address}/metrics"))
    }

    /// An API over the stack's database, once it answers; with its URL.
    pub(crate) async fn api(&self, name: &str) -> (Child, String) {
        api(self.database.url(), &self.folder.path().join(format!("{name}.log")), &[]).await
    }

    /// One that also takes uploads, and relays for whoever asks, by the last of Anvil's accounts.
    pub(crate) async fn open_api(&self, name: &str) -> (Child, String) {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        std::fs::write(path("secret"), "s".repeat(32)).expect("a secret");
        std::fs::write(path("relay-key"), hex::encode(Anvil::signer(9).to_bytes())).expect("a key");
        let node = format!("31337={}", self.chain.rpc_url());
        let more = [
            ["--access-secret-file", &path("secret")],
            ["--content", &path("content")],
            ["--upload-mib", "16"],
            ["--relay-rpc", &node],
            ["--relay-key-file", &path("relay-key")],
        ];
        let more = [&more.concat()[..], &["--relay-anonymous"]].concat();
        api(self.database.url(), &self.folder.path().join(format!("{name}.log")), &more).await
    }
}

/// An API over a database, once it answers; with its URL.
pub(crate) async fn api(database_url: &str, log: &Path, more: &[&str]) -> (Child, String) {
    let address = free_address();
    let url = format!("http://{address}");
    let child = Spec::new("stoa-api", Bin::path("stoa-api"), log)
        .args(["--listen", &address, "--limits", "off", "--database-url", database_url, "--web"])
        .arg(checkout::root().join("api/web/dist"))
        // Whoever signs in is a test, and so is whoever is told.
        .arg("--allow-private-webhooks")
        .env("STOA_ACCESS_SECRET", "07".repeat(32))
        .env("STOA_MASTER_KEYS", format!("tests:{}", "07".repeat(32)))
        .args(more)
        .start()
        .expect("the API starts");
    let live = format!("{url}/live");
    child.until(PATIENCE, async || reqwest::get(&live).await.is_ok()).await.expect("the API answers");
    (child, url)
}

pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its address").to_string()
}

/// Asks until the answer satisfies, and returns it.
pub(crate) async fn eventually(url: &str, what: &str, mut satisfies: impl FnMut(&Value) -> bool) -> Value {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let mut last = Value::Null;
    while tokio::time::Instant::now() < deadline {
        if let Ok(answer) = reqwest::get(url).await
            && let Ok(body) = answer.json().await
        {
            last = body;
            if satisfies(&last) {
                return last;
            }
        }
        // A pause between two looks, not a wait for time to pass: the condition above decides.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not come to be within {} s; {url} last answered {last:#}", PATIENCE.as_secs());
}
