//! The same over a WebSocket.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use stoa_api::live::Settings;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::chain::Chain;
use super::stream::router;
use crate::stage::Stage;

const PATIENCE: Duration = Duration::from_secs(60);

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(address: SocketAddr, query: &str) -> Self {
        let (socket, _) = connect_async(format!("ws://{address}/v1/live?{query}")).await.expect("connects");
        Self(socket)
    }

    async fn say(&mut self, text: impl Into<Message>) {
        self.0.send(text.into()).await.expect("sent");
    }

    async fn frame(&mut self) -> Message {
        let frame = timeout(PATIENCE, self.0.next()).await.expect("something comes");
        frame.expect("the socket is open").expect("a frame")
    }

    async fn json(&mut self) -> Value {
        let frame = self.frame().await;
        serde_json::from_str(frame.to_text().expect("text")).expect("JSON")
    }
}

/// A server on a port of its own.
async fn serve(stage: &Stage) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let service = router(stage, Settings::default()).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    address
}

#[tokio::test]
async fn topics_come_and_go() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    let mut socket = Socket::open(serve(&stage).await, "").await;
    let open = socket.json().await;
    assert_eq!((&open["type"], &open["cursor"]), (&json!("open"), &json!("latest:31337-0")));
    socket.say(r#"{"op": "subscribe", "topics": ["purchases", "blocks"]}"#).await;
    assert_eq!(socket.json().await["topics"], json!(["blocks", "purchases"]));
    chain.commit(101, 0xa1, &[1]).await;
    assert_eq!(socket.json().await["about"], "block");
    assert_eq!(socket.json().await["about"], "purchase");
    socket.say(r#"{"op": "unsubscribe", "topics": ["blocks"]}"#).await;
    assert_eq!(socket.json().await["topics"], json!(["purchases"]));
    chain.commit(102, 0xa2, &[1]).await;
    let told = socket.json().await;
    assert_eq!((&told["about"], &told["block"]["number"]), (&json!("purchase"), &json!(102)));
}

#[tokio::test]
async fn what_is_not_understood_is_answered_and_ends_only_who_goes_on_with_it() {
    let stage = Stage::new().await;
    let _chain = Chain::new(&stage).await;
    let mut socket = Socket::open(serve(&stage).await, "topics=blocks").await;
    socket.json().await;
    let cases: [(Message, &str); 6] = [
        ("".into(), "a JSON text frame as in"),
        ("{".into(), "a JSON text frame as in"),
        (r#"{"op": "shout", "topics": []}"#.into(), "`subscribe` or `unsubscribe`"),
        (r#"{"op": "subscribe", "topics": [], "x": 1}"#.into(), "a JSON text frame"),
        (r#"{"op": "subscribe", "topics": ["prices"]}"#.into(), "`listings`, `purchases`, `blocks`, `stats`"),
        (Message::binary(vec![0xff, 0]), "a JSON text frame"),
    ];
    for (frame, allowed) in cases {
        socket.say(frame).await;
        let answer = socket.json().await;
        assert_eq!(answer["type"], "error");
        assert_eq!(answer["problem"]["status"], 400);
        assert!(answer["problem"]["detail"].as_str().expect("text").contains(allowed), "{answer}");
    }
    let many: Vec<String> = (1..=101).map(|n| format!("listing:1-{n}")).collect();
    socket.say(json!({ "op": "subscribe", "topics": many }).to_string()).await;
    assert!(socket.json().await["problem"]["detail"].as_str().expect("text").contains("at most 100 topics"));
    for _ in 0..20 {
        socket.say("nonsense").await;
    }
    loop {
        match socket.frame().await {
            Message::Close(frame) => break assert_eq!(u16::from(frame.expect("a reason").code), 1_008),
            frame => assert!(frame.is_text(), "{frame:?}"),
        }
    }
}

#[tokio::test]
async fn an_expired_cursor_closes_with_a_code_of_its_own() {
    let stage = Stage::new().await;
    let mut chain = Chain::new(&stage).await;
    chain.commit(101, 0xa1, &[]).await;
    chain.commit(102, 0xa2, &[]).await;
    stage.sql("DELETE FROM archive.outbox WHERE seq = 1").await;
    let mut socket = Socket::open(serve(&stage).await, "topics=blocks&after=latest:31337-0").await;
    let close = socket.json().await;
    assert_eq!((&close["type"], &close["reason"]), (&json!("close"), &json!("expired")));
    assert!(close["detail"].as_str().expect("text").contains("by REST"));
    let Message::Close(Some(frame)) = socket.frame().await else { panic!("it is closed") };
    assert_eq!(u16::from(frame.code), 4_410);
}
