//! What a parameter's text may be.

use alloy::primitives::{Address, U256};
use stoa_schema::types::{Addr, Uint};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

/// A type that a parameter is read into.
pub trait FromParam: Sized {
    /// Reads the text; `None` when it is not allowed.
    fn from_param(text: &str) -> Option<Self>;
    /// What is allowed, in words that follow "expected".
    fn allowed() -> String;
}

/// A closed set of words.
pub trait Choice: Copy + Sized + 'static {
    const ALL: &'static [(&'static str, Self)];

    /// The word outside.
    fn word(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::ALL.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}

impl<T: Choice> FromParam for T {
    fn from_param(text: &str) -> Option<Self> {
        T::ALL.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
    }

    fn allowed() -> String {
        let words: Vec<_> = T::ALL.iter().map(|(word, _)| format!("`{word}`")).collect();
        format!("one of {}", words.join(", "))
    }
}

/// How many rows a page has at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit(pub i64);

impl Limit {
    const MAX: i64 = 100;
}

impl Default for Limit {
    fn default() -> Self {
        Self(25)
    }
}

impl FromParam for Limit {
    fn from_param(text: &str) -> Option<Self> {
        natural(text).filter(|limit| (1..=Self::MAX).contains(limit)).map(Self)
    }

    fn allowed() -> String {
        format!("a whole number from 1 to {}", Self::MAX)
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time(pub OffsetDateTime);

impl FromParam for Time {
    /// The clock of a chain begins in 1970.
    fn from_param(text: &str) -> Option<Self> {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?.checked_to_offset(UtcOffset::UTC)?;
        (1970..=9999).contains(&time.year()).then_some(Self(time))
    }

    fn allowed() -> String {
        "a time as RFC 3339 has it, such as 2026-11-22T15:00:00Z, from 1970 to 9999".to_owned()
    }
}

/// A word or some, as people type them: not empty, without control characters, at most 200 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(pub String);

impl FromParam for Text {
    fn from_param(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let fits = !trimmed.is_empty() && trimmed.chars().count() <= 200;
        (fits && !trimmed.chars().any(char::is_control)).then(|| Self(trimmed.to_owned()))
    }

    fn allowed() -> String {
        "1 to 200 characters, none of them a control character".to_owned()
    }
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(pub bool);

impl FromParam for Flag {
    fn from_param(text: &str) -> Option<Self> {
        match text {
            "true" => Some(Self(true)),
            "false" => Some(Self(false)),
            _ => None,
        }
    }

    fn allowed() -> String {
        "`true` or `false`".to_owned()
    }
}

/// Several values, divided by commas, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> List<T> {
    const MAX: usize = 100;
}

impl<T: FromParam + PartialEq> FromParam for List<T> {
    fn from_param(text: &str) -> Option<Self> {
        let mut list = Vec::new();
        for part in text.split(',') {
            let value = T::from_param(part)?;
            if list.len() == Self::MAX || list.contains(&value) {
                return None;
            }
            list.push(value);
        }
        Some(Self(list))
    }

    fn allowed() -> String {
        format!("up to {} values divided by commas, none twice, each {}", Self::MAX, T::allowed())
    }
}

impl FromParam for Uint {
    /// As amounts are written: digits without sign or leading zeros, below 2^128.
    fn from_param(text: &str) -> Option<Self> {
        let written =
            text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
        if written { text.parse::<u128>().ok().map(|amount| Self(U256::from(amount))) } else { None }
    }

    fn allowed() -> String {
        "an amount in base units of the token: a whole number from 0 to 2^128 - 1".to_owned()
    }
}

impl FromParam for Addr {
    /// Capitals are either absent, everywhere, or where EIP-55 puts them: others are a typing mistake.
    fn from_param(text: &str) -> Option<Self> {
        let digits = text.strip_prefix("0x").filter(|digits| digits.len() == 40)?;
        let address: Address = text.parse().ok()?;
        let one_case = !digits.bytes().any(|byte| byte.is_ascii_uppercase())
            || !digits.bytes().any(|byte| byte.is_ascii_lowercase());
        (one_case || address.to_checksum(None) == text).then_some(Self(address))
    }

    fn allowed() -> String {
        "an address: `0x` and 40 hexadecimal digits, capitals as in EIP-55 or none".to_owned()
    }
}

/// A whole number above 0 as one would write it: digits without sign or leading zeros, up to 2^63 - 1.
pub(crate) fn natural(text: &str) -> Option<i64> {
    let written = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if written { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn limits_have_bounds() {
        assert_eq!(Limit::from_param("1"), Some(Limit(1)));
        assert_eq!(Limit::from_param("100"), Some(Limit(100)));
        for bad in ["", "0", "101", "-1", "+5", "5.0", "05", " 5", "1e1", "99999999999999999999"] {
            assert_eq!(Limit::from_param(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_with_a_wrong_checksum_are_refused() {
        let right = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        assert!(Addr::from_param(right).is_some());
        assert!(Addr::from_param(&right.to_lowercase()).is_some());
        assert!(Addr::from_param("0xF39FD6E51AAD88F6F4CE6AB8827279CFFFB92266").is_some());
        for bad in [
            "",
            "0x",
            "f39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
            "0xF39fd6e51aad88F6F4ce6aB8827279cffFb92266",
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb9226",
            "0xf39fd6e51aad88f6f4ce6ab8827279cfffb922666",
            "0xg39fd6e51aad88f6f4ce6ab8827279cfffb92266",
        ] {
            assert!(Addr::from_param(bad).is_none(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,60}") {
            let _ = (Limit::from_param(&text), Addr::from_param(&text), natural(&text));
            let _ = (Text::from_param(&text), List::<Addr>::from_param(&text), Uint::from_param(&text));
        }
    }
}
