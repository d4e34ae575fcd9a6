//! Listening, and ending well.
//!
//! - [`settings`]: what an operator sets; [`door`]: accepting connections and holding each to its bounds;
//! - [`caps`]: how many there may be; [`wire`]: their bytes; [`watch`]: whether they are idle;
//! - [`tls`]: the certificate.

mod caps;
mod door;
mod settings;
mod tls;
mod watch;
mod wire;

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::PgPool;
use stoa_schema::archive;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::access::Access;
use crate::app::{App, app};
use crate::config::Serve;
use crate::content;
use crate::curator::Curator;
use crate::hooks::Hooks;
use crate::hot::{self, Hot};
use crate::live::Live;
use crate::migrate::migrate;
use crate::snapshot::version_problem;
use caps::Caps;
use door::Door;
pub use settings::Settings;
use tls::Certificate;

/// What connections get beyond the longest request, once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(2);
/// Between attempts to make the API's own tables.
const PREPARE_AGAIN: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or SIGINT, then answers what was asked and returns.
pub async fn serve(mut config: Serve) -> anyhow::Result<()> {
    let certificate = certificate(&config)?;
    let pool = config.pool()?;
    if refuse_unknown(&pool).await?
        && let Err(error) = prepare(&pool).await
    {
        tracing::debug!(%error, "the API's own tables are made later");
    }
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("--listen (STOA_LISTEN): {} cannot be listened on; is it taken?", config.listen)
    })?;
    let stop = CancellationToken::new();
    tokio::spawn(told_to_stop(stop.clone())?);
    let (address, https) = (listener.local_addr()?, certificate.is_some());
    tracing::info!(%address, https, web = %config.web.display(), "serving");
    if https && config.access.origins.is_empty() {
        config.access.origins = local(address)?;
    }

    let mut setup = config.access.setup(address)?;
    setup.relay_for_anyone = config.relay.relay_anonymous;
    let access = Access::new(&pool, setup)?;
    let relay = config.relay.relay(&access.pool)?;
    tidy(&config);
    let live = Live::new(&pool, config.live.clone(), &stop);
    let hooks = Hooks::new(&pool, &access, &live, &config.hooks)?;
    let app = app(App {
        hooks: hooks.clone(),
        access: access.clone(),
        pool: pool.clone(),
        web: config.web.clone(),
        content: config.content.clone(),
        sql: config.sql()?,
        timeout: config.timeout(),
        live,
        uploads: config.uploads.uploads(),
        relay: relay.clone(),
        hot: (config.cache_mib > 0).then(|| Hot::new(&pool, config.cache_mib << 20, hot::AGE, &stop)),
    });
    let draining = stop.clone();
    let bounds = &config.connections;
    let caps = Caps::new(bounds.total, bounds.per_address, config.access.trusted_proxies.clone());
    let tls = certificate.as_ref().map(Certificate::acceptor).transpose()?;
    if let Some(certificate) = certificate {
        tokio::spawn(certificate.follow(stop.clone()));
    }
    let served = Door { caps, settings: bounds.clone(), tls, app }.open(listener, stop);
    let overdue = async {
        draining.cancelled().await;
        tokio::time::sleep(config.timeout() + DRAIN).await;
    };
    let serving = async {
        tokio::select! {
            () = served => {}
            () = overdue => tracing::warn!("connections that did not end were closed"),
        }
    };
    let curating = Box::pin(curate(&config, &pool, draining.clone()));
    let relaying = async {
        if let Some(relay) = relay {
            relay.run(draining.clone()).await;
        }
    };
    let working = async {
        tokio::join!(access.run(draining.clone()), hooks.run(draining.clone()), relaying);
    };
    tokio::join!(serving, curating, Box::pin(working));
    pool.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Removes what a server that was killed left of uploads. Those of others, which run, are younger.
fn tidy(config: &Serve) {
    match stoa_content::Store::new(&config.content).sweep(2 * content::LONGEST) {
        Ok(0) => {}
        Ok(files) => tracing::info!(files, "uploads that broke off with an earlier server were removed"),
        Err(error) => tracing::warn!(%error, "the folder of published content cannot be looked through"),
    }
}

/// The certificate, if there is to be TLS. Then the page is at https alone.
fn certificate(config: &Serve) -> anyhow::Result<Option<Arc<Certificate>>> {
    let (Some(chain), Some(key)) = (&config.connections.tls_cert, &config.connections.tls_key) else {
        return Ok(None);
    };
    if let Some(plain) = config.access.origins.iter().find(|origin| origin.scheme() != "https") {
        anyhow::bail!(
            "--origin (STOA_ORIGINS): {plain} must be https, since with --tls-cert this server speaks only that"
        );
    }
    Certificate::read(chain, key).map(Some)
}

/// Where the page is behind TLS if nobody says where: on this machine.
fn local(listen: SocketAddr) -> anyhow::Result<Vec<Url>> {
    let hosts = ["127.0.0.1", "localhost"];
    Ok(hosts
        .map(|host| format!("https://{host}:{}", listen.port()).parse())
        .into_iter()
        .collect::<Result<_, _>>()?)
}

/// Refuses to start on an archive that a newer indexer made. One that is not there yet is waited for, and so is
/// a database that does not answer: `/ready` tells.
/// Tells whether the database answered.
async fn refuse_unknown(pool: &PgPool) -> anyhow::Result<bool> {
    let found = async {
        let mut connection = pool.acquire().await?;
        archive::version_in(&mut connection).await
    };
    match found.await {
        Ok(Some(found)) if found > archive::version() => {
            anyhow::bail!(version_problem(found).unwrap_or_default())
        }
        Ok(Some(found)) => {
            if let Some(problem) = version_problem(found) {
                tracing::warn!("{problem}");
            }
        }
        Ok(None) => tracing::warn!("the indexer has not prepared the database yet; waiting for it"),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer yet; waiting for it");
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes the API's own tables and fills them, until told to stop. On a database that is only read, another server does.
async fn curate(config: &Serve, pool: &PgPool, stop: CancellationToken) {
    let prepared = async {
        let mut told = false;
        loop {
            match prepare(pool).await {
                Ok(()) => return,
                Err(error) if !told => {
                    tracing::warn!(%error, "the API's own tables cannot be made yet; searches wait for them");
                    told = true;
                }
                Err(error) => tracing::debug!(%error, "the API's own tables cannot be made yet"),
            }
            tokio::time::sleep(PREPARE_AGAIN).await;
        }
    };
    if stop.run_until_cancelled(prepared).await.is_none() || config.metadata_fetches == 0 {
        return;
    }
    match Curator::new(pool.clone(), config.places(), config.metadata_fetches.into()) {
        Ok(curator) => curator.run(stop).await,
        Err(error) => tracing::error!(%error, "no metadata is fetched"),
    }
}

async fn prepare(pool: &PgPool) -> anyhow::Result<()> {
    let mut connection = pool.acquire().await?;
    Ok(migrate(&mut connection).await?)
}

/// Cancels the token at the first SIGTERM or SIGINT.
fn told_to_stop(stop: CancellationToken) -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be watched")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be watched")?;
    Ok(async move {
        let received = tokio::select! {
            Some(()) = terminate.recv() => "SIGTERM",
            Some(()) = interrupt.recv() => "SIGINT",
            else => pending().await,
        };
        tracing::info!(signal = received, "stopping: answering what was asked");
        stop.cancel();
    })
}
