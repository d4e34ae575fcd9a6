use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use futures::future::join_all;
use sqlx::postgres::PgPoolOptions;
use stoa_indexer::config::{Cli, Command, EXAMPLE, LogFormat, RunArgs};
use stoa_indexer::engine::{self, IndexError};
use stoa_indexer::serve::{self, Status};
use stoa_indexer::store::{StoreError, Writer};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log(cli.log_format);
    let result = match cli.command {
        Command::Run(args) => run(&args).await,
        Command::Migrate(args) => Writer::connect(&args.database_url).await.map(drop).map_err(Into::into),
        Command::Rebuild(args) => rebuild(&args.database_url).await.map_err(Into::into),
        Command::ExampleConfig => {
            print!("{EXAMPLE}");
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa-indexer: {error:#}");
            let code = error.downcast_ref::<IndexError>().map_or(1, IndexError::exit_code);
            ExitCode::from(code)
        }
    }
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx::postgres::notice=warn"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
}

async fn rebuild(database_url: &str) -> Result<(), StoreError> {
    // Connecting builds them already where they are another build's.
    Writer::connect(database_url).await?.rebuild().await
}

async fn run(args: &RunArgs) -> anyhow::Result<()> {
    let settings = args.settings()?;
    let stop = CancellationToken::new();
    tokio::spawn(signals(stop.clone()));
    let (telling, watching): (Vec<_>, Vec<_>) =
        settings.chains.iter().map(|_| watch::channel(Status::default())).unzip();
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
