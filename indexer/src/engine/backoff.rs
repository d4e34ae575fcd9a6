//! Growing pauses between tries.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(10);

/// Doubles from 100 ms to 10 s, each pause shortened by up to half at random, so that many do not come at once.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    tries: u32,
}

impl Backoff {
    pub(super) fn next(&mut self) -> Duration {
        let full = FIRST.saturating_mul(1 << self.tries.min(10)).min(LONGEST);
        self.tries = self.tries.saturating_add(1);
        // The standard library's hasher keys are random: enough for jitter.
        let jitter = RandomState::new().hash_one(self.tries) % 512;
        full - full.mul_f64(jitter as f64 / 1024.0)
    }

    pub(super) fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound() {
        let mut backoff = Backoff::default();
        for full in [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000] {
            let pause = backoff.next().as_millis();
            assert!(pause * 2 >= full && pause <= full, "{pause} of {full}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }
}
