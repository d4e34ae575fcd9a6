use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use futures::future::join_all;
use sqlx::postgres::PgPoolOptions;
use stoa_indexer::config::{Cli, Command, EXAMPLE, LogFormat, Settings};
use stoa_indexer::engine::{self, IndexError};
use stoa_indexer::progress;
use stoa_indexer::serve::{self, Status};
use stoa_indexer::store::{StoreError, Writer};
use stoa_indexer::telemetry::Telemetry;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

#[tokio::main]
async fn main() -> ExitCode {
    match execute(&Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa-indexer: {error:#}");
            let code = error.downcast_ref::<IndexError>().map_or(1, IndexError::exit_code);
            ExitCode::from(code)
        }
    }
}

async fn execute(cli: &Cli) -> anyhow::Result<()> {
    let settings = match &cli.command {
        Command::Run(args) => Some(args.settings()?),
        _ => None,
    };
    let otlp = cli.otlp.as_ref().or(settings.as_ref().and_then(|settings| settings.otlp.as_ref()));
    let telemetry = Telemetry::start(cli.log_format, otlp)?;
    let result = match (&cli.command, settings) {
        (Command::Run(_), Some(settings)) => run(&settings, cli.log_format, &telemetry).await,
        (Command::Migrate(args), _) => {
            Writer::connect(&args.database_url).await.map(drop).map_err(Into::into)
        }
        (Command::Rebuild(args), _) => rebuild(&args.database_url).await.map_err(Into::into),
        (Command::Run(_) | Command::ExampleConfig, _) => {
            print!("{EXAMPLE}");
            Ok(())
        }
    };
    telemetry.end().await;
    result
}

async fn rebuild(database_url: &str) -> Result<(), StoreError> {
    // Connecting builds them already where they are another build's.
    Writer::connect(database_url).await?.rebuild().await
}

async fn run(settings: &Settings, format: LogFormat, telemetry: &Telemetry) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    tokio::spawn(signals(stop.clone()));
    let (telling, watching): (Vec<_>, Vec<_>) =
        settings.chains.iter().map(|_| watch::channel(Status::default())).unzip();
    // One who reads JSON asks /status.
    if format == LogFormat::Text {
        tokio::spawn(progress::show(watching.clone(), telemetry.bars.clone(), stop.clone()));
    }
    let server = match settings.http {
        None => None,
        Some(address) => {
            let listener = serve::bind(address).await.with_context(|| {
                format!("cannot serve /status at {address}: is the port taken? --http names another")
            })?;
            let database = PgPoolOptions::new().max_connections(1).connect_lazy(&settings.database_url)?;
            Some(tokio::spawn(serve::serve(listener, watching, database, stop.clone())))
        }
    };
    let chains = settings.chains.iter().zip(&telling).map(async |(chain, status)| {
        let result = engine::run(chain, &settings.database_url, status, &stop).await;
        if let Err(error) = &result {
            status.send_modify(|status| status.alarm = Some(error.to_string()));
        }
        result
    });
    // One chain's end does not end the others.
    let results = join_all(chains).await;
    stop.cancel();
    if let Some(server) = server {
        // It ends by itself, now that `stop` is cancelled; a panic in it was already reported.
        let _ = server.await;
    }
    results.into_iter().collect::<Result<(), IndexError>>().map_err(Into::into)
}

/// Ctrl-C or a service manager's SIGTERM: the range at hand is finished or dropped as a whole.
async fn signals(stop: CancellationToken) {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        else {
            let _ = interrupt.await;
            stop.cancel();
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
    tracing::info!("stopping");
    stop.cancel();
}
