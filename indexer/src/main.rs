use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use stoa_indexer::config::{Cli, Command, RunArgs};
use stoa_indexer::engine::{self, IndexError};
use stoa_indexer::serve::{self, Status};
use stoa_indexer::store::{StoreError, Writer};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx::postgres::notice=warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let result = match cli.command {
        Command::Run(args) => run(&args).await,
        Command::Migrate(args) => {
            Writer::connect(&args.database_url).await.map(drop).map_err(IndexError::from)
        }
        Command::Rebuild(args) => rebuild(&args.database_url).await.map_err(IndexError::from),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa-indexer: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

async fn rebuild(database_url: &str) -> Result<(), StoreError> {
    Writer::connect(database_url).await?.rebuild().await
}

async fn run(args: &RunArgs) -> Result<(), IndexError> {
    let stop = CancellationToken::new();
    let (status, watching) = watch::channel(Status::default());
    tokio::spawn(signals(stop.clone()));
    let server = args.http.map(|address| {
        let (watching, stop) = (watching.clone(), stop.clone());
        tokio::spawn(async move {
            if let Err(error) = serve::serve(address, watching, stop).await {
                tracing::error!(%address, %error, "cannot serve /status: is the port taken?");
            }
        })
    });
    let result = engine::run(args, &status, &stop).await;
    stop.cancel();
    if let Some(server) = server {
        // It ends by itself, now that `stop` is cancelled; a panic in it was already reported.
        let _ = server.await;
    }
    result
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
