//! Time as the chain counts it, and as people write it.

use alloy::{eips::BlockNumberOrTag, providers::Provider as _};
use anyhow::Context as _;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::Session;

const UNITS: [(char, &str, u64); 5] = [
    ('w', "week", 604_800),
    ('d', "day", 86_400),
    ('h', "hour", 3_600),
    ('m', "minute", 60),
    ('s', "second", 1),
];

impl Session {
    /// The newest block's time: what the contracts compare with, whatever this machine's clock says.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn now(&self) -> anyhow::Result<u64> {
        let block = self.provider.get_block_by_number(BlockNumberOrTag::Latest).await?;
        Ok(block.context("the chain has no newest block")?.header.timestamp)
    }
}

/// Seconds since 1970 as a date: `2026-11-23T22:53:47Z`.
#[must_use]
pub fn show_time(seconds: u64) -> String {
    let time =
        i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_else(|| format!("second {seconds}"))
}

/// The largest unit that divides it: `30 days`, `90 minutes`.
#[must_use]
pub fn show_duration(seconds: u64) -> String {
    let fits = |(_, _, size): &&(char, &str, u64)| seconds.is_multiple_of(*size);
    let (_, name, size) = UNITS[1..].iter().find(fits).unwrap_or(&UNITS[4]);
    let number = seconds / size;
    if number == 1 { format!("1 {name}") } else { format!("{number} {name}s") }
}

/// The seconds of `90s`, `30m`, `12h`, `7d` or `2w`.
///
/// # Errors
/// How to write it.
pub fn parse_duration(text: &str) -> Result<u64, String> {
    let malformed =
        || format!("{text:?} is no duration: write a number and s, m, h, d or w, such as 30m or 7d");
    let unit = text.chars().last().ok_or_else(malformed)?;
    let (_, _, size) = UNITS.iter().find(|(letter, _, _)| *letter == unit).ok_or_else(malformed)?;
    let digits = &text[..text.len() - 1];
    let number: u64 =
        digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit())).ok_or_else(malformed)?;
    number.checked_mul(*size).ok_or_else(|| format!("{text:?} is longer than there is time"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_shown() {
        for (text, seconds) in
            [("90s", 90), ("30m", 1_800), ("12h", 43_200), ("7d", 604_800), ("2w", 1_209_600)]
        {
            assert_eq!(parse_duration(text), Ok(seconds));
        }
        for text in ["", "7", "d", "-1d", "+1d", "1.5h", "1 h", "7days", "1é"] {
            assert!(parse_duration(text).unwrap_err().contains("is no duration"), "{text}");
        }
        assert!(parse_duration("99999999999999999w").unwrap_err().contains("than there is time"));
        for (seconds, text) in
            [(2_592_000, "30 days"), (86_400, "1 day"), (5_400, "90 minutes"), (61, "61 seconds")]
        {
            assert_eq!(show_duration(seconds), text);
        }
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(show_time(1_795_474_427), "2026-11-23T22:53:47Z");
        assert_eq!(show_time(u64::MAX), "second 18446744073709551615");
    }
}
