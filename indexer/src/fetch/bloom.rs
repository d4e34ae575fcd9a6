//! A header's bloom tells that our contracts emitted something. It may cry wolf, but never misses.

use alloy::primitives::{Address, B256, Bloom, BloomInput};

/// With more false alarms than this to be expected, a full bloom tells nothing.
const FALSE_ALARMS: f64 = 0.5;
/// With more born contracts than this, they are not looked up one by one.
const MOST_CHILDREN: usize = 1_000;

/// Whether `bloom` says that one of `fixed` emitted something, or one of `children` one of their events.
pub(super) fn tells<'a>(
    bloom: &Bloom,
    fixed: &[Address],
    children: impl ExactSizeIterator<Item = &'a Address>,
    topics: &[B256],
) -> bool {
    let full = bloom.data().iter().map(|byte| byte.count_ones()).sum::<u32>();
    if full == 0 {
        return false;
    }
    let share = f64::from(full) / 2_048.0;
    let has = |bytes: &[u8]| bloom.contains_input(BloomInput::Raw(bytes));
    // Three bits an entry.
    let alarm = share.powi(3);
    if alarm * fixed.len() as f64 <= FALSE_ALARMS && fixed.iter().any(|address| has(address.as_slice())) {
        return true;
    }
    if children.len() == 0 || children.len() > MOST_CHILDREN {
        return false;
    }
    let topical = topics.is_empty() || topics.iter().any(|topic| has(topic.as_slice()));
    topical && alarm * children.len() as f64 <= FALSE_ALARMS && { children }
        .any(|address| has(address.as_slice()))
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
        super::tells(bloom, &[OURS], [CHILD].iter(), &[TOPIC])
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
