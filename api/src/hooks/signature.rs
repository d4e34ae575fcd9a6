//! Standard Webhooks (<https://www.standardwebhooks.com>): how messages are signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// The standard asks for 24 to 64 bytes.
const LENGTH: usize = 32;

/// What messages are signed with. Shown once; kept encrypted.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<hidden>")
    }
}

impl Secret {
    /// A new one.
    pub(crate) fn random() -> Result<Self, rand::rand_core::OsError> {
        let mut bytes = vec![0; LENGTH];
        OsRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(bytes))
    }

    pub(crate) fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As receivers are given it.
    pub(crate) fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    fn sign(&self, message: &str, seconds: i64, body: &str) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{message}.{seconds}.").as_bytes());
        mac.update(body.as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The header `webhook-signature`: one signature by each secret, with spaces between.
pub(crate) fn signatures(secrets: &[Secret], message: &str, seconds: i64, body: &str) -> String {
    let all: Vec<String> = secrets.iter().map(|secret| secret.sign(message, seconds, body)).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example_is_signed_as_it_says() {
        let bytes = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let secret = Secret::from_bytes(bytes);
        let signed =
            signatures(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn the_official_library_takes_each_of_several_signatures() {
        let (old, new) = (Secret::random().expect("random"), Secret::random().expect("random"));
        let now = time::OffsetDateTime::now_utc().unix_timestamp();
        let signed = signatures(&[new.clone(), old.clone()], "msg_1", now, "{}");
        let mut headers = axum::http::HeaderMap::new();
        headers.insert("webhook-id", "msg_1".parse().expect("text"));
        headers.insert("webhook-timestamp", now.into());
        headers.insert("webhook-signature", signed.parse().expect("text"));
        for secret in [&old, &new] {
            let receiver = standardwebhooks::Webhook::new(&secret.reveal()).expect("a secret");
            receiver.verify(b"{}", &headers).expect("verifies");
            assert!(receiver.verify(b"{ }", &headers).is_err(), "another body");
        }
        let stranger = Secret::random().expect("random");
        let receiver = standardwebhooks::Webhook::new(&stranger.reveal()).expect("a secret");
        assert!(receiver.verify(b"{}", &headers).is_err());
        assert_eq!(format!("{old:?}"), "<hidden>");
    }
}
