//! A reader of Server-Sent Events over a router, without a socket.

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures::StreamExt as _;
use serde_json::Value;
use stoa_api::app::{App, app};
use stoa_api::config;
use stoa_api::live::{Live, Settings};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::stage::{Stage, silent, unlimited};

/// Nothing takes this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// What one event says.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) event: String,
    pub(super) id: Option<String>,
    pub(super) data: Value,
}

pub(super) struct Stream {
    body: BodyDataStream,
    buffer: String,
    /// Keeps the server's tasks.
    _router: Router,
}

/// A server with these limits.
pub(super) fn router(stage: &Stage, settings: Settings) -> Router {
    let timeout = Duration::from_secs(20);
    let pool = config::pool(stage.database.url().parse().expect("an address"), 4, timeout);
    let live = Live::new(&pool, settings, &CancellationToken::new());
    let nowhere = PathBuf::from("/nonexistent");
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
        hot: None,
        hooks,
    })
}

pub(super) fn request(query: &str, last: Option<&str>) -> Request<Body> {
    let request = Request::get(format!("/v1/stream?{query}"));
    let request = match last {
        Some(last) => request.header("last-event-id", last),
        None => request,
    };
    request.body(Body::empty()).expect("a request")
}

impl Stream {
    pub(super) async fn open(stage: &Stage, query: &str) -> Self {
        Self::with(stage, Settings::default(), query).await
    }

    pub(super) async fn with(stage: &Stage, settings: Settings, query: &str) -> Self {
        Self::on(&router(stage, settings), query, None).await
    }

    /// Connects, and reads the first event.
    pub(super) async fn on(router: &Router, query: &str, last: Option<&str>) -> Self {
        let Ok(response) = router.clone().oneshot(request(query, last)).await;
        assert_eq!(response.status(), StatusCode::OK, "{query} {last:?}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = response.into_body().into_data_stream();
        let mut stream = Self { body, buffer: String::new(), _router: router.clone() };
        assert_eq!(stream.next().await.event, "open");
        stream
    }

    pub(super) async fn next(&mut self) -> Event {
        loop {
            if let Some((block, rest)) = self.buffer.split_once("\n\n") {
                let event = parse(block);
                self.buffer = rest.to_owned();
                return event;
            }
            let chunk = timeout(PATIENCE, self.body.next()).await.expect("something comes");
            let chunk = chunk.expect("the stream goes on").expect("bytes");
            self.buffer.push_str(std::str::from_utf8(&chunk).expect("text"));
        }
    }

    /// The next event, which must be a message.
    pub(super) async fn message(&mut self) -> Value {
        let event = self.next().await;
        assert_eq!(event.event, "message", "{event:?}");
        event.data
    }

    /// The stream is over.
    pub(super) async fn ended(&mut self) {
        assert!(timeout(PATIENCE, self.body.next()).await.expect("it ends").is_none());
    }

    /// Nothing has come, as far as can be said now.
    pub(super) async fn silent(&mut self) {
        let next = timeout(Duration::from_millis(50), self.body.next()).await;
        assert!(next.is_err(), "{next:?}");
    }
}

fn parse(block: &str) -> Event {
    let mut event = Event { event: String::new(), id: None, data: Value::Null };
    for line in block.lines() {
        match line.split_once(": ") {
            Some(("event", text)) => event.event = text.to_owned(),
            Some(("id", text)) => event.id = Some(text.to_owned()),
            Some(("data", text)) => event.data = serde_json::from_str(text).expect("JSON"),
            _ => {}
        }
    }
    event
}
