//! Listening, and ending well.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context as _;
use sqlx::PgPool;
use stoa_schema::archive;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

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

/// What connections get beyond the longest request, once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(2);
/// Between attempts to make the API's own tables.
const PREPARE_AGAIN: Duration = Duration::from_secs(2);

/// Serves until SIGTERM or SIGINT, then answers what was asked and returns.
pub async fn serve(config: Serve) -> anyhow::Result<()> {
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
    tracing::info!(address = %listener.local_addr()?, web = %config.web.display(), "serving");

    let mut setup = config.access.setup(listener.local_addr()?)?;
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
    let served = axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop.cancelled_owned());
    let overdue = async {
        draining.cancelled().await;
        tokio::time::sleep(config.timeout() + DRAIN).await;
    };
    let serving = async {
        tokio::select! {
            result = served => result.context("the server failed"),
            () = overdue => {
                tracing::warn!("connections that did not end were closed");
                Ok(())
            }
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
    let (served, (), ()) = tokio::join!(serving, curating, Box::pin(working));
    served?;
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
