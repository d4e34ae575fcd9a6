//! The committed query descriptions in `.sqlx`, which let the workspace build without a database.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::Deserialize;
use sqlx::{Connection as _, PgConnection, migrate::Migrator};

use crate::{
    cargo, checkout,
    postgres::{self, Data, Options, Server},
};

/// What can go wrong when describing queries.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Server(#[from] postgres::Error),
    #[error("cannot create the schemas: {0}")]
    Schema(#[from] sqlx::Error),
    #[error("cannot migrate the schemas: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("cannot use {path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path} is not understood: {source}")]
    Config { path: PathBuf, source: toml::de::Error },
    #[error("the workspace does not build against a fresh database: see cargo's messages above")]
    Build,
}

/// File name to content, as they belong into `.sqlx`.
pub type Queries = BTreeMap<String, String>;

/// `.sqlx`.
pub fn folder() -> PathBuf {
    checkout::root().join(".sqlx")
}

/// Builds the crates that hold checked queries against a fresh database and returns what the macros wrote.
///
/// # Errors
/// When the database cannot be made or a query does not fit it.
pub async fn describe() -> Result<Queries, Error> {
    let log = checkout::state_dir().join("sqlx/postgres.log");
    let options = Options { data: Data::Ephemeral, port: None, log };
    let started = tokio::task::spawn_blocking(move || Server::start(&options)).await;
    let server = started.map_err(|error| io_error(Path::new("the server's thread"))(error.into()))??;
    create_schemas(server.url()).await?;
    let output = tempfile::tempdir().map_err(io_error(&std::env::temp_dir()))?;
    build(server.url(), output.path())?;
    read(output.path())
}

/// The three schemas: archive and market from the schema crate, api from its migrations. Those are read at run
/// time, because the API's own code cannot be built before its queries are described.
async fn create_schemas(url: &str) -> Result<(), Error> {
    let mut connection = PgConnection::connect(url).await?;
    stoa_schema::archive::migrate(&mut connection).await?;
    stoa_schema::market::create(&mut connection).await?;
    migrate_api(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

async fn migrate_api(connection: &mut PgConnection) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Config {
        migrate: Migrate,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "kebab-case")]
    struct Migrate {
        create_schemas: Vec<String>,
        table_name: String,
    }
    let api = checkout::root().join("api");
    let (path, migrations) = (api.join("sqlx.toml"), api.join("migrations"));
    if !migrations.exists() {
        return Ok(());
    }
    let text = fs::read_to_string(&path).map_err(io_error(&path))?;
    let config: Config = toml::from_str(&text).map_err(|source| Error::Config { path, source })?;
    let mut migrator = Migrator::new(migrations).await?;
    for schema in config.migrate.create_schemas {
        migrator.create_schema(schema);
    }
    migrator.dangerous_set_table_name(config.migrate.table_name);
    migrator.run(connection).await?;
    Ok(())
}

/// The query macros write while they are expanded, so every crate that has some must be built again; nothing
/// else must. They write for a live database only, which is what cargo's own environment is overruled with.
fn build(url: &str, output: &Path) -> Result<(), Error> {
    for folder in ["indexer", "api"] {
        touch(&checkout::root().join(folder).join("src/lib.rs"))?;
    }
    let status = cargo::command()
        .args(["build", "--workspace", "--lib", "--quiet"])
        .env("SQLX_OFFLINE", "false")
        .env("SQLX_OFFLINE_DIR", output)
        .env("DATABASE_URL", url)
        .status()
        .map_err(io_error(Path::new("cargo")))?;
    if status.success() { Ok(()) } else { Err(Error::Build) }
}

fn touch(path: &Path) -> Result<(), Error> {
    let file = fs::File::options().append(true).open(path).map_err(io_error(path))?;
    file.set_modified(SystemTime::now()).map_err(io_error(path))
}

/// What a folder of query descriptions holds; an absent folder holds nothing.
///
/// # Errors
/// When a file cannot be read.
pub fn read(folder: &Path) -> Result<Queries, Error> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Queries::new()),
        entries => entries.map_err(io_error(folder))?,
    };
    let mut queries = Queries::new();
    for entry in entries {
        let path = entry.map_err(io_error(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("query-") {
            queries.insert(name, fs::read_to_string(&path).map_err(io_error(&path))?);
        }
    }
    Ok(queries)
}

/// One line for each difference: which query is missing, changed or no longer used.
pub fn differences(committed: &Queries, described: &Queries) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, content) in described {
        match committed.get(name) {
            None => lines.push(format!("{name} is missing: {}", statement(content))),
            Some(old) if old != content => lines.push(format!("{name} has changed: {}", statement(content))),
            Some(_) => {}
        }
    }
    let unused = committed.iter().filter(|(name, _)| !described.contains_key(*name));
    lines.extend(unused.map(|(name, content)| format!("{name} is no longer used: {}", statement(content))));
    lines
}

/// The beginning of the query's SQL on one line.
fn statement(content: &str) -> String {
    let parsed: serde_json::Value = serde_json::from_str(content).unwrap_or_default();
    let sql = parsed["query"].as_str().unwrap_or("(unreadable)");
    let words: Vec<&str> = sql.split_whitespace().collect();
    words.join(" ").chars().take(80).collect()
}

/// Brings the folder to exactly these queries.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn write(folder: &Path, described: &Queries) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(io_error(folder))?;
    let committed = read(folder)?;
    for name in committed.keys().filter(|name| !described.contains_key(*name)) {
        fs::remove_file(folder.join(name)).map_err(io_error(folder))?;
    }
    for (name, content) in described.iter().filter(|(name, content)| committed.get(*name) != Some(content)) {
        fs::write(folder.join(name), content).map_err(io_error(folder))?;
    }
    Ok(())
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(pairs: &[(&str, &str)]) -> Queries {
        let entry = |(name, sql): &(&str, &str)| {
            (format!("query-{name}.json"), format!(r#"{{"query": "SELECT\n {sql}"}}"#))
        };
        pairs.iter().map(entry).collect()
    }

    #[test]
    fn every_kind_of_difference_is_named() {
        let committed = queries(&[("a", "1"), ("b", "2"), ("c", "3")]);
        let described = queries(&[("a", "1"), ("b", "22"), ("d", "4")]);
        let expected = [
            "query-b.json has changed: SELECT 22",
            "query-d.json is missing: SELECT 4",
            "query-c.json is no longer used: SELECT 3",
        ];
        assert_eq!(differences(&committed, &described), expected);
    }

    #[test]
    fn writing_removes_what_is_no_longer_used() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &queries(&[("a", "1"), ("b", "2")])).unwrap();
        let second = queries(&[("b", "3")]);
        write(folder.path(), &second).unwrap();
        assert_eq!(read(folder.path()).unwrap(), second);
    }
}
