//! From an answer to `eth_getLogs` to logs that may be believed. Pure.

use alloy::primitives::map::AddressHashSet;
use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Visitor};

use super::check::{self, Contracts, Question};
use super::error::tame;
use super::json::WireLog;
use super::wire::Answer;
use super::{Born, ChainLog, Doubt, Trouble};

/// The logs of one answer, each complete and standing, in the node's order.
pub(super) fn logs(answer: &Answer<'_>) -> Result<Vec<ChainLog>, Trouble> {
    let raw = answer.as_ref().map_err(Clone::clone)?;
    let mut reader = serde_json::Deserializer::from_slice(raw.get().as_bytes());
    let mut doubt = None;
    match (Logs { doubt: &mut doubt }).deserialize(&mut reader) {
        Ok(logs) => Ok(logs),
        Err(error) => Err(doubt.map_or_else(|| Trouble::Malformed(tame(&error.to_string())), Trouble::Doubt)),
    }
}

/// Reads logs one by one, so that they exist only once. Stops at the first that is in doubt.
struct Logs<'a> {
    doubt: &'a mut Option<Doubt>,
}

impl<'de> DeserializeSeed<'de> for Logs<'_> {
    type Value = Vec<ChainLog>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Logs<'_> {
    type Value = Vec<ChainLog>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of logs")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut logs = Vec::new();
        while let Some(log) = seq.next_element::<WireLog>()? {
            match check::complete(logs.len(), log) {
                Ok(log) => logs.push(log),
                Err(doubt) => {
                    *self.doubt = Some(doubt);
                    return Err(A::Error::custom("a doubtful log"));
                }
            }
        }
        Ok(logs)
    }
}

/// Joins the logs of the fixed contracts with those found by topic: foreign ones are dropped, those of `known`
/// contracts and of such that are born in these logs stay.
pub(super) fn by_topic(
    mut fixed: Vec<ChainLog>,
    found: Vec<ChainLog>,
    known: Contracts<'_>,
    born: Born,
) -> Vec<ChainLog> {
    let births: AddressHashSet = fixed.iter().filter_map(|log| born(&log.inner)).collect();
    fixed.extend(found.into_iter().filter(|log| {
        let address = &log.inner.address;
        !known.fixed.contains(address) && (known.children.contains(address) || births.contains(address))
    }));
    sort(&mut fixed);
    fixed
}

pub(super) fn sort(logs: &mut [ChainLog]) {
    logs.sort_by_key(|log| (log.block_number, log.log_index));
}

/// The whole check of an answer against its question.
pub(super) fn believe(
    question: &Question<'_>,
    headers: &[super::Header],
    logs: &[ChainLog],
) -> Result<(), Doubt> {
    check::linked(headers)?;
    check::logs(question, logs)?;
    check::agree(headers, logs)
}
