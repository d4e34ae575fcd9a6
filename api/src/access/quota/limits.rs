//! How much each tier may ask for: built in, or read from a file.

use std::path::Path;

use serde::Deserialize;

/// What one subject may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Cost that a minute brings, and that a full bucket holds.
    pub per_minute: i64,
    /// Cost of a day, in UTC.
    pub per_day: i64,
    /// Premium calls (SQL, exports) of a month, in UTC.
    pub premium_per_month: i64,
}

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// Requests without a key or a session, by address.
    pub anonymous: Limits,
    /// Wallets, by the tier of what they have staked: the first for none. Wallets of a higher tier than the last get
    /// the last.
    pub tiers: Vec<Limits>,
}

/// Why a file of limits cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("--limits-file (STOA_LIMITS_FILE): {0}")]
pub struct LimitsError(String);

const fn limits(per_minute: i64, per_day: i64, premium_per_month: i64) -> Limits {
    Limits { per_minute, per_day, premium_per_month }
}

impl Default for Tiers {
    fn default() -> Self {
        Self {
            anonymous: limits(100, 10_000, 10),
            tiers: vec![
                limits(300, 50_000, 50),
                limits(600, 100_000, 1_000),
                limits(1_200, 250_000, 5_000),
                limits(3_000, 1_000_000, 25_000),
                limits(6_000, 5_000_000, 100_000),
            ],
        }
    }
}

impl Tiers {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, LimitsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| LimitsError(format!("{} cannot be read: {error}", path.display())))?;
        Self::parse(&text)
    }

    fn parse(text: &str) -> Result<Self, LimitsError> {
        let read: Self = toml::from_str(text).map_err(|error| LimitsError(error.to_string()))?;
        if read.tiers.is_empty() {
            return Err(LimitsError("`tiers` must name at least one tier".to_owned()));
        }
        for limits in read.tiers.iter().chain([&read.anonymous]) {
            // Above, a bucket's level would no longer be exact.
            let named = [limits.per_minute, limits.per_day, limits.premium_per_month];
            if named.iter().any(|limit| !(0..=1_000_000_000_000).contains(limit)) {
                return Err(LimitsError("each limit must be from 0 to 1,000,000,000,000".to_owned()));
            }
        }
        Ok(read)
    }

    /// Those of a wallet of this tier.
    pub(crate) fn of(&self, tier: i16) -> Limits {
        let at = usize::try_from(tier).unwrap_or_default().min(self.tiers.len().saturating_sub(1));
        self.tiers.get(at).copied().unwrap_or(self.anonymous)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_replaces_all_of_them() {
        let text = "anonymous = { per_minute = 1, per_day = 2, premium_per_month = 0 }
            [[tiers]]
            per_minute = 10
            per_day = 20
            premium_per_month = 30";
        let tiers = Tiers::parse(text).expect("valid");
        assert_eq!(tiers.anonymous, limits(1, 2, 0));
        assert_eq!((tiers.of(0), tiers.of(4)), (limits(10, 20, 30), limits(10, 20, 30)));
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        for (text, word) in [
            (
                "anonymous = { per_minute = 1, per_day = 2, premium_per_month = 0 }\ntiers = []",
                "at least one",
            ),
            (
                "anonymous = { per_minute = -1, per_day = 2, premium_per_month = 0 }\n[[tiers]]\nper_minute = 1\nper_day = 1\npremium_per_month = 1",
                "from 0",
            ),
            ("anonymous = { per_minut = 1 }", "per_minut"),
        ] {
            let error = Tiers::parse(text).expect_err(word).to_string();
            assert!(error.contains("STOA_LIMITS_FILE") && error.contains(word), "{error}");
        }
    }

    #[test]
    fn by_default_a_higher_tier_never_has_less() {
        let all = Tiers::default();
        assert_eq!(all.anonymous, limits(100, 10_000, 10));
        assert_eq!(all.of(0).premium_per_month, 50);
        for pair in all.tiers.windows(2) {
            assert!(pair[0].per_minute < pair[1].per_minute && pair[0].per_day < pair[1].per_day);
            assert!(pair[0].premium_per_month < pair[1].premium_per_month);
        }
        assert_eq!(all.of(9), all.of(4));
        assert_eq!(all.of(-1), all.of(0));
    }
}
