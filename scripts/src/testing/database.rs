//! A fresh database for each test.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, PgPool};

use super::fail;
use crate::postgres::{self, Data, Options, Server, with_database};

/// A database of its own, removed when dropped.
///
/// All databases of a test process live on one ephemeral server, which ends with the process. When
/// `STOA_TEST_DATABASE_URL` is set, they live on that server instead; its user must be allowed to create
/// databases.
#[derive(Debug)]
pub struct TestDatabase {
    url: String,
    name: String,
    server: String,
}

/// How long connections to a template may linger; the server itself waits five seconds each time.
const IN_USE: Duration = Duration::from_secs(120);

impl TestDatabase {
    /// An empty database.
    pub async fn create() -> Self {
        Self::clone_of("template0").await
    }

    /// A copy of the template `name`, which the first test that asks for it makes: `prepare` gets the URL of
    /// an empty database and creates in it what all tests of this process share.
    ///
    /// `prepare` must close its connections before it returns.
    pub async fn from_template<F, Fut, E>(name: &str, prepare: F) -> Self
    where
        F: FnOnce(String) -> Fut,
        Fut: Future<Output = Result<(), E>>,
        E: Display,
    {
        let slot = template_slot(name);
        let mut template = slot.lock().await;
        if template.is_none() {
            let made = Self::create().await;
            if let Err(error) = prepare(made.url.clone()).await {
                fail(&format!("cannot prepare the template database {name}"), &format!("{error:#}"));
            }
            // The template lives as long as the process.
            *template = Some(made.name.clone());
            std::mem::forget(made);
        }
        let template = template.clone().unwrap_or_default();
        Self::clone_of(&template).await
    }

    async fn clone_of(template: &str) -> Self {
        let server = server_url().await;
        let name = format!("stoa_test_{}_{:016x}", std::process::id(), rand::random::<u64>());
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'");
        let deadline = Instant::now() + IN_USE;
        while let Err(error) = execute(&server, &sql).await {
            // Who was connected to the template is gone; under load the server takes a while to notice.
            let in_use = error.as_database_error().and_then(|error| error.code()).as_deref() == Some("55006");
            if !in_use || Instant::now() > deadline {
                fail("cannot create a database for this test", &error);
            }
        }
        Self { url: with_database(&server, &name), name, server }
    }

    /// `postgres://…` of this database.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A pool of connections to it.
    pub async fn pool(&self) -> PgPool {
        match PgPool::connect(&self.url).await {
            Ok(pool) => pool,
            Err(error) => fail("cannot connect to the test's database", &error),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, sql) =
            (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // Dropping happens inside of the test's own runtime, which must not be blocked on itself.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(execute(&server, &sql)))
        });
        // A database that stays behind harms nobody: the server goes with the process.
        let _ = dropped.join();
    }
}

async fn execute(url: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(AssertSqlSafe(sql)).await?;
    connection.close().await
}

type Slot = Arc<tokio::sync::Mutex<Option<String>>>;

fn template_slot(name: &str) -> Slot {
    static TEMPLATES: OnceLock<Mutex<HashMap<String, Slot>>> = OnceLock::new();
    let templates = TEMPLATES.get_or_init(Mutex::default);
    let mut templates = templates.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(templates.entry(name.to_owned()).or_default())
}

/// The server of this process, started by the first test that needs it.
async fn server_url() -> String {
    static SERVER: OnceLock<Result<Server, postgres::Error>> = OnceLock::new();
    if let Ok(url) = std::env::var("STOA_TEST_DATABASE_URL") {
        return url;
    }
    let started = tokio::task::spawn_blocking(|| {
        let options = Options { data: Data::Ephemeral, port: None, log: postgres::test_log() };
        match SERVER.get_or_init(|| Server::start(&options)) {
            Ok(server) => Ok(server.url().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    });
    match started.await {
        Ok(Ok(url)) => url,
        Ok(Err(error)) => fail("no PostgreSQL for this test", &error),
        Err(error) => fail("no PostgreSQL for this test", &error),
    }
}
