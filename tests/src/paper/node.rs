//! A node that serves a chain on paper over HTTP and WebSocket.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use super::chain::Chain;
use super::exchange::Shared;
use super::http::{Serving, answer};
use super::wire::Wire;

/// What hyper may collect before it writes.
const WRITE_BUFFER: usize = 4 * 1024 * 1024;
const BACKLOG: u32 = 1_024;

/// A node. It ends when it is dropped, and with it every connection.
#[derive(Debug)]
pub struct Node {
    shared: Arc<Shared>,
    address: SocketAddr,
    door: Mutex<Door>,
}

/// Where connections come in.
#[derive(Debug)]
enum Door {
    Open {
        accepting: JoinHandle<()>,
        /// Changes when open connections must end.
        cut: watch::Sender<u64>,
    },
    /// Bound and not listening: connections are refused, and nobody else gets the port.
    Closed(TcpSocket),
    Moving,
}

impl Node {
    /// Serves `chain` through `wire` on a port of this machine.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub async fn start(chain: Chain, wire: Wire) -> Self {
        let shared = Shared { chain, wire, calls: Mutex::default(), subscribed: Arc::default() };
        let shared = Arc::new(shared);
        let opened = async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            Ok::<_, io::Error>((listener.local_addr()?, listener))
        };
        let (address, listener) = opened.await.unwrap_or_else(|e| panic!("no port to serve a chain on: {e}"));
        let door = Mutex::new(Door::open(listener, &shared));
        Self { shared, address, door }
    }

    /// Where it answers over HTTP.
    pub fn url(&self) -> Url {
        self.with_scheme("http")
    }

    /// Where it answers over WebSocket.
    pub fn ws_url(&self) -> Url {
        self.with_scheme("ws")
    }

    fn with_scheme(&self, scheme: &str) -> Url {
        let text = format!("{scheme}://{}", self.address);
        text.parse().unwrap_or_else(|e| unreachable!("{text} is an address: {e}"))
    }

    /// The chain it serves.
    pub fn chain(&self) -> &Chain {
        &self.shared.chain
    }

    /// The wire it serves through.
    pub fn wire(&self) -> &Wire {
        &self.shared.wire
    }

    /// How often a method was called.
    pub fn calls(&self, method: &str) -> u64 {
        self.all_calls().get(method).copied().unwrap_or(0)
    }

    /// How often each method was called.
    pub fn all_calls(&self) -> BTreeMap<String, u64> {
        self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many subscriptions to new heads there are.
    pub fn subscriptions(&self) -> usize {
        self.shared.subscribed.load(Ordering::Relaxed)
    }

    /// Ends all connections at once. New ones are welcome.
    pub fn cut(&self) {
        if let Door::Open { cut, .. } = &*self.door() {
            cut.send_modify(|times| *times += 1);
        }
    }

    /// Ends all connections and refuses new ones until it is opened again.
    ///
    /// # Panics
    /// If the port cannot be kept.
    pub async fn close(&self) {
        let door = std::mem::replace(&mut *self.door(), Door::Moving);
        let closed = match door {
            Door::Open { accepting, cut } => {
                accepting.abort();
                // Aborted, as it should be.
                let _ = accepting.await;
                drop(cut);
                let kept = keep(self.address);
                Door::Closed(kept.unwrap_or_else(|e| panic!("cannot keep {}: {e}", self.address)))
            }
            other => other,
        };
        *self.door() = closed;
    }

    /// Listens again, on the same port.
    ///
    /// # Panics
    /// If the port cannot be listened on.
    pub async fn open(&self) {
        let door = std::mem::replace(&mut *self.door(), Door::Moving);
        let open = match door {
            Door::Closed(socket) => {
                let listener = socket.listen(BACKLOG);
                let listener =
                    listener.unwrap_or_else(|e| panic!("cannot listen on {} again: {e}", self.address));
                Door::open(listener, &self.shared)
            }
            other => other,
        };
        *self.door() = open;
    }

    fn door(&self) -> MutexGuard<'_, Door> {
        self.door.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Door::Open { accepting, .. } = &*self.door() {
            accepting.abort();
        }
    }
}

fn keep(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

impl Door {
    fn open(listener: TcpListener, shared: &Arc<Shared>) -> Self {
        let (cut, told) = watch::channel(0);
        let serving = Serving { shared: shared.clone(), cut: told };
        Self::Open { accepting: tokio::spawn(accept(listener, serving)), cut }
    }
}

/// Every connection is a task of this one, so none outlives it. (A WebSocket's ends when `cut` changes or is gone.)
async fn accept(listener: TcpListener, serving: Serving) {
    let mut cut = serving.cut.clone();
    let router = Router::new().fallback(answer).layer(DefaultBodyLimit::disable()).with_state(serving);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            connection = listener.accept() => {
                let Ok((stream, _)) = connection else { continue };
                // Without it small answers would wait for acknowledgements.
                let _ = stream.set_nodelay(true);
                let service = TowerToHyperService::new(router.clone());
                connections.spawn(async move {
                    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
                    builder.http1().max_buf_size(WRITE_BUFFER);
                    // The other side may leave at any time.
                    let _ = builder.serve_connection_with_upgrades(TokioIo::new(stream), service).await;
                });
            }
            changed = cut.changed() => match changed {
                Ok(()) => connections.abort_all(),
                Err(_) => return,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
