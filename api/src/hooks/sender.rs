//! Sending one message: signed, to an address that may be asked, within a bounded time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use reqwest::{Client, redirect};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use url::Url;
use utoipa::ToSchema;

use super::signature::{Secret, signatures};
use crate::curator::{Guarded, Private, Refused};
use crate::error::ApiError;

const AGENT: &str = concat!("stoa-webhooks/", env!("CARGO_PKG_VERSION"));
const LONGEST_URL: usize = 2_000;

/// Sends messages.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    client: Client,
    private: Private,
}

/// One attempt to send a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attempt {
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    #[schema(value_type = String, format = DateTime)]
    pub at: OffsetDateTime,
    /// What the receiver answered; null where it did not.
    #[schema(example = 200, required = true)]
    pub status: Option<u16>,
    /// How long it took.
    #[schema(example = 84)]
    pub milliseconds: u64,
    /// Why it failed; null where it did not.
    #[schema(required = true)]
    pub error: Option<String>,
}

/// How an attempt ended.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) attempt: Attempt,
    /// When the receiver wants to be asked again.
    pub(crate) again: Option<Duration>,
}

impl Sent {
    /// Nobody answered in time.
    pub(crate) fn slow(time: Duration) -> Self {
        let (at, milliseconds) = (OffsetDateTime::now_utc() - time, time.as_millis());
        let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
        let error = Some("it took too long".to_owned());
        Self { attempt: Attempt { at, status: None, milliseconds, error }, again: None }
    }

    pub(crate) fn is_delivered(&self) -> bool {
        self.attempt.error.is_none()
    }

    /// The receiver says that there is nobody any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.attempt.status == Some(410)
    }
}

impl Sender {
    /// `time` is how long one attempt may take.
    pub(crate) fn new(private: Private, time: Duration) -> reqwest::Result<Self> {
        let client = Client::builder()
            // No proxy of the environment: it would look names up itself, past the guard.
            .no_proxy()
            .dns_resolver(Guarded(Arc::new(private.clone())))
            // Nothing is followed: where a redirect leads was checked by nobody.
            .redirect(redirect::Policy::none())
            .connect_timeout(time)
            .timeout(time)
            .pool_max_idle_per_host(2)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { client, private })
    }

    /// Whether messages may be sent there, as far as it can be told before its name is looked up.
    pub(crate) fn check(&self, text: &str) -> Result<Url, ApiError> {
        let bad = |allowed: &str| ApiError::bad("url", text, allowed);
        let url = Url::parse(text).ok().filter(|_| text.len() <= LONGEST_URL && !text.contains('#'));
        let url =
            url.ok_or_else(|| bad("an https address of at most 2000 characters, without a fragment"))?;
        self.private
            .check(&url)
            .map_err(|refused| bad(&format!("an address that may be asked: {refused}")))?;
        // Others below 1024 are of services that were not made for this.
        if url.port().is_some_and(|port| port < 1024) && matches!(self.private, Private::Nothing) {
            return Err(bad("an address at port 443 or from 1024 on"));
        }
        Ok(url)
    }

    /// Sends a message once. Of the answer only its status is looked at.
    pub(crate) async fn send(&self, url: &str, secrets: &[Secret], message: &str, body: &str) -> Sent {
        let (at, began) = (OffsetDateTime::now_utc(), Instant::now());
        let outcome = self.post(url, secrets, message, body, at).await;
        let milliseconds = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (status, again, error) = match outcome {
            Ok((status, _)) if (200..300).contains(&status) => (Some(status), None, None),
            Ok((status, again)) => {
                let what =
                    if (300..400).contains(&status) { "redirects are not followed" } else { "not 2xx" };
                (Some(status), again, Some(format!("it answered {status}: {what}")))
            }
            Err(error) => (None, None, Some(error)),
        };
        Sent { attempt: Attempt { at, status, milliseconds, error }, again }
    }

    async fn post(
        &self,
        url: &str,
        secrets: &[Secret],
        message: &str,
        body: &str,
        at: OffsetDateTime,
    ) -> Result<(u16, Option<Duration>), String> {
        let url = self.check(url).map_err(|error| error.to_string())?;
        if secrets.is_empty() {
            return Err("no secret of this webhook can be opened: rotate it".to_owned());
        }
        let seconds = at.unix_timestamp();
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, AGENT)
            .header("webhook-id", message)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures(secrets, message, seconds, body))
            .body(body.to_owned());
        let answer = request.send().await.map_err(|error| told(&error))?;
        let again = answer.headers().get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
        Ok((answer.status().as_u16(), again.map(Duration::from_secs)))
    }
}

/// Never what else an address answers with: it may be a private one.
fn told(error: &reqwest::Error) -> String {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(refused) = inner.downcast_ref::<Refused>() {
            return refused.to_string();
        }
        source = inner.source();
    }
    let told = if error.is_timeout() { "it took too long" } else { "the connection failed" };
    told.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_over_https_are_taken() {
        let sender = Sender::new(Private::Nothing, Duration::from_secs(1)).expect("a client");
        for good in ["https://example.org/hook?a=b", "https://example.org:8443/", "https://1.1.1.1/"] {
            sender.check(good).expect(good);
        }
        for bad in [
            "",
            "hook",
            "http://example.org/",
            "https://example.org:22/",
            "https://example.org/#x",
            "https://a:b@example.org/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest/meta-data",
        ] {
            let error = sender.check(bad).expect_err(bad).to_string();
            assert!(error.starts_with("`url` was"), "{error}");
        }
    }

    #[tokio::test]
    async fn names_of_private_addresses_are_refused_when_they_are_connected_to() {
        let sender = Sender::new(Private::Nothing, Duration::from_secs(5)).expect("a client");
        let secret = Secret::random().expect("random");
        // A name passes the first look; what it leads to does not.
        let sent = sender.send("https://localhost:8443/", &[secret], "msg_1", "{}").await;
        assert!(!sent.is_delivered());
        assert_eq!(sent.attempt.error.as_deref(), Some("its host is not on the public internet"));
    }
}
