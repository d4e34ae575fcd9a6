//! Unix times, as contracts keep them.

use stoa_schema::types::Uint;
use time::OffsetDateTime;

/// A time that may be unset: `None` for 0, and for what lies beyond the year 9999, where RFC 3339 ends.
pub(crate) fn moment(seconds: Uint) -> Option<OffsetDateTime> {
    i64::try_from(seconds.0).ok().and_then(moment_of)
}

/// The same of a column that holds no more than 63 bits.
pub(crate) fn moment_of(seconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp(seconds).ok().filter(|time| seconds > 0 && time.year() <= 9_999)
}

/// Whether a window is open: from its first second on, and before the first in which it is over. 0 is no bound.
pub(crate) fn open(from: Uint, until: Uint, now: OffsetDateTime) -> bool {
    Uint::from(second(now)) >= from && !over(until, now)
}

/// Whether a window is over for good.
fn over(until: Uint, now: OffsetDateTime) -> bool {
    until != Uint::default() && Uint::from(second(now)) >= until
}

fn second(now: OffsetDateTime) -> u64 {
    u64::try_from(now.unix_timestamp()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::U256;

    #[test]
    fn times_end_with_the_year_9999() {
        let year = |seconds: u64| moment(Uint::from(seconds)).map(|time| time.year());
        assert_eq!(year(0), None);
        assert_eq!(year(1), Some(1970));
        assert_eq!(year(253_402_300_799), Some(9_999));
        assert_eq!(year(253_402_300_800), None);
        assert_eq!(year(u64::MAX), None);
        assert_eq!(moment(Uint(U256::MAX)), None);
        assert_eq!(moment_of(-1), None);
    }

    #[test]
    fn windows_begin_with_their_first_second_and_end_before_their_last() {
        let at = |second| OffsetDateTime::from_unix_timestamp(second).expect("a time");
        let open = |from: u64, until: u64, now| open(Uint::from(from), Uint::from(until), at(now));
        assert!(open(0, 0, 5));
        assert!(!open(10, 20, 9) && open(10, 20, 10) && open(10, 20, 19) && !open(10, 20, 20));
        assert!(open(0, u64::MAX, 1 << 37) && !open(u64::MAX, 0, 1 << 37));
    }
}
