//! `GET /v1/live`: live messages over a WebSocket, with topics that come and go.

use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::LiveNotice;
use super::follower::Follower;
use super::query::{LiveQuery, Wish, address};
use super::topic::Topic;
use crate::app::App;
use crate::error::ApiError;
use crate::params::FromParam as _;
use crate::problem::Problem;

/// A request is a line; 100 topics fit.
const MOST_BYTES: usize = 16 * 1024;
/// Requests that are not understood before the connection ends.
const MOST_MISTAKES: usize = 20;
/// Whoever takes nothing for so long is gone.
const SEND: Duration = Duration::from_secs(10);
/// Close code for a cursor that is kept no more: 4000 and the HTTP status.
const GONE: u16 = 4_410;

/// What a client may say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    op: Op,
    topics: Vec<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Op {
    Subscribe,
    Unsubscribe,
}

/// Live messages over a WebSocket: text frames with a `LiveMessage` or a `LiveNotice` each.
///
/// A client may send `{"op": "subscribe", "topics": ["purchases"]}` and `unsubscribe`; a topic begins where the
/// connection is. For its past, connect with `topics` and `after`. What is not understood is answered by an `error`
/// notice with a problem document. A cursor that is kept no more closes the connection with code 4410.
#[utoipa::path(get, path = "/v1/live", tag = "live", operation_id = "live",
    params(LiveQuery, ("Last-Event-ID" = Option<String>, Header, description = "Like `after`; counts before it.")),
    responses(
        (status = 101, description = "The connection is a WebSocket from here on. Each frame is a `LiveMessage` or a `LiveNotice`."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 426, description = "The request asks for no WebSocket.", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many connections.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn live(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let wish = Wish::read(request.uri().query(), request.headers())?;
    let address = address(&request);
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, &app).await {
        Ok(upgrade) => upgrade,
        Err(refused) => return Ok(no_socket(&refused)),
    };
    let hub = app.live.hub().await?;
    let slot = hub.slots.take(address)?;
    let follower = Follower::open(hub, wish, Some(slot)).await;
    let upgrade = upgrade.max_message_size(MOST_BYTES).max_frame_size(MOST_BYTES);
    match follower {
        Ok(follower) => Ok(upgrade.on_upgrade(move |socket| talk(socket, Box::new(follower)))),
        // A browser sees no status of a refused upgrade: it is told over the socket.
        Err(ApiError::Expired(detail)) => Ok(upgrade.on_upgrade(move |socket| expired(socket, detail))),
        Err(error) => Err(error),
    }
}

fn no_socket(refused: &WebSocketUpgradeRejection) -> Response {
    let detail = format!(
        "{refused}. This address speaks WebSocket alone: connect with ws:// or wss://, or read /v1/stream for \
         Server-Sent Events."
    );
    Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade-required", "A WebSocket is required", detail)
        .into_response()
}

async fn expired(mut socket: WebSocket, detail: String) {
    let notice = LiveNotice { reason: Some("expired"), detail: Some(detail), ..LiveNotice::new("close") };
    if send(&mut socket, Message::text(notice.text())).await {
        close(&mut socket, GONE, "expired").await;
    }
}

/// Sends what comes and answers what is asked, until either side ends it.
async fn talk(mut socket: WebSocket, mut follower: Box<Follower>) {
    let mut mistakes = 0;
    let mut why = "";
    loop {
        tokio::select! {
            out = follower.next() => {
                let Some(out) = out else {
                    let code = match why { "expired" => GONE, "slow" => close_code::POLICY, _ => close_code::RESTART };
                    return close(&mut socket, code, why).await;
                };
                if out.event == "close" {
                    why = reason(&out.text);
                }
                if !send(&mut socket, Message::text(&*out.text)).await {
                    return;
                }
            }
            frame = socket.recv() => {
                let asked = match frame {
                    None | Some(Ok(Message::Close(_))) | Some(Err(_)) => return,
                    // Pongs are sent by the library.
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(Message::Text(text))) => answer(&mut follower, &text),
                    Some(Ok(Message::Binary(_))) => Err(ApiError::bad("frame", "binary", expected())),
                };
                if let Err(error) = asked {
                    mistakes += 1;
                    follower.refuse(error.problem());
                    if mistakes > MOST_MISTAKES {
                        return close(&mut socket, close_code::POLICY, "too many requests that are not understood").await;
                    }
                }
            }
        }
    }
}

fn answer(follower: &mut Follower, text: &str) -> Result<(), ApiError> {
    let ask: Ask = serde_json::from_str(text).map_err(|_| ApiError::bad("frame", text, expected()))?;
    let read = |text: &String| {
        Topic::from_param(text).ok_or_else(|| ApiError::bad("topics", text, Topic::allowed()))
    };
    let topics = ask.topics.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    follower.set_topics(|own| match ask.op {
        Op::Subscribe => own.extend(topics),
        Op::Unsubscribe => own.retain(|topic| !topics.contains(topic)),
    })
}

fn expected() -> String {
    "a JSON text frame as in {\"op\": \"subscribe\", \"topics\": [\"purchases\"]}, where `op` is `subscribe` or \
     `unsubscribe`"
        .to_owned()
}

/// The reason in a closing notice.
fn reason(text: &str) -> &'static str {
    ["slow", "shutdown", "expired", "reset"]
        .into_iter()
        .find(|reason| text.contains(&format!("\"reason\":\"{reason}\"")))
        .unwrap_or_default()
}

/// Whether it was taken.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SEND, socket.send(message)).await, Ok(Ok(())))
}

async fn close(socket: &mut WebSocket, code: u16, reason: &'static str) {
    let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
    send(socket, Message::Close(Some(frame))).await;
}
