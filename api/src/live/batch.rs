//! A row of the outbox with everything that subscribers can be told of it, built once for all of them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use stoa_schema::archive::BlockRef;

use super::message::{LiveAbout, LiveMessage, LiveType};
use super::place::{Place, Places};
use super::topic::Topic;
use crate::model::Finality;
use crate::routes::status;

/// What a row of the outbox says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A block.
    Block,
    /// A block that was taken back before it was read: there is nothing to tell.
    Gone,
    /// A block is taken back; `of` is its own row, where that is still kept.
    Back { of: Option<i64> },
}

/// A message before it is written for a level.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) index: i32,
    pub(super) topics: Vec<Topic>,
    pub(super) about: LiveAbout,
    pub(super) data: Value,
}

/// A row of the outbox.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) chain_id: i64,
    pub(super) seq: i64,
    pub(super) what: What,
    pub(super) block: BlockRef,
    /// How final the block was when it was read.
    finality: Finality,
    drafts: Vec<Draft>,
    by_topic: HashMap<Topic, Vec<usize>>,
    /// The texts, per level, written when the first subscriber of the level needs them.
    texts: [Vec<OnceLock<Arc<str>>>; 3],
    weight: usize,
}

impl Batch {
    pub(super) fn new(
        (chain_id, seq): (i64, i64),
        what: What,
        block: BlockRef,
        finality: Finality,
        mut drafts: Vec<Draft>,
    ) -> Self {
        drafts.sort_by_key(|draft| draft.index);
        let mut by_topic: HashMap<Topic, Vec<usize>> = HashMap::new();
        let mut weight = 500;
        for (place, draft) in drafts.iter_mut().enumerate() {
            draft.topics.sort_unstable();
            draft.topics.dedup();
            for topic in &draft.topics {
                by_topic.entry(*topic).or_default().push(place);
            }
            weight += 2_000 + 100 * draft.topics.len();
        }
        let texts = [(); 3].map(|()| drafts.iter().map(|_| OnceLock::new()).collect());
        Self { chain_id, seq, what, block, finality, drafts, by_topic, texts, weight }
    }

    /// About how much memory it takes.
    pub(super) fn weight(&self) -> usize {
        self.weight
    }

    /// The messages of these topics behind `index`, each once and in order, by their places.
    pub(super) fn matching(&self, topics: &HashSet<Topic>, behind: Option<i32>) -> Vec<usize> {
        let places = |topic: &Topic| self.by_topic.get(topic).into_iter().flatten().copied();
        let mut found: Vec<usize> = topics.iter().flat_map(places).collect();
        found.sort_unstable();
        found.dedup();
        found.retain(|place| behind.is_none_or(|behind| self.drafts[*place].index > behind));
        found
    }

    pub(super) fn place(&self, place: usize) -> Place {
        Place { seq: self.seq, index: self.drafts[place].index }
    }

    pub(super) fn event(&self) -> &'static str {
        match self.what {
            What::Back { .. } => "retract",
            _ => "message",
        }
    }

    /// A message as subscribers of a level get it.
    pub(super) fn text(&self, place: usize, level: Finality) -> Arc<str> {
        self.texts[level as usize][place].get_or_init(|| self.write(place, level)).clone()
    }

    fn write(&self, place: usize, level: Finality) -> Arc<str> {
        let Draft { index, topics, about, data } = &self.drafts[place];
        let cursor = |seq| Places::one(level, self.chain_id, Place { seq, index: *index }).to_string();
        let finality = if self.finality as u8 > level as u8 { self.finality } else { level };
        let mut data = data.clone();
        if let Some(told) = data.get_mut("finality")
            && let Ok(now) = serde_json::to_value(finality)
        {
            *told = now;
        }
        let (kind, retracts) = match self.what {
            What::Back { of } => (LiveType::Retract, of.map(cursor)),
            _ => (LiveType::Message, None),
        };
        let message = LiveMessage {
            kind,
            cursor: cursor(self.seq),
            chain_id: self.chain_id,
            seq: self.seq,
            index: *index,
            block: status::BlockRef {
                number: self.block.number,
                hash: self.block.hash,
                time: self.block.time,
            },
            finality,
            topics: topics.iter().map(Topic::to_string).collect(),
            about: *about,
            retracts,
            data,
        };
        // Strings, numbers and times within the years of RFC 3339 always serialise.
        serde_json::to_string(&message).unwrap_or_default().into()
    }
}
