//! `GET /v1/stream`: live messages as Server-Sent Events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;

use super::LiveMessage;
use super::follower::Follower;
use super::query::{LiveQuery, Wish, address};
use super::topic::Topic;
use crate::app::App;
use crate::error::ApiError;
use crate::params::FromParam as _;
use crate::problem::Problem;

/// How soon browsers connect again.
const RETRY: Duration = Duration::from_secs(2);

/// Live messages as Server-Sent Events: `message` and `retract` carry a `LiveMessage`, the others a `LiveNotice`.
///
/// `id` is the cursor, so that browsers resume by themselves; others send it as `after` or `Last-Event-ID`.
#[utoipa::path(get, path = "/v1/stream", tag = "live", operation_id = "stream",
    params(LiveQuery, ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event, as browsers send it; counts before `after`.")),
    responses(
        (status = 200, description = "Events, without end. Types: `open`, `message`, `retract`, `heartbeat`, `close`.", body = LiveMessage, content_type = "text/event-stream"),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "What follows the cursor is kept no more; the detail says how to catch up.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many connections.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn stream(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let wish = Wish::read(request.uri().query(), request.headers())?;
    if wish.topics.is_empty() {
        return Err(ApiError::missing("topics", Topic::allowed()));
    }
    let hub = app.live.hub().await?;
    let slot = hub.slots.take(address(&request))?;
    let follower = Follower::open(hub, wish, Some(slot)).await?;
    let events = stream::unfold((follower, true), |(mut follower, first)| async move {
        let out = follower.next().await?;
        let mut event = Event::default().event(out.event).data(&*out.text);
        if let Some(cursor) = &out.cursor {
            event = event.id(cursor);
        }
        if first {
            event = event.retry(RETRY);
        }
        Some((Ok::<_, Infallible>(event), (follower, false)))
    });
    let mut response = Sse::new(events).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies of the kind of nginx would collect events otherwise.
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    Ok(response)
}
