//! A header's bloom tells that our contracts emitted something. It may cry wolf, but never misses.

use alloy::primitives::{Address, B256, Bloom, keccak256};

/// With more false alarms than this to be expected, a full bloom tells nothing.
const FALSE_ALARMS: f64 = 0.5;
/// With more born contracts than this, they are not looked up one by one.
const MOST_CHILDREN: usize = 1_000;

/// The three bits of one entry: which byte, and which bit in it.
type Mark = [(u8, u8); 3];

/// Whom blooms are asked for. Made once for many blooms: each entry costs a hash.
#[derive(Debug)]
pub(super) struct Watch {
    fixed: Vec<Mark>,
    children: Vec<Mark>,
    /// None: any log of a child counts.
    topics: Vec<Mark>,
}

impl Watch {
    pub(super) fn new<'a>(
        fixed: &[Address],
        children: impl ExactSizeIterator<Item = &'a Address>,
        topics: &[B256],
    ) -> Self {
        let children = if children.len() > MOST_CHILDREN {
            Vec::new()
        } else {
            children.map(|a| mark(a.as_slice())).collect()
        };
        Self {
            fixed: fixed.iter().map(|address| mark(address.as_slice())).collect(),
            children,
            topics: topics.iter().map(|topic| mark(topic.as_slice())).collect(),
        }
    }

    /// Whether `bloom` says that a fixed contract emitted something, or a child one of its events.
    pub(super) fn is_told_by(&self, bloom: &Bloom) -> bool {
        let full = bloom.data().iter().map(|byte| byte.count_ones()).sum::<u32>();
        if full == 0 {
            return false;
        }
        let alarm = (f64::from(full) / 2_048.0).powi(3);
        let any = |marks: &[Mark]| marks.iter().any(|mark| has(bloom, mark));
        let telling = |marks: &[Mark]| alarm * marks.len() as f64 <= FALSE_ALARMS && any(marks);
        telling(&self.fixed) || ((self.topics.is_empty() || any(&self.topics)) && telling(&self.children))
    }
}

/// Where an entry stands in a bloom, as the Yellow Paper has it.
fn mark(entry: &[u8]) -> Mark {
    let hash = keccak256(entry);
    [0, 2, 4].map(|at| {
        let bit = u16::from_be_bytes([hash[at], hash[at + 1]]) & 2_047;
        // Both fit: 2,047 / 8 is 255.
        (255 - (bit / 8) as u8, 1 << (bit % 8))
    })
}

fn has(bloom: &Bloom, mark: &Mark) -> bool {
    mark.iter().all(|(byte, bit)| bloom.data()[usize::from(*byte)] & bit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Address = Address::repeat_byte(7);
    const CHILD: Address = Address::repeat_byte(8);
    const TOPIC: B256 = B256::repeat_byte(9);

    fn of(address: Address, topics: &[B256]) -> Bloom {
        let mut bloom = Bloom::ZERO;
        bloom.accrue_raw_log(address, topics);
        bloom
    }

    fn tells(bloom: &Bloom) -> bool {
        Watch::new(&[OURS], [CHILD].iter(), &[TOPIC]).is_told_by(bloom)
    }

    #[test]
    fn it_tells_of_our_contracts_and_of_no_others() {
        assert!(tells(&of(OURS, &[])));
        assert!(tells(&of(CHILD, &[TOPIC])));
        assert!(!tells(&of(CHILD, &[B256::ZERO])), "not one of their events");
        assert!(!tells(&of(Address::ZERO, &[TOPIC])));
        assert!(!tells(&Bloom::ZERO));
    }

    #[test]
    fn a_full_bloom_tells_nothing() {
        assert!(!tells(&Bloom::repeat_byte(0xff)));
    }
}
