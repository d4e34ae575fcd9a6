//! Answers kept in memory for those who ask the same again.
//!
//! An answer is kept for the state of the database that it was read from: each commit that the indexer tells of makes
//! the next request read anew, a reorganisation's too. What no notice tells of (the age of the head, fetched metadata)
//! is at most [`AGE`] late. Whoever names a `min_block` is read for anew, and while notices do not come nothing is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use moka::future::Cache;
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::reply::unchanged;

/// The longest that an answer is kept.
pub const AGE: Duration = Duration::from_secs(1);
/// The channel of the indexer's notices.
const CHANNEL: &str = "stoa";
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// Larger answers are not kept.
const MOST: usize = 256 * 1024;
/// What everybody is answered alike, by the first part of the path.
const PUBLIC: [&str; 10] = [
    "status",
    "listings",
    "access",
    "market",
    "purchases",
    "payments",
    "spendings",
    "accounts",
    "staking",
    "transactions",
];

/// Says of a request that its answer must be read anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadAnew;

/// The answers of one process. Clones share them.
#[derive(Clone, Debug)]
pub struct Hot(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    answers: Cache<(u64, String), Arc<Answer>>,
    /// Counts the notices.
    state: AtomicU64,
    /// Whether notices come.
    listening: AtomicBool,
}

#[derive(Debug)]
struct Answer {
    headers: HeaderMap,
    body: Bytes,
}

impl Hot {
    /// Keeps answers of so many bytes in all, each for `age` at most. Listens until `stop` is cancelled.
    pub fn new(pool: &PgPool, bytes: u64, age: Duration, stop: &CancellationToken) -> Self {
        let weight = |key: &(u64, String), answer: &Arc<Answer>| {
            // Headers, and what the cache itself needs.
            u32::try_from(key.1.len() + answer.body.len() + 1024).unwrap_or(u32::MAX)
        };
        let answers = Cache::builder().max_capacity(bytes).weigher(weight).time_to_live(age).build();
        let kept = Arc::new(Kept { answers, state: AtomicU64::new(0), listening: AtomicBool::new(false) });
        let (listener, pool, stop) = (kept.clone(), pool.clone(), stop.clone());
        tokio::spawn(async move { stop.run_until_cancelled(listen(&listener, &pool)).await });
        Self(kept)
    }

    /// Whether notices come.
    pub fn is_listening(&self) -> bool {
        self.0.listening.load(Ordering::Acquire)
    }
}

async fn listen(kept: &Kept, pool: &PgPool) {
    loop {
        if let Err(error) = hear(kept, pool).await {
            tracing::debug!(%error, "no notices: nothing is kept");
        }
        kept.listening.store(false, Ordering::Release);
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

async fn hear(kept: &Kept, pool: &PgPool) -> sqlx::Result<()> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    kept.state.fetch_add(1, Ordering::AcqRel);
    kept.listening.store(true, Ordering::Release);
    // None when the connection was lost: what came in between is unknown.
    while listener.try_recv().await?.is_some() {
        kept.state.fetch_add(1, Ordering::AcqRel);
    }
    Ok(())
}

/// Answers from memory, or keeps what the route answers.
pub(crate) async fn hot(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(hot) = app.hot.as_ref().filter(|hot| hot.is_listening() && is_public(&request)) else {
        return next.run(request).await;
    };
    let kept = &hot.0;
    let address = request.uri().path_and_query().map_or_else(String::new, ToString::to_string);
    let key = (kept.state.load(Ordering::Acquire), address);
    if let Some(answer) = kept.answers.get(&key).await {
        return answer.give(request.headers());
    }
    let asked = request.headers().clone();
    let again = copy(&request);
    let mut passed = None;
    // Many who ask at once wait for one answer.
    let read = async {
        match Answer::of(next.clone().run(whole(request)).await).await {
            Ok(answer) => Some(Arc::new(answer)),
            Err(response) => {
                passed = Some(response);
                None
            }
        }
    };
    match kept.answers.optionally_get_with(key, read).await {
        Some(answer) => answer.give(&asked),
        None => match passed {
            Some(response) => response,
            // The one that was waited for was answered with what is not kept.
            None => next.run(again).await,
        },
    }
}

fn is_public(request: &Request) -> bool {
    let first = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
    request.method() == Method::GET
        && PUBLIC.contains(&first)
        && request.extensions().get::<ReadAnew>().is_none()
}

/// Without what would be answered with less than everything.
fn whole(mut request: Request) -> Request {
    request.headers_mut().remove(header::IF_NONE_MATCH);
    request
}

/// The same request once more: a read has no body.
fn copy(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    *copy.extensions_mut() = request.extensions().clone();
    copy
}

impl Answer {
    /// What is worth keeping; everything else comes back as it was.
    async fn of(response: Response) -> Result<Self, Response> {
        let (parts, body) = response.into_parts();
        let size = body.size_hint().exact();
        let kept = parts.status == StatusCode::OK
            && parts.headers.contains_key(header::ETAG)
            && size.is_some_and(|size| size <= MOST as u64);
        if !kept {
            return Err(Response::from_parts(parts, body));
        }
        match to_bytes(body, MOST).await {
            Ok(body) => Ok(Self { headers: parts.headers, body }),
            Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        }
    }

    fn give(&self, asked: &HeaderMap) -> Response {
        let tag = self.headers.get(header::ETAG).and_then(|tag| tag.to_str().ok());
        if tag.is_some_and(|tag| unchanged(asked, tag)) {
            let mut headers = self.headers.clone();
            headers.remove(header::CONTENT_TYPE);
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (self.headers.clone(), Body::from(self.body.clone())).into_response()
    }
}
