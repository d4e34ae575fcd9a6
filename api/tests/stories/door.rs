//! Connections: how many, for how long, and by TLS.

mod tls;

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, interval, timeout};

use crate::process::start_with;
use crate::rows::{self, CHAIN};
use crate::stage::Stage;

/// What nothing here takes.
const PATIENCE: Duration = Duration::from_secs(30);
const ASKED: &[u8] = b"GET /live HTTP/1.1\r\nhost: x\r\n\r\n";

async fn ended(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // A reset ends it as well.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the server ends the connection");
    rest
}

/// The head of an answer, whose body has no line that ends so.
async fn head(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.windows(4).any(|four| four == b"\r\n\r\n") {
        let more = timeout(PATIENCE, stream.read_buf(&mut read)).await.expect("an answer").expect("read");
        assert!(more > 0, "the connection ended: {}", String::from_utf8_lossy(&read));
    }
    String::from_utf8_lossy(&read).into_owned()
}

#[tokio::test]
async fn who_sends_a_request_byte_by_byte_or_nothing_at_all_is_cut() {
    let stage = Stage::new().await;
    let (_child, address, _log) =
        start_with(stage.database.url(), &["--header-seconds", "1", "--idle-seconds", "2"]).await;
    let began = Instant::now();
    let mut mute = TcpStream::connect(&address).await.expect("connects");
    // The beginning of both protocols' first bytes: neither is known yet.
    let mut undecided = TcpStream::connect(&address).await.expect("connects");
    undecided.write_all(b"P").await.expect("writes");
    let slow = TcpStream::connect(&address).await.expect("connects");
    let (mut reading, mut writing) = slow.into_split();
    let dripping = tokio::spawn(async move {
        let mut ticks = interval(Duration::from_millis(50));
        let text = std::iter::once(&b"GET /live HTTP/1.1\r\n"[..]).chain(std::iter::repeat(&b"a: b\r\n"[..]));
        for piece in text {
            ticks.tick().await;
            if writing.write_all(piece).await.is_err() {
                return;
            }
        }
    });
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, reading.read_to_end(&mut rest)).await.expect("it is cut");
    assert!(began.elapsed() >= Duration::from_secs(1) && !rest.starts_with(b"HTTP/1.1 200"));
    ended(&mut mute).await;
    ended(&mut undecided).await;
    drop(reading);
    timeout(PATIENCE, dripping).await.expect("nobody takes more").expect("ends");

    let mut kept = TcpStream::connect(&address).await.expect("connects");
    kept.write_all(ASKED).await.expect("asks");
    assert!(head(&mut kept).await.starts_with("HTTP/1.1 200"));
    // Within the time a second request is answered on the same connection; then nothing comes, and it is closed.
    kept.write_all(ASKED).await.expect("asks");
    assert!(head(&mut kept).await.starts_with("HTTP/1.1 200"));
    let answered = Instant::now();
    ended(&mut kept).await;
    assert!(answered.elapsed() >= Duration::from_millis(1_500), "{:?}", answered.elapsed());
}

#[tokio::test]
async fn who_takes_nothing_of_the_answer_is_cut_and_gives_the_place_back() {
    let stage = Stage::new().await;
    let content = tempfile::tempdir().expect("a folder");
    std::fs::write(content.path().join("large.bin"), vec![7; 64 << 20]).expect("a file");
    let web = content.path().to_str().expect("text");
    std::fs::write(content.path().join("index.html"), "<p>").expect("a file");
    let settings = ["--stall-seconds", "1", "--connections", "1", "--web", web];
    let (_child, address, _log) = start_with(stage.database.url(), &settings).await;
    let mut greedy = TcpStream::connect(&address).await.expect("connects");
    greedy.write_all(b"GET /large.bin HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("asks");
    // It reads no byte: its place is free only once it is cut.
    let until = Instant::now() + PATIENCE;
    loop {
        let mut next = TcpStream::connect(&address).await.expect("connects");
        next.write_all(ASKED).await.expect("asks");
        let answer = head(&mut next).await;
        if answer.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(answer.starts_with("HTTP/1.1 503") && Instant::now() < until, "{answer}");
    }
}

#[tokio::test]
async fn one_connection_too_many_is_refused_and_the_next_one_is_let_in_when_one_ends() {
    let stage = Stage::new().await;
    rows::chain(&stage.pool, CHAIN).await;
    let (_child, address, _log) =
        start_with(stage.database.url(), &["--connections-per-address", "2", "--limits", "off"]).await;
    let mut first = TcpStream::connect(&address).await.expect("connects");
    first.write_all(ASKED).await.expect("asks");
    assert!(head(&mut first).await.starts_with("HTTP/1.1 200"));
    // A stream that lives on counts like any other.
    let mut second = TcpStream::connect(&address).await.expect("connects");
    second.write_all(b"GET /v1/stream?topics=blocks HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("asks");
    assert!(head(&mut second).await.starts_with("HTTP/1.1 200"));

    let mut third = TcpStream::connect(&address).await.expect("connects");
    third.write_all(ASKED).await.expect("asks");
    let refusal = String::from_utf8(ended(&mut third).await).expect("text");
    assert!(refusal.starts_with("HTTP/1.1 429 ") && refusal.contains("retry-after: 5"), "{refusal}");
    let body = refusal.split_once("\r\n\r\n").expect("a body").1;
    let problem: serde_json::Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(problem["status"], 429);
    // Another address has places of its own.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.2:0".parse().expect("an address")).expect("an address of this machine");
    let to: SocketAddr = address.parse().expect("an address");
    let mut other = socket.connect(to).await.expect("connects");
    other.write_all(ASKED).await.expect("asks");
    assert!(head(&mut other).await.starts_with("HTTP/1.1 200"));

    drop(second);
    let until = Instant::now() + PATIENCE;
    loop {
        let mut next = TcpStream::connect(&address).await.expect("connects");
        next.write_all(ASKED).await.expect("asks");
        if head(&mut next).await.starts_with("HTTP/1.1 200") {
            break;
        }
        assert!(Instant::now() < until, "the place is not given back");
    }
}
