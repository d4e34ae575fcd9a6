//! Accepting connections, and holding each to what it may take.

use std::convert::Infallible;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::caps::{Caps, Full, Permit};
use super::settings::Settings;
use super::watch::Watch;
use super::wire::Wire;

/// What is read of a head at most: the gate allows 16 KiB of headers, an address may be as long again.
const HEAD: usize = 64 * 1024;
/// HTTP/2: what one connection may ask at once.
const STREAMS: u32 = 100;
/// HTTP/2: streams that the client took back and that are not forgotten yet. One more ends the connection.
const RESETS: usize = 20;
/// HTTP/2: after so much silence the other side is asked whether it is there, and has as long to say so.
const PING: Duration = Duration::from_secs(20);
/// What a connection that is told to end gets for it.
const PARTING: Duration = Duration::from_secs(2);
/// How many refused connections are told so at once, and for how long they are listened to.
const TOLD: usize = 64;
const TELLING: Duration = Duration::from_secs(1);
/// The first byte of a TLS connection: a handshake record.
const HANDSHAKE: u8 = 0x16;

/// The listening socket and what stands behind it.
pub(super) struct Door {
    pub(super) caps: Caps,
    pub(super) settings: Settings,
    pub(super) tls: Option<TlsAcceptor>,
    pub(super) app: Router,
}

impl Door {
    /// Serves until told to stop, and until everybody who was let in has left.
    pub(super) async fn open(self, listener: TcpListener, stop: CancellationToken) {
        let (inside, mut all_gone) = mpsc::channel::<()>(1);
        let (door, telling) = (Arc::new(self), Arc::new(Semaphore::new(TOLD)));
        while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause(&error).await;
                    continue;
                }
            };
            match door.caps.admit(peer.ip()) {
                Ok(permit) => {
                    let (door, stop, inside) = (door.clone(), stop.clone(), inside.clone());
                    tokio::spawn(async move {
                        door.serve(stream, peer, permit, &stop).await;
                        drop(inside);
                    });
                }
                Err(full) if door.tls.is_none() => {
                    // While many are told, the others are just closed.
                    let Ok(place) = telling.clone().try_acquire_owned() else { continue };
                    tokio::spawn(async move {
                        tell(stream, full.answer()).await;
                        drop(place);
                    });
                }
                Err(_) => {}
            }
        }
        drop((listener, inside));
        all_gone.recv().await;
    }

    async fn serve(&self, stream: TcpStream, peer: SocketAddr, permit: Permit, stop: &CancellationToken) {
        // Answers are written whole: none waits for the acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let wire = Wire::new(stream, self.settings.stall(), permit);
        match &self.tls {
            None => self.converse(wire, peer, stop).await,
            Some(tls) => {
                let greeted = timeout(self.settings.header(), greet(wire, tls));
                if let Some(Ok(Some(wire))) = stop.run_until_cancelled(greeted).await {
                    self.converse(wire, peer, stop).await;
                }
            }
        }
    }

    /// Answers what is asked on one connection, until it ends, is idle for too long, or the server stops.
    async fn converse<I>(&self, io: I, peer: SocketAddr, stop: &CancellationToken)
    where
        I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let watch = Watch::new();
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let (app, running) = (self.app.clone(), watch.begin());
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            async move {
                let Ok(response) = app.oneshot(request).await;
                Ok::<_, Infallible>(response.map(|body| running.until_sent(body)))
            }
        });
        let http = http();
        let mut connection = pin!(http.serve_connection_with_upgrades(TokioIo::new(io), service));
        let mut idle = pin!(watch.idle(self.settings.header(), self.settings.idle()));
        tokio::select! {
            // How it ended is the client's affair: it left, or spoke no HTTP.
            _ = connection.as_mut() => return,
            () = stop.cancelled() => {}
            () = idle.as_mut() => {
                connection.as_mut().graceful_shutdown();
                let _ = timeout(PARTING, connection).await;
                return;
            }
        }
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

fn http() -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    // No timeout for heads here: the watch bounds the time without a whole request, whatever the protocol.
    http.http1().timer(TokioTimer::new()).header_read_timeout(None).max_buf_size(HEAD);
    http.http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEAD as u32)
        .max_pending_accept_reset_streams(RESETS)
        .max_send_buf_size(HEAD)
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING);
    http
}

/// The handshake; `None` for who does not speak TLS, or left.
async fn greet(
    mut wire: Wire,
    tls: &TlsAcceptor,
) -> Option<impl AsyncRead + AsyncWrite + Unpin + Send + 'static> {
    let mut first = [0];
    match wire.stream().peek(&mut first).await {
        Ok(1) if first[0] == HANDSHAKE => tls.accept(wire).await.ok(),
        Ok(1) => {
            let answer = answer("400 Bad Request", "This port speaks HTTPS: ask for https:// instead.");
            let _ = wire.write_all(answer.as_bytes()).await;
            part(&mut wire).await;
            None
        }
        _ => None,
    }
}

impl Full {
    fn answer(self) -> String {
        match self {
            Self::Server => answer("503 Service Unavailable", "There are too many connections."),
            Self::Address => {
                answer("429 Too Many Requests", "There are too many connections from this address.")
            }
        }
    }
}

/// A whole answer for who is not let in.
fn answer(status: &str, detail: &str) -> String {
    let (code, title) = status.split_once(' ').unwrap_or((status, status));
    let body = format!(r#"{{"type":"about:blank","title":"{title}","status":{code},"detail":"{detail}"}}"#);
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n\
         cache-control: no-store\r\nretry-after: 5\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

async fn tell(mut stream: TcpStream, answer: String) {
    let told = async {
        stream.write_all(answer.as_bytes()).await?;
        part(&mut stream).await;
        std::io::Result::Ok(())
    };
    let _ = timeout(TELLING, told).await;
}

/// Ends a connection so that what was said last arrives: what is still coming is read first, within bounds.
async fn part(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
    let _ = stream.shutdown().await;
    let (mut unread, until) = ([0; 1_024], Instant::now() + TELLING);
    let drained = async { while stream.read(&mut unread).await.is_ok_and(|read| read > 0) {} };
    tokio::select! {
        () = drained => {}
        () = sleep_until(until) => {}
    }
}

/// What concerns one connection is skipped; a want of file descriptors passes.
async fn pause(error: &std::io::Error) {
    let theirs = [ErrorKind::ConnectionRefused, ErrorKind::ConnectionAborted, ErrorKind::ConnectionReset]
        .contains(&error.kind());
    if !theirs {
        tracing::error!(%error, "no connection can be accepted for a moment");
        sleep(Duration::from_secs(1)).await;
    }
}
