//! Configuration, from the command line or the environment.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::curator::{Places, Private};
use crate::sql::Sql;
use crate::sql::role::ROLE;

/// Longer than a lock wait, shorter than the server's `deadlock_timeout` (1 s): see `snapshot`.
const LOCK_TIMEOUT: &str = "500ms";

/// How much of a word's letter triples must stand in a text to be taken for a typing mistake.
const SIMILAR: &str = "0.4";

/// Serves what the indexer wrote: REST under /v1, and the web app.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub serve: Serve,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the OpenAPI document.
    Openapi,
    /// Bring the API's own tables up to date.
    Migrate(Database),
    /// Make the database role that SQL runs as, `stoa_analyst`, and take TEMP and CONNECT from everybody else
    Analyst(Analyst),
}

/// How to make the role that SQL runs as.
#[derive(Debug, Args)]
pub struct Analyst {
    #[command(flatten)]
    pub database: Database,
    /// The role's password; or STOA_SQL_PASSWORD_FILE, a file that holds it. Without either the one that it has stays
    #[arg(long, env = "STOA_SQL_PASSWORD", hide_env_values = true)]
    pub password: Option<Secret>,
}

/// Where the database is.
#[derive(Clone, Args)]
pub struct Database {
    /// PostgreSQL's address, as in postgres://user@host:5432/stoa; or STOA_DATABASE_URL_FILE, a file that holds it
    #[arg(long, env = "STOA_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database { database_url: <hidden> }")
    }
}

/// How to serve.
#[derive(Clone, Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub database: Database,
    /// Address to listen on; port 0 takes a free one and logs it
    #[arg(long, env = "STOA_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Folder of the built web app
    #[arg(long, env = "STOA_WEB_DIR", default_value_os_t = web_dir(), value_name = "DIR")]
    pub web: PathBuf,
    /// Folder of published content, which `stoa publish` fills; served at /ipfs/{cid}
    #[arg(long, env = "STOA_CONTENT", default_value_os_t = content_dir(), value_name = "DIR")]
    pub content: PathBuf,
    /// Most connections to the database at once, 1 to 1000
    #[arg(long, env = "STOA_DATABASE_CONNECTIONS", default_value_t = 16, value_name = "N",
        value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub database_connections: u32,
    /// Seconds that a request may take, 1 to 300
    #[arg(long, env = "STOA_REQUEST_SECONDS", default_value_t = 10, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=300))]
    pub request_seconds: u64,
    /// MiB of answers kept in memory for those who ask the same again, 0 to 65536; 0 keeps none
    #[arg(long, env = "STOA_CACHE_MIB", default_value_t = 64, value_name = "MIB",
        value_parser = clap::value_parser!(u64).range(0..=65_536))]
    pub cache_mib: u64,
    #[command(flatten)]
    pub live: crate::live::Settings,
    #[command(flatten)]
    pub access: crate::access::Settings,
    #[command(flatten)]
    pub uploads: crate::content::Settings,
    #[command(flatten)]
    pub relay: crate::relay::Settings,
    #[command(flatten)]
    pub hooks: crate::hooks::Settings,
    /// How many listings' metadata are fetched at once, 0 to 64. With 0 this server fetches and ranks nothing, and
    /// leaves that to another one on the same database
    #[arg(long, env = "STOA_METADATA_FETCHES", default_value_t = 8, value_name = "N",
        value_parser = clap::value_parser!(u16).range(0..=64))]
    pub metadata_fetches: u16,
    /// Seconds that one address of metadata may take, 1 to 60
    #[arg(long, env = "STOA_METADATA_SECONDS", default_value_t = 10, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=60))]
    pub metadata_seconds: u64,
    /// IPFS gateway that metadata at ipfs:// addresses is asked of, in order; may be repeated. What comes is checked
    /// against its name
    #[arg(long = "gateway", env = "STOA_GATEWAYS", value_name = "URL", value_delimiter = ' ')]
    pub gateways: Vec<url::Url>,
    /// Also fetch metadata from private addresses and over http. Only where everybody who can list something may reach
    /// everything that this machine can
    #[arg(long, env = "STOA_ALLOW_PRIVATE_CONTENT")]
    pub allow_private_content: bool,
    /// PostgreSQL's address for `POST /v1/sql`, as the role that `stoa-api analyst` made; or
    /// STOA_SQL_DATABASE_URL_FILE, a file that holds it. Without either SQL is off
    #[arg(long, env = "STOA_SQL_DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub sql_database_url: Option<Secret>,
}

/// What is not shown: a password, or an address that may hold one.
#[derive(Clone)]
pub struct Secret(pub String);

impl std::str::FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<hidden>")
    }
}

/// The web app of the checkout that this binary was built in.
fn web_dir() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist"))
}

/// What `stoa publish` fills in the checkout that this binary was built in.
fn content_dir() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.stoa/content"))
}

/// A value that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("--database-url (STOA_DATABASE_URL) is missing. It looks like postgres://user@host:5432/stoa")]
    NoDatabaseUrl,
    /// The address itself is not told: it may hold a password.
    #[error(
        "--database-url (STOA_DATABASE_URL) is not a PostgreSQL address: {0}. It looks like postgres://user@host:5432/stoa"
    )]
    DatabaseUrl(String),
    #[error("--sql-database-url (STOA_SQL_DATABASE_URL): {0}")]
    SqlDatabaseUrl(String),
    #[error("{name} names {path}, which cannot be read: {error}")]
    File { name: String, path: PathBuf, error: std::io::Error },
}

/// A secret: as it was given, else what is in the file that the environment names.
pub fn given(value: Option<String>, name: &str) -> Result<Option<String>, ConfigError> {
    let name = format!("{name}_FILE");
    let (None, Some(path)) = (&value, std::env::var_os(&name)) else { return Ok(value) };
    let path = PathBuf::from(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned())),
        Err(error) => Err(ConfigError::File { name, path, error }),
    }
}

impl Database {
    /// How to connect.
    pub fn options(&self) -> Result<PgConnectOptions, ConfigError> {
        let bad = |reason: String| ConfigError::DatabaseUrl(reason);
        let text =
            given(self.database_url.clone(), "STOA_DATABASE_URL")?.ok_or(ConfigError::NoDatabaseUrl)?;
        let url = url::Url::parse(&text).map_err(|error| bad(error.to_string()))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(bad(format!("its scheme is `{}`", url.scheme())));
        }
        text.parse::<PgConnectOptions>().map_err(|error| bad(error.to_string()))
    }
}

impl Serve {
    /// How long a request may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }

    /// Where metadata is asked for.
    pub fn places(&self) -> Places {
        Places {
            gateways: self.gateways.clone(),
            content: self.content.clone(),
            private: if self.allow_private_content { Private::Everything } else { Private::Nothing },
            time: Duration::from_secs(self.metadata_seconds),
        }
    }

    /// What answers SQL, if it is enabled. Never as the role that owns the tables.
    pub fn sql(&self) -> Result<Option<Sql>, ConfigError> {
        let url = self.sql_database_url.as_ref().map(|Secret(url)| url.clone());
        let Some(url) = given(url, "STOA_SQL_DATABASE_URL")? else { return Ok(None) };
        let options = Database { database_url: Some(url) }.options();
        let options = options.map_err(|error| ConfigError::SqlDatabaseUrl(error.to_string()))?;
        if options.get_username() != ROLE {
            let wrong = format!("its user must be `{ROLE}`, which `stoa-api analyst` makes");
            return Err(ConfigError::SqlDatabaseUrl(wrong));
        }
        Ok(Some(Sql::new(options, self.timeout())))
    }

    /// Connections, made when they are first needed.
    pub fn pool(&self) -> Result<PgPool, ConfigError> {
        Ok(pool(self.database.options()?, self.database_connections, self.timeout()))
    }
}

/// A pool whose statements end before the request that they serve, and never wait long for a lock.
pub fn pool(options: PgConnectOptions, connections: u32, timeout: Duration) -> PgPool {
    let most = timeout.mul_f64(0.8);
    let options = options.application_name("stoa-api").options([
        ("statement_timeout", format!("{}ms", most.as_millis()).as_str()),
        ("lock_timeout", LOCK_TIMEOUT),
        // Where `pg_trgm` is: in `api` if we made it, else where the database's owner put it.
        ("search_path", "public,api"),
        ("pg_trgm.word_similarity_threshold", SIMILAR),
    ]);
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(most)
        .idle_timeout(Duration::from_secs(300))
        .max_lifetime(Duration::from_secs(1800))
        .connect_lazy_with(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(url: &str) -> Result<PgConnectOptions, ConfigError> {
        Database { database_url: Some(url.to_owned()) }.options()
    }

    #[test]
    fn a_bad_database_address_is_named_and_its_password_is_not() {
        assert!(options("postgres://a:b@localhost/stoa").is_ok());
        for url in ["", "localhost", "mysql://a:hunter2@localhost/x", "postgres://a:hunter2@localhost:port/x"]
        {
            let error = options(url).expect_err(url).to_string();
            assert!(error.contains("--database-url (STOA_DATABASE_URL)"), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        let shown =
            format!("{:?}", Database { database_url: Some("postgres://a:hunter2@localhost/x".to_owned()) });
        assert!(!shown.contains("hunter2"));
    }

    #[test]
    fn each_bad_value_names_its_key() {
        let cases = [("--listen", "nowhere"), ("--database-connections", "0"), ("--request-seconds", "301")];
        for (key, value) in cases {
            let arguments = ["stoa-api", "--database-url", "postgres://localhost/x", key, value];
            let error = Cli::try_parse_from(arguments).expect_err(key).to_string();
            assert!(error.contains(key), "{error}");
        }
        let missing = Database { database_url: None }.options().expect_err("needs a database").to_string();
        assert!(missing.contains("--database-url (STOA_DATABASE_URL) is missing"), "{missing}");
    }

    #[test]
    fn commands_need_no_server_settings() {
        let cli = Cli::try_parse_from(["stoa-api", "openapi"]).expect("parses");
        assert!(matches!(cli.command, Some(Command::Openapi)));
    }
}
