//! How an API key is written: `stoa_live_` or `stoa_test_`, 12 characters of a public id, 32 of a secret, 6 of a
//! checksum. Scanners of leaked secrets find it by `stoa_(live|test)_[0-9A-Za-z]{50}` and by the checksum.

use std::fmt;

use super::secret::{base62, base62_of};

const ID: usize = 12;
const SECRET: usize = 32;
const CHECKSUM: usize = 6;

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Live,
    /// For trying things out: the free tier, whatever the wallet has staked.
    Test,
}

impl Environment {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        [Self::Live, Self::Test].into_iter().find(|environment| environment.word() == word)
    }
}

/// A whole key. Never logged, never stored.
#[derive(Clone)]
pub(crate) struct Token {
    text: String,
    id: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}…)", self.id)
    }
}

impl Token {
    /// A new one.
    pub(crate) fn random(environment: Environment) -> Result<Self, rand::rand_core::OsError> {
        let id = base62(ID)?;
        let body = format!("stoa_{}_{id}{}", environment.word(), base62(SECRET)?);
        Ok(Self { text: format!("{body}{}", checksum(&body)), id })
    }

    /// Reads one; `None` where it cannot be a key, by its form or its checksum.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("stoa_live_").or_else(|| text.strip_prefix("stoa_test_"))?;
        let whole =
            rest.len() == ID + SECRET + CHECKSUM && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !whole {
            return None;
        }
        let (body, told) = text.split_at(text.len() - CHECKSUM);
        (checksum(body) == told).then(|| Self { text: text.to_owned(), id: rest[..ID].to_owned() })
    }

    /// The part that may be known.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// All of it.
    pub(crate) fn reveal(&self) -> &str {
        &self.text
    }
}

/// CRC-32 (as in zip) of everything before it, in base 62.
fn checksum(body: &str) -> String {
    base62_of(crc32fast::hash(body.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_reads_back_and_says_nothing_when_shown() {
        for environment in [Environment::Live, Environment::Test] {
            let token = Token::random(environment).expect("random");
            assert!(token.reveal().starts_with(&format!("stoa_{}_", environment.word())));
            assert_eq!(token.reveal().len(), 60);
            let read = Token::parse(token.reveal()).expect("a key");
            assert_eq!(read.id(), token.id());
            assert!(!format!("{token:?}").contains(&token.reveal()[22..]));
        }
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        let body = "stoa_test_0123456789AB0123456789ABCDEFGHIJKLMNOPQRSTUV";
        let key = format!("{body}{}", checksum(body));
        assert_eq!(key, KNOWN, "a scanner would no longer know our keys");
        assert!(Token::parse(KNOWN).is_some());
    }

    const KNOWN: &str = "stoa_test_0123456789AB0123456789ABCDEFGHIJKLMNOPQRSTUV2rJvrK";

    proptest! {
        #[test]
        fn any_changed_letter_is_noticed(at in 0_usize..60, letter in "[0-9A-Za-z_]") {
            let token = Token::random(Environment::Live).expect("random");
            let mut text = token.reveal().to_owned();
            text.replace_range(at..=at, &letter);
            prop_assert_eq!(Token::parse(&text).is_some(), text == token.reveal());
        }

        #[test]
        fn anything_may_be_sent(text in ".{0,80}") {
            prop_assert!(Token::parse(&text).is_none());
        }
    }
}
