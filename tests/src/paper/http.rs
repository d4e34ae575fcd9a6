//! One request over HTTP and its response.

use std::sync::Arc;
use std::{future, io};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::{StreamExt as _, stream};
use tokio::sync::watch;

use super::exchange::{Sent, Shared, exchange};
use super::ws;

/// Pieces smaller than this are copied together until they are not: each write to a socket costs as much as a copy of
/// this size.
const SMALL: usize = 64 * 1024;

/// What every request of a node needs.
#[derive(Clone, Debug)]
pub(super) struct Serving {
    pub(super) shared: Arc<Shared>,
    /// Changes, or is gone, when open connections must end.
    pub(super) cut: watch::Receiver<u64>,
}

pub(super) async fn answer(
    State(serving): State<Serving>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    body: Bytes,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return upgrade.on_upgrade(move |socket| ws::talk(socket, serving.shared, serving.cut));
    }
    match exchange(&serving.shared, &body, None).await {
        Sent::Never => future::pending().await,
        Sent::Page { status, retry_after } => page(status, retry_after),
        Sent::Text { status, pieces, gzip, cut } => {
            let length: usize = pieces.iter().map(Bytes::len).sum();
            let mut response = Response::new(body_of(pieces, cut));
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            headers.insert(header::CONTENT_LENGTH, length.into());
            if gzip {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        }
    }
}

fn page(status: u16, retry_after: Option<u64>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\r\n");
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    if let Some(seconds) = retry_after {
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

fn body_of(pieces: Vec<Bytes>, cut: Option<usize>) -> Body {
    if let Some(cut) = cut {
        let mut start = pieces.concat();
        start.truncate(cut);
        // The start must be on its way before the end fails.
        let broken = stream::once(async {
            tokio::task::yield_now().await;
            Err(io::Error::from(io::ErrorKind::ConnectionAborted))
        });
        return Body::from_stream(stream::iter([Ok(Bytes::from(start))]).chain(broken));
    }
    let mut pieces = larger(pieces);
    if pieces.len() == 1 {
        return Body::from(pieces.swap_remove(0));
    }
    Body::from_stream(stream::iter(pieces.into_iter().map(Ok::<_, io::Error>)))
}

/// The same text in larger pieces. Those that are large already are not copied.
fn larger(pieces: Vec<Bytes>) -> Vec<Bytes> {
    let mut out = Vec::new();
    let mut small: Vec<u8> = Vec::new();
    for piece in pieces {
        if piece.len() < SMALL {
            small.extend_from_slice(&piece);
        }
        if !small.is_empty() && (small.len() >= SMALL || piece.len() >= SMALL) {
            out.push(std::mem::take(&mut small).into());
        }
        if piece.len() >= SMALL {
            out.push(piece);
        }
    }
    if !small.is_empty() || out.is_empty() {
        out.push(small.into());
    }
    out
}
