//! When what failed is tried again. Pure.

use std::time::Duration;

/// After the first failure; each further pause is four times as long, up to [`LONGEST`].
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);
/// Failures in a row after which a webhook is paused: about 25 hours after the first.
pub(crate) const PATIENCE: i32 = 10;

/// How long to wait after so many failures in a row, from 1. `chance`, from 0 to 1, spreads it by a fifth either way,
/// so that those who failed together do not come back together. A receiver that names a longer time is given it.
pub(crate) fn pause(failures: i32, chance: f64, asked: Option<Duration>) -> Duration {
    let times = 4_u32.saturating_pow(failures.clamp(1, 12).unsigned_abs() - 1);
    let pause = FIRST.saturating_mul(times).min(LONGEST).mul_f64(0.8 + 0.4 * chance.clamp(0.0, 1.0));
    asked.map_or(pause, |asked| pause.max(asked.min(LONGEST)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_come_to_about_a_day() {
        let seconds: Vec<u64> = (1..PATIENCE).map(|n| pause(n, 0.5, None).as_secs()).collect();
        assert_eq!(seconds, [5, 20, 80, 320, 1_280, 5_120, 20_480, 21_600, 21_600]);
        let hours = seconds.iter().sum::<u64>() / 3_600;
        assert!((18..=30).contains(&hours), "{hours} h");
        for failures in [i32::MIN, 0, 1, 12, i32::MAX] {
            for chance in [-1.0, 0.0, 0.3, 1.0, 2.0] {
                assert!(pause(failures, chance, None) <= LONGEST.mul_f64(1.2));
            }
        }
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_but_not_for_less() {
        assert_eq!(pause(1, 0.5, Some(Duration::from_secs(90))), Duration::from_secs(90));
        assert_eq!(pause(3, 0.5, Some(Duration::from_secs(1))), Duration::from_secs(80));
        assert_eq!(pause(1, 0.5, Some(Duration::from_secs(1_000_000))), LONGEST);
    }
}
