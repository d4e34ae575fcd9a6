//! Requests over connections that stay open, by as little work as will do: the load shares the machine with the server.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use serde::Serialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Before anything is counted.
const WARM_UP: Duration = Duration::from_millis(300);

/// How often, and how long each took.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p95_ms: f64,
    pub(crate) p99_ms: f64,
}

impl Rate {
    /// Of what was taken within `time`.
    pub(crate) fn of(mut taken: Vec<Duration>, time: Duration) -> anyhow::Result<Self> {
        anyhow::ensure!(!taken.is_empty(), "nothing was answered in {} s", time.as_secs());
        taken.sort_unstable();
        let part =
            |share: f64| taken[((taken.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1_000.0;
        Ok(Self {
            per_second: taken.len() as f64 / time.as_secs_f64(),
            p50_ms: part(0.5),
            p95_ms: part(0.95),
            p99_ms: part(0.99),
        })
    }
}

/// Who asks whom, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Load<'a> {
    pub(super) address: &'a str,
    pub(super) connections: usize,
    pub(super) time: Duration,
}

impl Load<'_> {
    /// Asks for the paths in turn.
    pub(super) async fn run(&self, paths: &[String]) -> anyhow::Result<Rate> {
        let mut tasks = JoinSet::new();
        let begin = Instant::now() + WARM_UP;
        let end = begin + self.time;
        for place in 0..self.connections {
            let mut client = Client::open(self.address).await?;
            let requests: Vec<Vec<u8>> = paths.iter().map(|path| request(self.address, path)).collect();
            tasks.spawn(async move {
                let mut taken = Vec::new();
                for at in place * 7.. {
                    let asked = Instant::now();
                    if asked >= end {
                        break;
                    }
                    client.ask(&requests[at % requests.len()]).await?;
                    if asked >= begin {
                        taken.push(asked.elapsed());
                    }
                }
                anyhow::Ok(taken)
            });
        }
        let mut all = Vec::new();
        while let Some(taken) = tasks.join_next().await {
            all.extend(taken??);
        }
        Rate::of(all, self.time)
    }
}

/// Milliseconds of one request over a connection of its own.
pub(super) async fn first(address: &str, path: &str) -> anyhow::Result<f64> {
    let mut client = Client::open(address).await?;
    let asked = Instant::now();
    client.ask(&request(address, path)).await?;
    Ok(asked.elapsed().as_secs_f64() * 1_000.0)
}

fn request(address: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n").into_bytes()
}

/// One connection that is asked again and again.
#[derive(Debug)]
pub(crate) struct Client {
    socket: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    async fn open(address: &str) -> anyhow::Result<Self> {
        Self::over(TcpStream::connect(address).await?)
    }

    pub(crate) fn over(socket: TcpStream) -> anyhow::Result<Self> {
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Sends a request and reads the whole answer, which must be 200.
    async fn ask(&mut self, request: &[u8]) -> anyhow::Result<()> {
        let status = self.exchange(request).await?;
        anyhow::ensure!(
            status == 200,
            "{} was answered with:\n{}",
            String::from_utf8_lossy(request).lines().next().unwrap_or_default(),
            String::from_utf8_lossy(&self.buffer)
        );
        Ok(())
    }

    /// Sends a request and reads the whole answer; its status.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<u16> {
        self.socket.write_all(request).await?;
        self.buffer.clear();
        let head = loop {
            self.more().await?;
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = std::str::from_utf8(&self.buffer[..head])?;
        let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let status = status.context("no answer in HTTP/1.1")?.parse()?;
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("an answer without a length")?.parse()?;
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        Ok(status)
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.socket.read_buf(&mut self.buffer).await? > 0, "the server hung up");
        Ok(())
    }
}
