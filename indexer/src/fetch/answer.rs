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

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256};
    use serde_json::value::RawValue;

    use super::*;

    fn read(text: &[u8]) -> Result<Vec<ChainLog>, Trouble> {
        let raw: &RawValue =
            serde_json::from_slice(text).map_err(|error| Trouble::Malformed(error.to_string()))?;
        logs(&Ok(raw))
    }

    fn text() -> String {
        let log = |index: u64| {
            serde_json::json!({
                "address": Address::repeat_byte(7), "topics": [B256::repeat_byte(1)], "data": "0x0a",
                "blockNumber": "0x9", "blockHash": B256::ZERO, "transactionHash": B256::ZERO,
                "logIndex": format!("0x{index:x}"), "blockTimestamp": "0x5", "removed": false,
            })
        };
        serde_json::Value::from(vec![log(0), log(1)]).to_string()
    }

    #[test]
    fn no_part_of_an_answer_is_taken_for_the_whole() {
        let text = text();
        assert_eq!(read(text.as_bytes()).expect("logs").len(), 2);
        for end in 0..text.len() {
            assert!(read(&text.as_bytes()[..end]).is_err(), "the first {end} bytes");
        }
    }

    #[test]
    fn whatever_byte_is_wrong_nothing_breaks() {
        let text = text();
        for (place, wrong) in
            (0..text.len()).flat_map(|place| [0, b'"', b'0', b'{', 0xff].map(|b| (place, b)))
        {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = wrong;
            // Refused, or read as something else for the checks to judge; never a panic.
            if let Ok(logs) = read(&bytes) {
                assert!(logs.len() <= 2);
            }
        }
    }

    #[test]
    fn a_doubtful_log_is_named_by_its_doubt() {
        let text = text().replacen("\"removed\":false", "\"removed\":true", 1);
        assert_eq!(read(text.as_bytes()), Err(Trouble::Doubt(Doubt::Removed { block: 9, index: 0 })));
    }
}
