//! Secrets that have to be known again, as those that messages are signed with: kept encrypted (AES-256-GCM, NIST SP
//! 800-38D) under a key that is not in the database.

use std::sync::Arc;

use alloy::primitives::hex;
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};

/// The longest name of a master key.
const LONGEST_NAME: usize = 32;

/// The keys that secrets are sealed under. The first seals, each opens: a new one is put before the others, and an old
/// one is taken away once nothing is sealed under it any more.
#[derive(Clone)]
pub struct Master(Arc<[Named]>);

struct Named {
    name: String,
    key: RandomizedNonceKey,
}

impl std::fmt::Debug for Master {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|named| &named.name)).finish()
    }
}

/// What is wrong with given master keys. It says nothing of the keys themselves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterError {
    #[error(
        "key {0} is not NAME:KEY, a name of 1 to {LONGEST_NAME} letters and digits and 64 hex digits: \
         `openssl rand -hex 32` makes them"
    )]
    Form(usize),
    #[error("the name `{0}` is given twice")]
    Twice(String),
}

/// Why a secret does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SealError {
    #[error("it is sealed under the master key `{0}`, which this server was not given")]
    NoKey(String),
    #[error("it was altered, or is not a sealed secret of this row")]
    Altered,
    #[error("nothing could be sealed")]
    Unsealable,
}

impl Master {
    /// From `NAME:KEY` words, the one that seals first; `None` of no words.
    pub fn parse(text: &str) -> Result<Option<Self>, MasterError> {
        let mut all: Vec<Named> = Vec::new();
        for (index, word) in text.split_whitespace().enumerate() {
            let wrong = || MasterError::Form(index + 1);
            let (name, key) = word.split_once(':').ok_or_else(wrong)?;
            let named = (1..=LONGEST_NAME).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            let bytes: [u8; 32] = hex::decode_to_array(key).map_err(|_| wrong())?;
            if !named || key.len() != 64 {
                return Err(wrong());
            }
            if all.iter().any(|other| other.name == name) {
                return Err(MasterError::Twice(name.to_owned()));
            }
            let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(|_| wrong())?;
            all.push(Named { name: name.to_owned(), key });
        }
        Ok((!all.is_empty()).then(|| Self(all.into())))
    }

    /// Seals a secret for one place, as in `api_key/ID`: elsewhere it does not open.
    ///
    /// Layout: the name's length in a byte, the name, 12 bytes of nonce, the ciphertext, 16 bytes of tag.
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, SealError> {
        let Some(Named { name, key }) = self.0.first() else { return Err(SealError::Unsealable) };
        let mut sealed = secret.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(place.as_bytes()), &mut sealed)
            .map_err(|_| SealError::Unsealable)?;
        let length = u8::try_from(name.len()).map_err(|_| SealError::Unsealable)?;
        Ok([&[length], name.as_bytes(), nonce.as_ref(), &sealed].concat())
    }

    /// Opens what was sealed for the place.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (name, rest) = name_of(sealed).ok_or(SealError::Altered)?;
        let named = self.0.iter().find(|named| named.name == name);
        let named = named.ok_or_else(|| SealError::NoKey(name.to_owned()))?;
        let (nonce, text) = rest.split_at_checked(NONCE_LEN).ok_or(SealError::Altered)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Altered)?;
        let mut text = text.to_vec();
        let opened = named.key.open_in_place(nonce, Aad::from(place.as_bytes()), &mut text);
        opened.map(|secret| secret.to_vec()).map_err(|_| SealError::Altered)
    }

    /// Whether it is sealed under another key than new ones are: time to seal it anew.
    pub(crate) fn is_old(&self, sealed: &[u8]) -> bool {
        name_of(sealed).is_some_and(|(name, _)| self.0.first().is_some_and(|first| first.name != name))
    }
}

fn name_of(sealed: &[u8]) -> Option<(&str, &[u8])> {
    let (length, rest) = sealed.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((std::str::from_utf8(name).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn master(words: &[(&str, u8)]) -> Master {
        let words: Vec<String> =
            words.iter().map(|(name, byte)| format!("{name}:{}", hex::encode([*byte; 32]))).collect();
        Master::parse(&words.join("\n")).expect("valid").expect("given")
    }

    #[test]
    fn a_secret_opens_where_it_was_sealed_and_nowhere_else() {
        let one = master(&[("a", 1)]);
        let sealed = one.seal("api_key/1", b"hunter2").expect("seals");
        assert_eq!(one.open("api_key/1", &sealed).expect("opens"), b"hunter2");
        assert_eq!(one.open("api_key/2", &sealed), Err(SealError::Altered));
        assert_eq!(master(&[("a", 2)]).open("api_key/1", &sealed), Err(SealError::Altered));
        assert_eq!(master(&[("b", 1)]).open("api_key/1", &sealed), Err(SealError::NoKey("a".to_owned())));
        assert_ne!(one.seal("api_key/1", b"hunter2").expect("seals"), sealed, "nonces differ");
    }

    #[test]
    fn keys_rotate() {
        let old = master(&[("2025", 1)]);
        let sealed = old.seal("x", b"secret").expect("seals");
        let both = master(&[("2026", 2), ("2025", 1)]);
        assert!(both.is_old(&sealed) && !old.is_old(&sealed));
        let anew = both.seal("x", &both.open("x", &sealed).expect("opens")).expect("seals");
        assert!(!both.is_old(&anew));
        assert_eq!(master(&[("2026", 2)]).open("x", &anew).expect("opens"), b"secret");
    }

    #[test]
    fn what_is_wrong_is_told_without_the_key() {
        let good = hex::encode([7; 32]);
        assert!(Master::parse("").expect("nothing").is_none());
        for wrong in [&*good, &format!("a:{}", &good[2..]), &format!(":{good}"), &format!("a-b:{good}")] {
            let error = Master::parse(wrong).expect_err(wrong).to_string();
            assert!(error.contains("key 1") && !error.contains("0707"), "{error}");
        }
        let twice = Master::parse(&format!("a:{good} a:{good}")).expect_err("twice");
        assert_eq!(twice, MasterError::Twice("a".to_owned()));
        assert_eq!(format!("{:?}", master(&[("a", 1), ("b", 2)])), r#"["a", "b"]"#);
    }

    proptest! {
        #[test]
        fn anything_may_be_stored(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(master(&[("a", 1)]).open("x", &bytes).is_err());
        }

        #[test]
        fn any_changed_bit_is_noticed(bit in 0_usize..280) {
            let one = master(&[("a", 1)]);
            let mut sealed = one.seal("x", b"secret").expect("seals");
            let bit = bit % (sealed.len() * 8);
            sealed[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(one.open("x", &sealed).is_err());
        }
    }
}
