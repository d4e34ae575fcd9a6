//! `stoa-api`: serves what the indexer wrote.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use sqlx::{ConnectOptions as _, Connection as _};
use stoa_api::config::{Analyst, Cli, Command, Database, Roles, Secret, given};
use stoa_api::routes::openapi;
use stoa_api::sql::role;
use stoa_api::{migrate, roles, serve};
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("stoa-api: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Some(Command::Openapi) => {
            print!("{}", openapi::document()?);
            Ok(())
        }
        Some(Command::Migrate(database)) => migrate_own(&database).await,
        Some(Command::Analyst(analyst)) => make_analyst(&analyst).await,
        Some(Command::Roles(roles)) => make_roles(&roles).await,
        None => serve::serve(cli.serve).await,
    }
}

async fn migrate_own(database: &Database) -> anyhow::Result<()> {
    let mut connection = database
        .options()?
        .connect()
        .await
        .context("--database-url (STOA_DATABASE_URL): the database does not answer")?;
    migrate::migrate(&mut connection).await.context("schema api could not be brought up to date")?;
    Ok(connection.close().await?)
}

async fn make_analyst(analyst: &Analyst) -> anyhow::Result<()> {
    let password = analyst.password.as_ref().map(|Secret(password)| password.clone());
    let password = given(password, "STOA_SQL_PASSWORD")?;
    let mut connection = analyst
        .database
        .options()?
        .connect()
        .await
        .context("--database-url (STOA_DATABASE_URL): the database does not answer")?;
    role::make(&mut connection, password.as_deref())
        .await
        .context("the role stoa_analyst could not be made")?;
    Ok(connection.close().await?)
}

async fn make_roles(given: &Roles) -> anyhow::Result<()> {
    let mut connection = given
        .database
        .options()?
        .connect()
        .await
        .context("--database-url (STOA_DATABASE_URL): the database does not answer")?;
    roles::make(&mut connection, &given.passwords()?)
        .await
        .context("the processes' roles could not be made; it takes a superuser of the database")?;
    Ok(connection.close().await?)
}
