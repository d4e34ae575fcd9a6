//! A database of its own and the router over it, without a socket.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection, PgPool};
use stoa_api::access::{Access, Setup};
use stoa_api::app::{App, app};
use stoa_api::config;
use stoa_api::curator::{Curator, Places, Private};
use stoa_api::hooks::{self, Hooks};
use stoa_api::hot::Hot;
use stoa_api::live::{Live, Settings};
use stoa_schema::{archive, market};
use stoa_scripts::testing::TestDatabase;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) struct Stage {
    pub(crate) database: TestDatabase,
    /// Writes as the indexer would.
    pub(crate) pool: PgPool,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Stage {
    /// With the tables of the indexer, empty.
    pub(crate) async fn new() -> Self {
        Self::on(TestDatabase::from_template("api", prepare).await).await
    }

    /// With nothing in the database, as before the indexer's first start.
    pub(crate) async fn bare() -> Self {
        Self::on(TestDatabase::create().await).await
    }

    async fn on(database: TestDatabase) -> Self {
        let pool = database.pool().await;
        let router = router(&database, PathBuf::from("/nonexistent"), 4);
        Self { database, pool, router }
    }

    /// The same database behind a server with another folder for the web app.
    pub(crate) fn with_web(&self, web: PathBuf) -> Router {
        router(&self.database, web, 4)
    }

    /// A server that keeps answers, for as long as a test may take.
    pub(crate) async fn with_hot(&self) -> Router {
        let timeout = Duration::from_secs(10);
        let pool = config::pool(self.database.url().parse().expect("an address"), 4, timeout);
        let (stop, nowhere) = (CancellationToken::new(), PathBuf::from("/nonexistent"));
        let live = Live::new(&pool, Settings::default(), &stop);
        let hot = Hot::new(&pool, 1 << 20, Duration::from_secs(600), &stop);
        let begun = tokio::time::Instant::now();
        while !hot.is_listening() {
            assert!(begun.elapsed() < timeout, "nobody listens");
            tokio::task::yield_now().await;
        }
        let access = unlimited(&pool);
        let hooks = silent(&pool, &access, &live);
        app(App {
            pool,
            web: nowhere.clone(),
            content: nowhere,
            sql: None,
            timeout,
            live,
            access,
            uploads: None,
            relay: None,
            hot: Some(hot),
            hooks,
        })
    }

    /// Runs SQL as the indexer.
    pub(crate) async fn sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.expect(sql);
    }

    /// What finds out about listings, which asks this machine and the folder.
    pub(crate) fn curator(&self, places: Places) -> Curator {
        let options = self.database.url().parse().expect("an address");
        let pool = config::pool(options, 4, Duration::from_secs(10));
        Curator::new(pool, places, 4).expect("a curator")
    }

    /// One round of it, with nothing outside to ask.
    pub(crate) async fn curate(&self) {
        self.curator(nowhere()).pass().await.expect("a pass");
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path)).await
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder) -> Answer {
        let request = request.body(Body::empty()).expect("a request");
        send(&self.router, request).await
    }

    /// Asks by GraphQL.
    pub(crate) async fn graphql(&self, query: &str) -> Answer {
        self.post("/graphql", &serde_json::json!({ "query": query })).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("content-type", "application/json");
        send(&self.router, request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// The data of an answer that must be 200.
    pub(crate) async fn data(&self, path: &str) -> Value {
        self.get(path).await.ok()["data"].take()
    }

    /// The ids of a collection that must be 200.
    pub(crate) async fn ids(&self, path: &str) -> Vec<String> {
        ids(&self.data(path).await)
    }
}

/// Only 127.0.0.1 may be asked, for two seconds.
pub(crate) fn nowhere() -> Places {
    Places {
        gateways: Vec::new(),
        content: PathBuf::from("/nonexistent"),
        private: Private::Only(vec!["127.0.0.1".parse().expect("an address")]),
        time: Duration::from_secs(2),
    }
}

/// A server over the database with so many connections.
pub(crate) fn router(database: &TestDatabase, web: PathBuf, connections: u32) -> Router {
    within(database, web, connections, Duration::from_secs(10))
}

/// The same, with another time that a request may take.
pub(crate) fn within(database: &TestDatabase, web: PathBuf, connections: u32, timeout: Duration) -> Router {
    let options = database.url().parse().expect("an address");
    let content = PathBuf::from("/nonexistent");
    let pool = config::pool(options, connections, timeout);
    let live = Live::new(&pool, Settings::default(), &CancellationToken::new());
    let access = unlimited(&pool);
    let hooks = silent(&pool, &access, &live);
    app(App {
        pool,
        web,
        content,
        sql: None,
        timeout,
        live,
        access,
        uploads: None,
        relay: None,
        hot: None,
        hooks,
    })
}

/// A server that serves this folder of published content. Its database need not answer.
pub(crate) fn with_content(content: PathBuf) -> Router {
    let (options, timeout) = (Default::default(), Duration::from_secs(10));
    let pool = config::pool(options, 1, timeout);
    let live = Live::new(&pool, Settings::default(), &CancellationToken::new());
    let access = unlimited(&pool);
    let hooks = silent(&pool, &access, &live);
    app(App {
        pool,
        web: PathBuf::from("/nonexistent"),
        content,
        sql: None,
        timeout,
        live,
        access,
        uploads: None,
        relay: None,
        hot: None,
        hooks,
    })
}

/// Nobody is counted, nobody signs in.
pub(crate) fn unlimited(pool: &PgPool) -> Access {
    Access::new(pool, Setup::default()).expect("access")
}

/// Nothing is sent to anybody.
pub(crate) fn silent(pool: &PgPool, access: &Access, live: &Live) -> Hooks {
    Hooks::new(pool, access, live, &hooks::Settings { sends: 0, ..hooks::Settings::default() })
        .expect("hooks")
}

pub(crate) async fn send(router: &Router, request: Request<Body>) -> Answer {
    let Ok(response) = router.clone().oneshot(request).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body").to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

pub(crate) fn ids(data: &Value) -> Vec<String> {
    let rows = data.as_array().expect("a collection");
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

async fn prepare(url: String) -> anyhow::Result<()> {
    let mut connection = PgConnection::connect(&url).await?;
    archive::migrate(&mut connection).await?;
    market::create(&mut connection).await?;
    stoa_api::migrate::migrate(&mut connection).await?;
    Ok(connection.close().await?)
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }

    /// The document of an answer that must be 200.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// The problem document of an answer that must have this status.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{text}");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        for key in ["type", "title", "detail"] {
            assert!(problem[key].as_str().is_some_and(|text| !text.is_empty()), "{key} in {problem}");
        }
        problem
    }
}
