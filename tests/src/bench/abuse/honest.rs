//! Clients that stay within their quota.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::api::load::Client;

/// Seconds between two requests of one client: 30 a minute of the 100 that anybody has.
const PAUSE: u64 = 2;
/// After so long a request counts as not answered.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long the answers took, and how many did not come.
#[derive(Debug, Default)]
pub(super) struct Heard {
    pub(super) taken: Vec<Duration>,
    pub(super) failed: usize,
}

impl Heard {
    pub(super) fn add(&mut self, other: Self) {
        self.taken.extend(other.taken);
        self.failed += other.failed;
    }
}

/// Asks `rate` times a second, for so long. A request that waits for an earlier one is late all the same.
pub(super) async fn run(
    address: &str,
    paths: &Arc<Vec<String>>,
    rate: u64,
    time: Duration,
) -> anyhow::Result<Heard> {
    let clients = rate * PAUSE;
    let begin = Instant::now() + Duration::from_millis(200);
    let mut tasks = JoinSet::new();
    for place in 0..clients {
        let (address, paths) = (address.to_owned(), paths.clone());
        tasks.spawn(async move {
            let mut heard = Heard::default();
            let mut client = Client::over(TcpStream::connect(&address).await?)?;
            let first = Duration::from_secs_f64(PAUSE as f64 * place as f64 / clients as f64);
            for at in 0.. {
                let due = begin + first + Duration::from_secs(PAUSE * at);
                if due >= begin + time {
                    break;
                }
                sleep_until(due.into()).await;
                let path = &paths[(place * 131 + at * 7) as usize % paths.len()];
                // Below 2^16 clients.
                let from = format!("10.7.{}.{}", place / 256, place % 256);
                let request =
                    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nx-forwarded-for: {from}\r\n\r\n");
                match timeout(PATIENCE, client.exchange(request.as_bytes())).await {
                    Ok(Ok(200)) => heard.taken.push(due.elapsed()),
                    _ => {
                        heard.failed += 1;
                        client = Client::over(TcpStream::connect(&address).await?)?;
                    }
                }
            }
            anyhow::Ok(heard)
        });
    }
    let mut all = Heard::default();
    while let Some(heard) = tasks.join_next().await {
        all.add(heard??);
    }
    Ok(all)
}
