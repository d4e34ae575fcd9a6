//! Who announces new blocks: a real node's socket, sockets that break or fall silent, and polling.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alloy::primitives::U64;
use alloy::rpc::client::ClientBuilder;
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use stoa_indexer::fetch::{Pool, PoolConfig};
use stoa_scripts::testing::Anvil;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;

use crate::fetch_node::{FakeNode, config};

/// A socket that announces what it is told to, and breaks when told to.
struct FakeSocket {
    url: url::Url,
    /// `None` closes all connections.
    say: broadcast::Sender<Option<u64>>,
    connections: Arc<AtomicUsize>,
    subscribed: watch::Receiver<usize>,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

impl FakeSocket {
    async fn start(chain: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("ws://{}", listener.local_addr().expect("an address"));
        let (say, _) = broadcast::channel(100);
        let (ready, subscribed) = watch::channel(0);
        let (connections, tasks) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(JoinSet::new())));
        let (count, saying, all) = (Arc::clone(&connections), say.clone(), Arc::downgrade(&tasks));
        tasks.lock().expect("no panic").spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let serving = serve(stream, chain, saying.subscribe(), ready.clone());
                let Some(all) = all.upgrade() else { return };
                all.lock().expect("no panic").spawn(serving);
            }
        });
        Self { url: url.parse().expect("a URL"), say, connections, subscribed, tasks }
    }

    /// Waits for the n-th subscription.
    async fn subscribed(&mut self, n: usize) {
        self.subscribed.wait_for(|count| *count >= n).await.expect("it subscribes");
    }
}

async fn serve(
    stream: tokio::net::TcpStream,
    chain: u64,
    mut saying: broadcast::Receiver<Option<u64>>,
    ready: watch::Sender<usize>,
) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    loop {
        tokio::select! {
            heard = socket.next() => {
                let Some(Ok(heard)) = heard else { return };
                let Message::Text(text) = heard else { continue };
                let request: Value = serde_json::from_str(&text).expect("JSON");
                let subscribes = request["method"] == "eth_subscribe";
                let result = if subscribes { json!("0x5") } else { json!(format!("0x{chain:x}")) };
                let reply = json!({ "jsonrpc": "2.0", "id": request["id"], "result": result });
                if socket.send(Message::text(reply.to_string())).await.is_err() {
                    return;
                }
                if subscribes {
                    ready.send_modify(|count| *count += 1);
                }
            }
            said = saying.recv() => {
                let Ok(Some(number)) = said else { return };
                let head = json!({ "number": format!("0x{number:x}"), "hash": "0x00" });
                let params = json!({ "subscription": "0x5", "result": head });
                let message = json!({ "jsonrpc": "2.0", "method": "eth_subscription", "params": params });
                if socket.send(Message::text(message.to_string())).await.is_err() {
                    return;
                }
            }
        }
    }
}

async fn heard(heads: &mut watch::Receiver<u64>, number: u64) {
    let heard = tokio::time::timeout(Duration::from_secs(20), heads.wait_for(|head| *head >= number)).await;
    assert_eq!(*heard.expect("in time").expect("the pool lives"), number);
}

#[tokio::test]
async fn a_real_nodes_socket_announces_its_blocks() {
    let chain = Anvil::start().await;
    let urls = [chain.rpc_url().to_owned(), chain.rpc_url().replacen("http", "ws", 1)];
    let config = PoolConfig {
        chain_id: 31_337,
        endpoints: urls.iter().map(|url| url.parse::<url::Url>().expect("a URL").into()).collect(),
        // Only the socket can be so quick.
        poll: Duration::from_secs(3_600),
        ..PoolConfig::default()
    };
    let pool = Pool::connect(config).await.expect("a pool");
    let mut heads = pool.heads();
    let client = ClientBuilder::default().http(chain.rpc_url().parse().expect("a URL"));
    let began = Instant::now();
    // Until the socket is open, blocks pass unheard.
    while pool.report()[1].head.is_none() {
        assert!(began.elapsed() < Duration::from_secs(20));
        client.request::<_, Value>("anvil_mine", (U64::from(1),)).await.expect("a block");
        tokio::time::timeout(Duration::from_millis(100), heads.changed()).await.ok();
    }
    assert!(*heads.borrow() > 0);
    let report = pool.report();
    assert_eq!(report.len(), 2);
    assert!(!report[1].answers && report[1].head.is_some() && report[1].trouble.is_none(), "{report:?}");
}

#[tokio::test]
async fn without_a_socket_the_node_is_polled() {
    let node = FakeNode::start().await;
    let config = PoolConfig { poll: Duration::from_millis(5), ..config(&[&node]) };
    let pool = Pool::connect(config).await.expect("a pool");
    assert_eq!(node.requests("eth_blockNumber"), 0, "nobody listens");
    let mut heads = pool.heads();
    heard(&mut heads, 100).await;
    node.chain().head = 101;
    heard(&mut heads, 101).await;
    drop(pool);
    assert!(heads.changed().await.is_err(), "it ends with the pool");
}

#[tokio::test]
async fn a_socket_that_breaks_is_opened_again_and_speaks_for_itself() {
    let (node, mut socket) = (FakeNode::start().await, FakeSocket::start(77).await);
    let mut config = PoolConfig { poll: Duration::from_millis(5), ..config(&[&node]) };
    config.endpoints.push(socket.url.clone().into());
    let pool = Pool::connect(config).await.expect("a pool");
    let mut heads = pool.heads();
    socket.subscribed(1).await;
    socket.say.send(Some(150)).expect("it listens");
    heard(&mut heads, 150).await;
    // While the socket speaks, nobody polls.
    let polled = node.requests("eth_blockNumber");
    socket.say.send(Some(151)).expect("it listens");
    heard(&mut heads, 151).await;
    assert!(node.requests("eth_blockNumber") <= polled + 1);
    socket.say.send(None).expect("it listens");
    socket.subscribed(2).await;
    assert_eq!(socket.connections.load(Ordering::SeqCst), 2);
    socket.say.send(Some(152)).expect("it listens");
    heard(&mut heads, 152).await;
    drop(pool);
    assert!(heads.changed().await.is_err(), "it ends with the pool");
    socket.tasks.lock().expect("no panic").abort_all();
}

#[tokio::test]
async fn a_socket_that_falls_silent_is_replaced_by_polling() {
    let (node, mut socket) = (FakeNode::start().await, FakeSocket::start(77).await);
    let mut config = PoolConfig {
        poll: Duration::from_millis(5),
        silence: Duration::from_millis(200),
        ..config(&[&node])
    };
    config.endpoints.push(socket.url.clone().into());
    let pool = Pool::connect(config).await.expect("a pool");
    let mut heads = pool.heads();
    socket.subscribed(1).await;
    socket.say.send(Some(150)).expect("it listens");
    heard(&mut heads, 150).await;
    // It says nothing more, though it stays open.
    node.chain().head = 160;
    heard(&mut heads, 160).await;
    socket.subscribed(2).await;
    let trouble = pool.report()[1].trouble.clone().expect("trouble");
    assert_eq!(trouble, "nothing was heard for 0.2 s, though there are newer blocks");
}

#[tokio::test]
async fn a_socket_of_another_chain_is_not_listened_to() {
    let (node, mut socket) = (FakeNode::start().await, FakeSocket::start(5).await);
    let mut config = PoolConfig { poll: Duration::from_millis(5), ..config(&[&node]) };
    config.endpoints.push(socket.url.clone().into());
    let pool = Pool::connect(config).await.expect("a pool");
    let mut heads = pool.heads();
    socket.subscribed(2).await;
    socket.say.send(Some(999)).ok();
    heard(&mut heads, 100).await;
    assert_eq!(pool.report()[1].trouble.as_deref(), Some("its chain is 5, not 77"));
}
