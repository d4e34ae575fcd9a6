//! Random secrets, and what is kept of them.

use std::sync::Arc;

use hmac::{Hmac, Mac as _};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What secrets are hashed under. It is not in the database, so that who has only that can try nothing.
#[derive(Clone)]
pub struct Pepper(Arc<[u8]>);

impl std::fmt::Debug for Pepper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<hidden>")
    }
}

impl Pepper {
    /// The least that is taken for a secret.
    pub const LEAST: usize = 32;

    /// From at least 32 bytes.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= Self::LEAST).then(|| Self(bytes.into()))
    }

    /// What is kept of a secret. `use_` keeps hashes of one use from serving for another.
    pub(super) fn hash(&self, use_: &str, secret: &str) -> [u8; 32] {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        mac.update(use_.as_bytes());
        mac.update(&[0]);
        mac.update(secret.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

/// Whether two hashes are equal, in a time that does not tell where they differ.
pub(super) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// So many random letters and digits, each of 62 with the same chance.
pub(crate) fn base62(length: usize) -> Result<String, rand::rand_core::OsError> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0; 64];
        OsRng.try_fill_bytes(&mut bytes)?;
        // 248 is the greatest multiple of 62 in a byte.
        let fair = bytes.iter().filter(|byte| **byte < 248).map(|byte| ALPHABET[usize::from(byte % 62)]);
        text.extend(fair.map(char::from).take(length - text.len()));
    }
    Ok(text)
}

/// A number in base 62, to six digits: enough for 32 bits.
pub(super) fn base62_of(mut number: u32) -> String {
    let mut digits = [0; 6];
    for digit in digits.iter_mut().rev() {
        // Below 62.
        *digit = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_depend_on_pepper_use_and_secret() {
        let pepper = |byte| Pepper::new(&[byte; 32]).expect("long enough");
        let hash = pepper(1).hash("key", "a");
        assert_eq!(hash, pepper(1).hash("key", "a"));
        for other in [pepper(2).hash("key", "a"), pepper(1).hash("session", "a"), pepper(1).hash("key", "b")]
        {
            assert!(!equal(&hash, &other));
        }
        assert!(Pepper::new(&[1; 31]).is_none());
        assert_eq!(format!("{:?}", pepper(1)), "<hidden>");
    }

    #[test]
    fn random_text_is_of_letters_and_digits_and_never_the_same() {
        let (a, b) = (base62(38).expect("random"), base62(38).expect("random"));
        assert!(a != b && a.len() == 38 && a.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_eq!(base62_of(0), "000000");
        assert_eq!(base62_of(u32::MAX), "4gfFC3");
    }
}
