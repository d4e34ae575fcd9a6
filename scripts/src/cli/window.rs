//! When something sells: a first and a last moment.

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// From when until when.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct WindowArgs {
    /// When it begins to sell: a date such as 2027-01-31T12:00:00Z, or `always`.
    #[arg(long, value_name = "DATE", value_parser = parse_moment)]
    pub from: Option<u64>,
    /// When it no longer sells: a date such as 2027-01-31T12:00:00Z, or `always`.
    #[arg(long, value_name = "DATE", value_parser = parse_moment)]
    pub until: Option<u64>,
}

/// Seconds since 1970 of a date with time and zone; 0, which is no bound, of `always`.
///
/// # Errors
/// How to write it.
pub fn parse_moment(text: &str) -> Result<u64, String> {
    if text == "always" {
        return Ok(0);
    }
    let malformed = || {
        format!(
            "{text:?} is no date: write it with time and zone, such as 2027-01-31T12:00:00Z, or write always"
        )
    };
    let moment = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| malformed())?;
    u64::try_from(moment.unix_timestamp()).ok().filter(|seconds| *seconds > 0).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_with_their_zone() {
        assert_eq!(parse_moment("2026-11-23T22:53:47Z"), Ok(1_795_474_427));
        assert_eq!(parse_moment("2026-11-23T23:53:47+01:00"), Ok(1_795_474_427));
        assert_eq!(parse_moment("always"), Ok(0));
        for text in
            ["", "2026-11-23", "2026-11-23T22:53:47", "tomorrow", "1969-12-31T23:59:59Z", "1795474427"]
        {
            assert!(parse_moment(text).unwrap_err().contains("is no date"), "{text}");
        }
    }
}
