//! One connection's view of the chains: it catches up, then follows.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use super::batch::Batch;
use super::hub::{Hub, Item};
use super::message::LiveNotice;
use super::place::{END, Place, Places};
use super::query::Wish;
use super::reader::{Page, Reader};
use super::slots::Slot;
use super::topic::{MOST, Topic};
use super::track::{Due, Track};
use crate::error::ApiError;
use crate::model::Finality;

pub(crate) const EXPIRED: &str = "What follows this cursor is kept no more: the outbox goes back 7 days. Read what you \
    need by REST (its `meta` says of which block it is), then subscribe without a cursor.";
const AHEAD: &str = "This database has not come as far as this cursor: it is another one, or a copy that is behind. \
    Read what you need by REST, then subscribe without a cursor.";
const SLOW: &str = "The connection did not keep up, and what was kept for it has run over. Connect again with this \
    cursor: nothing is lost.";
const SHUTDOWN: &str = "The server ends. Connect again with this cursor: nothing is lost.";
const RESET: &str =
    "The indexer's database was replaced. Read what you need by REST, then subscribe without a cursor.";

/// What is to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Out {
    /// `message`, `retract`, or the type of a notice.
    pub(crate) event: &'static str,
    pub(crate) text: Arc<str>,
    /// Where the subscriber is, once this is sent.
    pub(crate) cursor: Option<String>,
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Follower {
    hub: Arc<Hub>,
    level: Finality,
    topics: HashSet<Topic>,
    chains: BTreeMap<i64, Chain>,
    /// What is told from now on; none while it catches up.
    receiver: Option<Receiver<Item>>,
    due: VecDeque<(Due, i64)>,
    out: VecDeque<(Arc<Batch>, usize)>,
    notices: VecDeque<Out>,
    beat: Instant,
    closed: bool,
    /// Of a connection; webhooks have none.
    _slot: Option<Slot>,
}

#[derive(Debug)]
struct Chain {
    track: Track,
    /// Where the subscriber is: behind the last message that was sent.
    told: Place,
    /// Reads what is too old to be kept in memory.
    reader: Option<Reader>,
}

impl Follower {
    /// Checks the wish against the chains that there are.
    pub(crate) async fn open(hub: &Arc<Hub>, wish: Wish, slot: Option<Slot>) -> Result<Self, ApiError> {
        let tips: BTreeMap<i64, (i64, i64)> =
            hub.chains().iter().map(|(id, feed)| (*id, (feed.tip, feed.start(wish.level)))).collect();
        let served = tips.keys().map(|chain| format!("`{chain}`")).collect::<Vec<_>>().join(", ");
        let allowed = format!("a chain that is served here: {served}");
        if let Some(chain) = wish.chain.filter(|chain| !tips.contains_key(chain)) {
            return Err(ApiError::bad("chain", &chain.to_string(), allowed));
        }
        let wanted = |chain: i64| wish.chain.is_none_or(|wanted| wanted == chain);
        if let Some(chain) = wish.after.keys().find(|chain| !tips.contains_key(chain) || !wanted(**chain)) {
            let allowed = format!("cursors of the stream's chains alone: {served}");
            return Err(ApiError::bad(wish.after_name, &format!("{chain}-…"), allowed));
        }
        let mut chains = BTreeMap::new();
        for (chain_id, (tip, start)) in tips.into_iter().filter(|(chain_id, _)| wanted(*chain_id)) {
            let from = wish.after.get(&chain_id).copied().unwrap_or(Place::behind(start));
            check(hub, chain_id, from, tip).await?;
            chains.insert(chain_id, Chain { track: Track::new(wish.level, from), told: from, reader: None });
        }
        let mut follower = Self {
            hub: hub.clone(),
            level: wish.level,
            topics: wish.topics.into_iter().collect(),
            chains,
            receiver: None,
            due: VecDeque::new(),
            out: VecDeque::new(),
            notices: VecDeque::new(),
            beat: Instant::now() + hub.settings.heartbeat,
            closed: false,
            _slot: slot,
        };
        let open = LiveNotice { topics: Some(follower.topics()), ..LiveNotice::new("open") };
        follower.notice(open);
        // Whoever begins now begins here, and not when the first message is asked for.
        let _ = follower.join();
        Ok(follower)
    }

    /// The next thing to be sent; `None` behind the last. May be dropped and called again: nothing is lost.
    pub(crate) async fn next(&mut self) -> Option<Out> {
        loop {
            if let Some(out) = self.pop() {
                self.beat = Instant::now() + self.hub.settings.heartbeat;
                return Some(out);
            }
            if self.closed {
                return None;
            }
            if self.receiver.is_none() {
                self.catch_up().await;
                continue;
            }
            let Some(receiver) = &mut self.receiver else { continue };
            let item = tokio::select! {
                biased;
                () = self.hub.stop.cancelled() => {
                    self.close("shutdown", SHUTDOWN);
                    continue;
                }
                item = receiver.recv() => item,
                () = sleep_until(self.beat) => {
                    self.arrive();
                    self.notice(LiveNotice::new("heartbeat"));
                    continue;
                }
            };
            match item {
                Ok(item) => self.take(item),
                Err(RecvError::Lagged(_)) => self.close("slow", SLOW),
                Err(RecvError::Closed) => self.close("shutdown", SHUTDOWN),
            }
        }
    }

    /// Changes the topics; what is told from now on is told by the new ones.
    pub(super) fn set_topics(&mut self, change: impl FnOnce(&mut HashSet<Topic>)) -> Result<(), ApiError> {
        let mut topics = self.topics.clone();
        change(&mut topics);
        if topics.len() > MOST {
            let read = format!("{} in all", topics.len());
            return Err(ApiError::bad("topics", &read, format!("at most {MOST} topics for one connection")));
        }
        self.topics = topics;
        let told = LiveNotice { topics: Some(self.topics()), ..LiveNotice::new("subscribed") };
        self.notice(told);
        Ok(())
    }

    /// Says that a request was not understood.
    pub(super) fn refuse(&mut self, problem: crate::problem::Problem) {
        let error = LiveNotice { problem: Some(problem), ..LiveNotice::new("error") };
        self.notices.push_back(Out { event: error.kind, text: error.text().into(), cursor: None });
    }

    fn topics(&self) -> Vec<String> {
        let mut topics: Vec<Topic> = self.topics.iter().copied().collect();
        topics.sort_unstable();
        topics.iter().map(Topic::to_string).collect()
    }

    fn cursor(&self) -> String {
        let at = self.chains.iter().map(|(chain_id, chain)| (*chain_id, chain.told)).collect();
        Places { level: self.level, at }.to_string()
    }

    fn notice(&mut self, notice: LiveNotice) {
        let cursor = self.cursor();
        let notice = LiveNotice { cursor: Some(cursor.clone()), ..notice };
        self.notices.push_back(Out { event: notice.kind, text: notice.text().into(), cursor: Some(cursor) });
    }

    /// Says why it is the last, and from where to go on.
    fn close(&mut self, reason: &'static str, detail: &str) {
        self.closed = true;
        self.receiver = None;
        let detail = Some(detail.to_owned());
        self.notice(LiveNotice { reason: Some(reason), detail, ..LiveNotice::new("close") });
    }

    /// Everything that was due is sent: the cursor moves behind all that was looked at.
    fn arrive(&mut self) {
        for chain in self.chains.values_mut() {
            chain.told = chain.told.max(chain.track.resume());
        }
    }

    fn pop(&mut self) -> Option<Out> {
        if let Some(notice) = self.notices.pop_front() {
            return Some(notice);
        }
        loop {
            if let Some((batch, place)) = self.out.pop_front() {
                if let Some(chain) = self.chains.get_mut(&batch.chain_id) {
                    chain.told = batch.place(place);
                }
                let (event, text) = (batch.event(), batch.text(place, self.level));
                return Some(Out { event, text, cursor: Some(self.cursor()) });
            }
            let ((batch, behind), _) = self.due.pop_front()?;
            let last = self.chains.get(&batch.chain_id).map_or(END, |chain| chain.track.last(&batch));
            let mut places = batch.matching(&self.topics, behind);
            places.retain(|place| batch.place(*place).index <= last);
            self.out.extend(places.into_iter().map(|place| (batch.clone(), place)));
        }
    }

    fn take(&mut self, item: Item) {
        let (chain_id, due) = match item {
            Item::Row(batch) => {
                let Some(chain) = self.chains.get_mut(&batch.chain_id) else { return };
                (batch.chain_id, chain.track.take(&batch))
            }
            Item::Levels(chain_id, levels) => {
                let Some(chain) = self.chains.get_mut(&chain_id) else { return };
                (chain_id, chain.track.raise(levels))
            }
            Item::Reset(chain_id) if self.chains.contains_key(&chain_id) => {
                return self.close("reset", RESET);
            }
            Item::Reset(_) => return,
        };
        self.due.extend(due.into_iter().map(|due| (due, chain_id)));
    }

    /// Takes what is kept in memory and everything from then on, if nothing lies between; else says which chain is
    /// further behind.
    fn join(&mut self) -> Result<(), i64> {
        let hub = self.hub.clone();
        let feeds = hub.chains();
        let mut items = Vec::new();
        for (chain_id, chain) in &mut self.chains {
            let Some(feed) = feeds.get(chain_id) else { continue };
            let next = chain.track.next_row();
            let oldest = feed.recent.front().map_or(feed.tip + 1, |batch| batch.seq);
            if next < oldest {
                return Err(*chain_id);
            }
            chain.reader = None;
            let new = feed.recent.iter().skip(usize::try_from(next - oldest).unwrap_or(usize::MAX));
            items.extend(new.map(|batch| Item::Row(batch.clone())));
            items.push(Item::Levels(*chain_id, feed.levels));
        }
        self.receiver = Some(hub.subscribe());
        drop(feeds);
        items.into_iter().for_each(|item| self.take(item));
        Ok(())
    }

    /// Joins, or reads a page of what is too old for that.
    async fn catch_up(&mut self) {
        let Err(chain_id) = self.join() else { return };
        let levels = self.hub.chains().get(&chain_id).map(|feed| feed.levels).unwrap_or_default();
        let hub = self.hub.clone();
        let Some(chain) = self.chains.get_mut(&chain_id) else { return };
        let next = chain.track.next_row();
        let reader = chain.reader.get_or_insert_with(|| Reader::new(chain_id, next));
        match hub.stop.run_until_cancelled(reader.page(&hub.pool)).await {
            None => self.close("shutdown", SHUTDOWN),
            Some(Ok(Page::Rows(rows))) => {
                rows.into_iter().for_each(|batch| self.take(Item::Row(batch)));
                self.take(Item::Levels(chain_id, levels));
            }
            Some(Ok(Page::Expired)) => self.close("expired", EXPIRED),
            Some(Ok(Page::Reset)) => self.close("reset", RESET),
            Some(Err(error)) => {
                tracing::debug!(%error, "catching up waits for the database");
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
        }
    }
}

/// Whether the outbox still holds what follows a place.
async fn check(hub: &Hub, chain_id: i64, from: Place, tip: i64) -> Result<(), ApiError> {
    {
        let chains = hub.chains();
        let recent = chains.get(&chain_id).and_then(|chain| chain.recent.front());
        let kept = recent.map_or(tip + 1, |batch| batch.seq);
        if (kept..=tip + 1).contains(&from.next_row()) {
            return Ok(());
        }
    }
    // Somebody else may have read further than this process has.
    let (newest, oldest): (i64, i64) = sqlx::query_as(
        "SELECT c.outbox_seq, coalesce((SELECT min(o.seq) FROM archive.outbox o WHERE o.chain_id = c.chain_id), \
         c.outbox_seq + 1) FROM archive.cursor c WHERE c.chain_id = $1",
    )
    .bind(chain_id)
    .fetch_one(&hub.pool)
    .await?;
    match from.next_row() {
        next if next > newest + 1 => Err(ApiError::Expired(AHEAD.to_owned())),
        next if next < oldest => Err(ApiError::Expired(EXPIRED.to_owned())),
        _ => Ok(()),
    }
}
