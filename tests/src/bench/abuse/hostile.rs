//! Clients that do harm, each kind from addresses of this machine that are its own.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::api::load::Client;

/// Connections of one kind.
const EACH: u64 = 8;
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two pieces of a dawdler's head.
const DRIP: Duration = Duration::from_millis(500);
/// More than is taken of anybody.
const BODY: usize = 4 << 20;

/// What they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Ask far beyond the quota.
    Flood,
    /// Try keys.
    Guess,
    /// Ask for as much as one question may.
    Overload,
    /// Send more than is taken.
    Stuff,
    /// Connect, ask and leave, over and over.
    Knock,
    /// Send a head that never ends.
    Dawdle,
}

impl Kind {
    pub(super) const ALL: [Self; 6] =
        [Self::Flood, Self::Guess, Self::Overload, Self::Stuff, Self::Knock, Self::Dawdle];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::Guess => "wrong keys",
            Self::Overload => "costly GraphQL",
            Self::Stuff => "huge bodies",
            Self::Knock => "new connections",
            Self::Dawdle => "endless heads",
        }
    }

    /// Of a hundred hostile requests.
    fn share(self) -> u64 {
        match self {
            Self::Flood => 60,
            Self::Guess => 20,
            Self::Overload => 5,
            Self::Stuff => 1,
            Self::Knock => 14,
            Self::Dawdle => 0,
        }
    }

    fn request(self, address: &str, at: u64) -> Vec<u8> {
        let head =
            |line: &str, more: &str| format!("{line} HTTP/1.1\r\nhost: {address}\r\n{more}\r\n").into_bytes();
        match self {
            Self::Flood | Self::Knock | Self::Dawdle => head("GET /v1/listings?sort=newest", ""),
            Self::Guess => head("GET /v1/status", &format!("authorization: Bearer stoa_live_{at:050}\r\n")),
            Self::Overload => {
                let query = "{ listings(first: 100) { nodes { id purchases(first: 100) { nodes { payer amount } } } } }";
                let body = format!(r#"{{"query":"{query}"}}"#);
                let more = format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len());
                [head("POST /graphql", &more), body.into_bytes()].concat()
            }
            Self::Stuff => {
                let more = format!("content-type: application/json\r\ncontent-length: {BODY}\r\n");
                [head("POST /graphql", &more), vec![b' '; BODY]].concat()
            }
        }
    }

    /// Of this machine; of each kind several, and in each round others: a ban of the round before helps nobody.
    fn address(self, round: u64, place: u64) -> Ipv4Addr {
        let kind = Self::ALL.iter().position(|kind| *kind == self).unwrap_or_default();
        // Bounded by their types: 6 kinds, 20 rounds, 8 places.
        Ipv4Addr::new(127, 10 + kind as u8, round as u8, 1 + (place % 250) as u8)
    }
}

/// What they were answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Deeds(Arc<Mutex<BTreeMap<(Kind, String), u64>>>);

impl Deeds {
    fn note(&self, kind: Kind, answer: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry((kind, answer)).or_default() += 1;
    }

    pub(super) fn answers(&self, kind: Kind) -> BTreeMap<String, u64> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter(|((of, _), _)| *of == kind)
            .map(|((_, answer), count)| (answer.clone(), *count))
            .collect()
    }
}

/// Those who are at it.
pub(super) struct Mob(JoinSet<()>);

impl Mob {
    pub(super) async fn leave(mut self) {
        self.0.shutdown().await;
    }
}

/// Sets them on, for no longer than `time` and a second.
pub(super) async fn gather(
    address: &str,
    rate: u64,
    dawdlers: u64,
    time: Duration,
    deeds: &Deeds,
    round: u64,
) -> anyhow::Result<Mob> {
    let to: SocketAddr = address.parse()?;
    anyhow::ensure!(to.ip().is_loopback(), "{to} is not this machine");
    let end = Instant::now() + time + Duration::from_secs(1);
    let mut mob = JoinSet::new();
    for kind in Kind::ALL.into_iter().filter(|kind| kind.share() > 0) {
        for place in 0..EACH {
            let per_second = (rate * kind.share()) as f64 / 100.0 / EACH as f64;
            let worker = Worker { kind, to, from: kind.address(round, place), end, deeds: deeds.clone() };
            mob.spawn(worker.run(Duration::from_secs_f64(1.0 / per_second)));
        }
    }
    for place in 0..dawdlers {
        let from = Kind::Dawdle.address(round, place % EACH);
        mob.spawn(Worker { kind: Kind::Dawdle, to, from, end, deeds: deeds.clone() }.dawdle());
    }
    // They are there before anything is timed.
    sleep(Duration::from_millis(200)).await;
    Ok(Mob(mob))
}

struct Worker {
    kind: Kind,
    to: SocketAddr,
    from: Ipv4Addr,
    end: Instant,
    deeds: Deeds,
}

impl Worker {
    async fn run(self, every: Duration) {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut client, mut at) = (None, 0);
        while Instant::now() < self.end {
            ticks.tick().await;
            at += 1;
            let request = self.kind.request(&self.to.to_string(), at);
            let answer = timeout(PATIENCE, self.ask(&mut client, &request)).await;
            match answer {
                Ok(Ok(status)) => self.deeds.note(self.kind, status.to_string()),
                Ok(Err(_)) => {
                    client = None;
                    self.deeds.note(self.kind, "cut".to_owned());
                }
                Err(_) => {
                    client = None;
                    self.deeds.note(self.kind, "late".to_owned());
                }
            }
            if self.kind == Kind::Knock {
                client = None;
            }
        }
    }

    async fn ask(&self, client: &mut Option<Client>, request: &[u8]) -> anyhow::Result<u16> {
        let client = match client {
            Some(client) => client,
            None => client.insert(Client::over(self.connect().await?)?),
        };
        client.exchange(request).await
    }

    async fn connect(&self) -> anyhow::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from((self.from, 0)))?;
        Ok(socket.connect(self.to).await?)
    }

    async fn dawdle(self) {
        while Instant::now() < self.end {
            if let Ok(mut socket) = self.connect().await {
                let mut piece: &[u8] = b"GET /v1/listings HTTP/1.1\r\n";
                while Instant::now() < self.end && socket.write_all(piece).await.is_ok() {
                    piece = b"a: b\r\n";
                    sleep(DRIP).await;
                }
                self.deeds.note(self.kind, "cut".to_owned());
            }
            sleep(DRIP).await;
        }
    }
}
