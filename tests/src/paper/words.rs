//! The 32-byte words of a log, and what they look like.

use alloy::primitives::{B256, Log, U256};
use rand::Rng as _;
use rand::rngs::StdRng;

use super::lie::with_data;

/// Where in a log a word stands, and the word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    place: Place,
    value: B256,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Topic(usize),
    Data(usize),
}

/// All words but the first topic, which says what the log is.
pub(super) fn of(log: &Log) -> Vec<Word> {
    let topics = log.topics().iter().enumerate().skip(1);
    let topics = topics.map(|(n, value)| Word { place: Place::Topic(n), value: *value });
    let data = log.data.data.chunks_exact(32).enumerate();
    let data = data.map(|(n, value)| Word { place: Place::Data(n), value: B256::from_slice(value) });
    topics.chain(data).collect()
}

impl Word {
    pub(super) fn is_topic(&self) -> bool {
        matches!(self.place, Place::Topic(_))
    }

    /// A number of data that is neither zero nor as large as an address.
    pub(super) fn is_amount(&self) -> bool {
        !self.is_topic() && self.value[..16] == [0; 16] && self.value != B256::ZERO
    }

    /// 20 bytes, the first of which are not all zero.
    pub(super) fn is_address(&self) -> bool {
        self.value[..12] == [0; 12] && self.value[12..16] != [0; 4]
    }

    /// The log with another word in this place: larger by one, or with other last bytes.
    pub(super) fn altered(&self, log: &Log, by_one: bool, random: &mut StdRng) -> Log {
        let value = if by_one {
            B256::from(U256::from_be_bytes(self.value.0).wrapping_add(U256::from(1)))
        } else {
            let change = U256::from(random.random_range(1..=u16::MAX));
            B256::from(U256::from_be_bytes(self.value.0) ^ change)
        };
        let mut topics = log.topics().to_vec();
        let mut data = log.data.data.to_vec();
        match self.place {
            Place::Topic(n) => topics[n] = value,
            Place::Data(n) => data[32 * n..32 * (n + 1)].copy_from_slice(value.as_slice()),
        }
        with_data(log, topics, data)
    }
}
