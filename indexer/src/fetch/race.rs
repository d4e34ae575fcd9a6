//! One question, put to one endpoint after the other until one answers well.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use rand::Rng;

use super::endpoint::{Flight, Node};
use super::health::Kind;
use super::{FetchError, PoolConfig, Told, Trouble};

/// A pause never grows longer than this.
const LONGEST: Duration = Duration::from_secs(10);
/// A new endpoint is given this share of the timeout before a second one is asked too.
const STRANGERS: u32 = 4;

/// Who can be asked now.
enum Choice<'a> {
    Node(&'a Node),
    /// None before then.
    NotBefore(Instant),
    /// None would take so many blocks.
    TooLarge(u64),
    /// All were asked.
    None,
}

/// The endpoints and what is common to them.
#[derive(Debug)]
pub(super) struct Nodes {
    pub(super) config: std::sync::Arc<PoolConfig>,
    pub(super) all: Vec<Node>,
}

/// One question's course.
struct Course<'a> {
    kind: Kind,
    tries: u32,
    /// Who was asked since the last pause.
    round: Vec<usize>,
    troubles: BTreeMap<usize, (&'a Node, Trouble)>,
}

impl Nodes {
    /// The highest block that any endpoint lately told of.
    pub(super) fn newest(&self) -> Option<u64> {
        let now = Instant::now();
        let told = |node: &Node| node.health(|health| (health.is_believed(now), health.head(now)));
        // The believed ones first; where none is, any.
        let (_, newest) = self.all.iter().map(told).filter(|(_, head)| head.is_some()).max()?;
        newest
    }

    /// Asks until an endpoint answers well: at once the next one, after a pause the same ones again. Where one
    /// is slower than its wont, a second is asked as well, and the first good answer wins.
    pub(super) async fn ask<'a, T: Send>(
        &'a self,
        kind: Kind,
        work: impl Fn(&'a Node) -> BoxFuture<'a, Result<T, Trouble>> + Send + Sync,
    ) -> Result<(T, &'a Node), FetchError> {
        let deadline = Instant::now() + self.config.budget;
        let mut course = Course { kind, tries: 0, round: Vec::new(), troubles: BTreeMap::new() };
        let mut pause = self.config.first_pause;
        while course.tries < self.config.tries.max(1) {
            let wait = match self.choose(kind, &course.round) {
                Choice::Node(node) => {
                    if let Some(answer) = Box::pin(self.race(&mut course, node, &work)).await {
                        return Ok(answer);
                    }
                    continue;
                }
                Choice::TooLarge(suggested) => {
                    return Err(FetchError::TooLarge { suggested: Some(suggested) });
                }
                Choice::NotBefore(then) => then.saturating_duration_since(Instant::now()),
                Choice::None => {
                    course.round.clear();
                    let wait = pause.mul_f64(rand::rng().random_range(0.5..1.0));
                    pause = (pause * 2).min(LONGEST);
                    wait
                }
            };
            if Instant::now() + wait > deadline {
                break;
            }
            tokio::time::sleep(wait).await;
        }
        Err(self.failure(course))
    }

    fn failure<'a>(&'a self, course: Course<'a>) -> FetchError {
        let wrong = course.troubles.values().find_map(|(node, trouble)| match trouble {
            Trouble::WrongChain { found, expected } => Some((node.host.clone(), *found, *expected)),
            _ => None,
        });
        let all_wrong = course.troubles.len() == self.all.len()
            && course.troubles.values().all(|(_, trouble)| matches!(trouble, Trouble::WrongChain { .. }));
        if let (true, Some((host, found, expected))) = (all_wrong, wrong) {
            return FetchError::WrongChain { host, found, expected };
        }
        // Who was not even asked says why.
        let now = Instant::now();
        let mut troubles = course.troubles;
        for node in &self.all {
            if let Some(resting) = node.health(|health| health.resting(now)) {
                troubles.entry(node.place).or_insert((node, resting));
            }
        }
        let told = |(node, trouble): (&Node, Trouble)| Told { host: node.host.clone(), trouble };
        FetchError::Failed { tries: course.tries, troubles: troubles.into_values().map(told).collect() }
    }

    /// The best endpoint that takes such a question and is not in `except`.
    fn choose(&self, kind: Kind, except: &[usize]) -> Choice<'_> {
        let (now, newest) = (Instant::now(), self.newest());
        let (mut best, mut soonest, mut largest) = (None::<(bool, f64, &Node)>, None, None);
        let mut takers = false;
        for node in &self.all {
            let (takes, paused, avoided, rank, limits) = node.health(|health| {
                let paused = health.paused_until(now);
                (
                    health.takes(kind),
                    paused,
                    health.is_avoided(now),
                    health.rank(now, newest),
                    health.limits(),
                )
            });
            if !takes {
                let limit = if matches!(kind, Kind::Sparse { .. }) { limits.sparse } else { limits.range };
                if paused.is_none() {
                    largest = largest.max(Some(limit));
                }
                continue;
            }
            match paused {
                Some(until) => soonest = Some(soonest.map_or(until, |soonest: Instant| soonest.min(until))),
                None if except.contains(&node.place) => takers = true,
                None => {
                    let better = best.is_none_or(|(shunned, score, _)| (!avoided, rank) > (!shunned, score));
                    if better {
                        best = Some((avoided, rank, node));
                    }
                }
            }
        }
        match (best, largest, soonest) {
            (Some((_, _, node)), _, _) => Choice::Node(node),
            (None, Some(largest), _) if !takers => Choice::TooLarge(largest),
            (None, _, Some(soonest)) if !takers => Choice::NotBefore(soonest),
            _ => Choice::None,
        }
    }

    /// The first good answer of `first` and, should it be slow, of one more.
    async fn race<'a, T: Send>(
        &'a self,
        course: &mut Course<'a>,
        first: &'a Node,
        work: &(impl Fn(&'a Node) -> BoxFuture<'a, Result<T, Trouble>> + Send + Sync),
    ) -> Option<(T, &'a Node)> {
        let kind = course.kind;
        let mut running = FuturesUnordered::new();
        running.push(self.attempt(first, kind, work(first)));
        course.round.push(first.place);
        course.tries += 1;
        let slow = tokio::time::sleep(self.patience(first, kind));
        tokio::pin!(slow);
        let mut hedged = false;
        loop {
            tokio::select! {
                Some((node, outcome)) = running.next() => match outcome {
                    Ok(answer) => return Some((answer, node)),
                    Err(trouble) => {
                        course.troubles.insert(node.place, (node, trouble));
                        if running.is_empty() {
                            return None;
                        }
                    }
                },
                () = &mut slow, if !hedged => {
                    hedged = true;
                    if let Choice::Node(second) = self.choose(kind, &course.round) {
                        course.round.push(second.place);
                        course.tries += 1;
                        running.push(self.attempt(second, kind, work(second)));
                    }
                }
                else => return None,
            }
        }
    }

    fn patience(&self, node: &Node, kind: Kind) -> Duration {
        let usual = node.health(|health| health.patience(kind));
        usual.unwrap_or(self.config.timeout / STRANGERS).max(self.config.hedge_after)
    }

    async fn attempt<'a, T: Send>(
        &'a self,
        node: &'a Node,
        kind: Kind,
        work: BoxFuture<'a, Result<T, Trouble>>,
    ) -> (&'a Node, Result<T, Trouble>) {
        let flight = Flight::begin(node, kind);
        let outcome = match node.check_chain(self.config.chain_id).await {
            Ok(()) => work.await,
            Err(trouble) => Err(trouble),
        };
        flight.land(outcome.as_ref().err());
        (node, outcome)
    }
}
