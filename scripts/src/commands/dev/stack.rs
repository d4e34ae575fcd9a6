//! The processes, in the order in which they need one another.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use alloy::{
    primitives::U256,
    providers::{Provider as _, ProviderBuilder},
    signers::local::PrivateKeySigner,
};
use anyhow::{Context as _, anyhow};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use stoa_scripts::{
    anvil::{self, Anvil},
    child::{Child, Spec},
    demo::{Demo, Scenario},
    deploy::{self, Deployment},
    postgres::{Data, Options, Server, with_database},
    progress::Step,
    testing::Bin,
    web,
};
use tokio::sync::Mutex;

use super::{behind, ports::Ports, state::State};

/// Seconds between blocks once the demo trades.
const BLOCK_SECONDS: u64 = 1;
/// Seconds between two writings of the chain's file: what a hard stop may lose.
const STATE_SECONDS: u64 = 5;
/// The same for a file so large that writing it takes a while.
const STATE_SECONDS_LARGE: u64 = 30;
const LARGE: u64 = 32 * 1024 * 1024;
/// How long indexer and API may take to answer; catching up is not waited for.
const START: Duration = Duration::from_secs(60);

/// Why a running stack ended and should be started anew.
#[derive(Debug)]
pub(super) enum Ended {
    /// The chain does not hold what the database has indexed; the sentence says what was found.
    ChainBehind(String),
}

/// Everything that runs. Fields are dropped, and thereby stopped, in this order.
#[derive(Debug)]
pub(super) struct Stack {
    api: Child,
    indexer: Child,
    pub(super) demo: Arc<Mutex<Demo>>,
    pub(super) anvil: Anvil,
    server: Option<Server>,
    database_url: String,
    pub(super) deployment: Deployment,
}

impl Stack {
    pub(super) async fn start(
        ports: &Ports,
        scenario: &Scenario,
        state: &State,
    ) -> anyhow::Result<Result<Self, Ended>> {
        if !state.chain_is_whole() {
            let reason = format!("The chain's file {} was cut off by a hard stop.", state.chain().display());
            return Ok(Err(Ended::ChainBehind(reason)));
        }
        let step = Step::start("Starting PostgreSQL");
        let (server, database_url) = database(ports, state).await?;
        step.done();
        let step = Step::start("Starting the chain");
        let is_new = !state.chain().exists();
        let anvil = chain(ports, is_new.then_some(scenario), state).await?;
        step.done();
        if let Some(reason) = behind::find(&anvil, &database_url).await? {
            return Ok(Err(Ended::ChainBehind(reason)));
        }
        let deployment = match deploy_contracts(&anvil, state).await? {
            Ok(deployment) => deployment,
            Err(ended) => return Ok(Err(ended)),
        };
        let demo = prepare_demo(&anvil, &deployment, scenario, is_new).await?;
        // Until here each transaction was mined at once; from now on blocks come like those of a real chain.
        let provider = ProviderBuilder::new().connect_http(anvil.rpc_url().parse()?);
        let _: () = provider.client().request("evm_setIntervalMining", (BLOCK_SECONDS,)).await?;

        let step = Step::start("Starting indexer and API");
        let indexer = indexer(ports, state, &anvil, &database_url)?;
        if let Err(error) = indexer.until(START, || answers(ports.indexer_port, "/ready")).await {
            return match indexer.exited().and_then(|status| status.code()) {
                Some(CHAIN_BEHIND) => Ok(Err(behind_says_indexer())),
                _ => Err(error.into()),
            };
        }
        fund_relayer(&provider, state).await?;
        let api = api(ports, state, &anvil, &database_url)?;
        api.until(START, || answers(ports.port, "/v1/status")).await?;
        step.done();
        let demo = Arc::new(Mutex::new(demo));
        Ok(Ok(Self { api, indexer, demo, anvil, server, database_url, deployment }))
    }

    /// The database's URL in the form that every tool reads.
    pub(super) fn shown_database_url(&self) -> String {
        match &self.server {
            Some(server) => with_database(server.tcp_url(), "stoa"),
            None => self.database_url.clone(),
        }
    }

    /// Waits until a child ends by itself, which is never right.
    pub(super) async fn watch(&self) -> anyhow::Result<Ended> {
        let server = async {
            match &self.server {
                Some(server) => server.child().wait().await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            status = self.indexer.wait() => {
                if status.code() == Some(CHAIN_BEHIND) {
                    return Ok(behind_says_indexer());
                }
                self.indexer.stopped()
            }
            _ = self.api.wait() => self.api.stopped(),
            _ = self.anvil.child().wait() => self.anvil.child().stopped(),
            _ = server => match &self.server {
                Some(server) => server.child().stopped(),
                None => return Err(anyhow!("the database server is gone")),
            },
        };
        Err(anyhow!("{ended}. Everything else was stopped; `cargo dev` starts again"))
    }
}

/// The indexer's exit code for "the chain does not contain the block that the database has indexed".
const CHAIN_BEHIND: i32 = 3;

fn behind_says_indexer() -> Ended {
    Ended::ChainBehind("The chain does not contain the block that the database has indexed.".to_owned())
}

/// The server of STOA_DATABASE_URL as it is, or our own with a database `stoa`.
async fn database(ports: &Ports, state: &State) -> anyhow::Result<(Option<Server>, String)> {
    let fresh = state.take_fresh();
    if let Ok(url) = std::env::var("STOA_DATABASE_URL") {
        let mut connection =
            PgConnection::connect(&url).await.context("STOA_DATABASE_URL: the database does not answer")?;
        if fresh {
            let schemas = "DROP SCHEMA IF EXISTS archive, market, api CASCADE";
            connection.execute(schemas).await.context("STOA_DATABASE_URL: cannot empty the database")?;
        }
        return Ok((None, url));
    }
    let options = Options {
        data: Data::Kept(state.server()),
        port: Some(ports.database_port),
        log: state.log("postgres"),
    };
    let server = tokio::task::spawn_blocking(move || Server::start(&options)).await??;
    state.note_child(server.child().pid());
    let mut connection = PgConnection::connect(server.url()).await?;
    let there: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = 'stoa')")
        .fetch_one(&mut connection)
        .await?;
    if !there {
        connection.execute(AssertSqlSafe("CREATE DATABASE stoa")).await?;
    }
    let url = server.database_url("stoa");
    Ok((Some(server), url))
}

/// The kept chain, or one that begins as long ago as its history is long.
async fn chain(ports: &Ports, begins: Option<&Scenario>, state: &State) -> anyhow::Result<Anvil> {
    let size = state.chain().metadata().map_or(0, |metadata| metadata.len());
    let interval = if size < LARGE { STATE_SECONDS } else { STATE_SECONDS_LARGE };
    // Old states are of no use to anyone here, and would fill the memory of a chain that runs for days.
    let mut args = vec!["--prune-history".to_owned(), "256".to_owned(), "--quiet".to_owned()];
    if let Some(scenario) = begins {
        let age = Duration::from_secs(u64::from(scenario.days) * 24 * 60 * 60);
        let birth = (SystemTime::now() - age).duration_since(UNIX_EPOCH)?.as_secs();
        args.extend(["--timestamp".to_owned(), birth.to_string()]);
    }
    let options = anvil::Options {
        port: Some(ports.chain_port),
        chain_id: anvil::CHAIN_ID,
        block_time: None,
        state: Some((state.chain(), interval)),
        args,
        log: state.log("anvil"),
    };
    let anvil = Anvil::start(&options).await?;
    state.note_child(anvil.child().pid());
    Ok(anvil)
}

/// The deployment, or a wish to start over when the kept chain holds contracts of other code.
async fn deploy_contracts(anvil: &Anvil, state: &State) -> anyhow::Result<Result<Deployment, Ended>> {
    let step = Step::start("Deploying the contracts");
    let options = deploy::Options {
        rpc_url: anvil.rpc_url().parse()?,
        signer: anvil::signer(0),
        file: Some(state.deployment()),
        chain_id: Some(anvil::CHAIN_ID),
        parameters: None,
    };
    match deploy::deploy(&options, &|what| step.note(what)).await {
        Ok(outcome) => {
            step.done();
            Ok(Ok(outcome.deployment))
        }
        Err(error) if error.is_other_code() => {
            let reason = "The contracts have changed since the kept chain was started.".to_owned();
            Ok(Err(Ended::ChainBehind(reason)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The market: made with its history where the chain is new, else as it was left.
async fn prepare_demo(
    anvil: &Anvil,
    deployment: &Deployment,
    scenario: &Scenario,
    is_new: bool,
) -> anyhow::Result<Demo> {
    let mut demo = Demo::connect(&anvil.rpc_url().parse()?, deployment, scenario, rand::random())?;
    if is_new {
        demo.take_time().await?;
    }
    let step = Step::with_total("Listing demo assets", demo.preparations());
    demo.prepare(|done| step.at(done)).await.context("the demo wallets cannot list")?;
    step.done();
    if is_new {
        let step =
            Step::with_total(format!("Living through {} days", scenario.days), scenario.actions.into());
        demo.live_through(|done| step.at(done)).await.context("the demo has no history")?;
        demo.release_time().await?;
        step.done();
    }
    Ok(demo)
}

fn indexer(ports: &Ports, state: &State, anvil: &Anvil, database_url: &str) -> anyhow::Result<Child> {
    let child = Spec::new("stoa-indexer", Bin::path("stoa-indexer"), state.log("indexer"))
        .arg("run")
        .args(["--rpc-url", anvil.rpc_url(), "--http", &format!("127.0.0.1:{}", ports.indexer_port)])
        .arg("--deployment")
        .arg(state.deployment())
        // By environment, so that the password is not in the process list.
        .env("STOA_DATABASE_URL", database_url)
        .start()?;
    state.note_child(child.pid());
    Ok(child)
}

fn api(ports: &Ports, state: &State, anvil: &Anvil, database_url: &str) -> anyhow::Result<Child> {
    let child = Spec::new("stoa-api", Bin::path("stoa-api"), state.log("api"))
        .args(["--listen", &format!("127.0.0.1:{}", ports.port)])
        .arg("--web")
        .arg(web::dist())
        .arg("--content")
        .arg(stoa_scripts::content::folder())
        // Everything listed here is listed by this machine's user.
        .arg("--allow-private-content")
        // Whoever signs in here is on this machine.
        .arg("--allow-private-webhooks")
        // The page, tests and benchmarks may ask as often as they like.
        .args(["--limits", "off", "--home-chain", "31337"])
        .args(["--auth-rpc", &format!("31337={}", anvil.rpc_url())])
        .arg("--access-secret-file")
        .arg(state.access_secret()?)
        // Buyers may pay without coin for gas, and the page uploads what is listed.
        .args(["--relay-rpc", &format!("31337={}", anvil.rpc_url()), "--relay-anonymous"])
        .args(["--relay-bump-seconds", "10", "--upload-mib", "256", "--upload-mib-per-day", "4096"])
        .arg("--relay-key-file")
        .arg(state.relay_key()?)
        .env("STOA_DATABASE_URL", database_url)
        .env("STOA_MASTER_KEYS_FILE", state.master_keys()?)
        .start()?;
    state.note_child(child.pid());
    Ok(child)
}

/// Gives the account that relays coin for a long time.
async fn fund_relayer(provider: &impl alloy::providers::Provider, state: &State) -> anyhow::Result<()> {
    let key = std::fs::read_to_string(state.relay_key()?).context("the relay's key cannot be read")?;
    let relayer: PrivateKeySigner = key.trim().parse().context("the relay's key is none")?;
    let ether = U256::from(10).pow(U256::from(18));
    let params = (relayer.address(), U256::from(1_000) * ether);
    let _: () = provider.client().request("anvil_setBalance", params).await?;
    Ok(())
}

/// Whether a GET of this path is answered well.
async fn answers(port: u16, path: &str) -> bool {
    let answer = reqwest::get(format!("http://127.0.0.1:{port}{path}")).await;
    answer.is_ok_and(|response| response.status().is_success())
}
