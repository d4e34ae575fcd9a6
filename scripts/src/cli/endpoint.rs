//! Endpoints, whose URLs often carry a key: nothing that is said ever repeats more of one than its origin.

use std::{
    borrow::Cow,
    sync::Arc,
    task::{Context, Poll},
};

use alloy::{
    rpc::client::{ClientBuilder, RpcClient},
    transports::{TransportError, TransportErrorKind, TransportFut},
};
use alloy_json_rpc::{RequestPacket, ResponsePacket, ResponsePayload};
use tower::{Layer, Service};
use url::Url;

/// Shorter parts of a URL, such as `v2` or `rpc`, are no keys.
const SHORTEST_KEY: usize = 8;

/// Scheme, host and port: what may be shown of an endpoint.
#[must_use]
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// A client whose errors do not repeat the endpoint's key, whoever is the first to name it: this program, the HTTP
/// client, or the node.
#[must_use]
pub fn client(url: &Url, http: reqwest::Client) -> RpcClient {
    ClientBuilder::default().layer(Discreet::of(url)).http_with_client(http, url.clone())
}

/// What must not be said, and what is said instead.
#[derive(Clone, Debug)]
struct Discreet(Arc<Vec<(String, String)>>);

impl Discreet {
    fn of(url: &Url) -> Self {
        let whole = url.as_str();
        let mut secrets = Vec::new();
        for text in [whole, whole.trim_end_matches('/')] {
            secrets.push((text.to_owned(), origin(url)));
        }
        let parts = url.path().split('/').chain([url.username()]).map(str::to_owned);
        let parts = parts.chain(url.password().map(str::to_owned)).chain(url.query().map(str::to_owned));
        let parts: Vec<_> = parts.chain(url.query_pairs().map(|(_, value)| value.into_owned())).collect();
        let keys = parts.into_iter().filter(|part| part.len() >= SHORTEST_KEY);
        secrets.extend(keys.map(|key| (key, "…".to_owned())));
        // The whole before its parts.
        secrets.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        Self(Arc::new(secrets))
    }

    fn hide(&self, text: &str) -> String {
        let text = text.to_owned();
        self.0.iter().fold(text, |text, (secret, shown)| text.replace(secret, shown))
    }

    /// The same failure. Its causes end in what the innermost says, since others repeat the URL.
    fn error(&self, error: TransportError) -> TransportError {
        match error {
            TransportError::Transport(TransportErrorKind::HttpError(mut http)) => {
                http.body = self.hide(&http.body);
                TransportError::Transport(TransportErrorKind::HttpError(http))
            }
            TransportError::Transport(TransportErrorKind::HttpErrorWithRetryAfter { error, retry_after }) => {
                let body = self.hide(&error.body);
                TransportErrorKind::http_error_with_retry_after(error.status, body, Some(retry_after))
            }
            TransportError::Transport(TransportErrorKind::Custom(cause)) => {
                TransportErrorKind::custom_str(&self.hide(&innermost(cause.as_ref())))
            }
            TransportError::DeserError { err, text } => {
                TransportError::DeserError { err, text: self.hide(&text) }
            }
            error => error,
        }
    }

    fn answer(&self, mut packet: ResponsePacket) -> ResponsePacket {
        let answers = match &mut packet {
            ResponsePacket::Single(answer) => std::slice::from_mut(answer),
            ResponsePacket::Batch(answers) => answers.as_mut_slice(),
        };
        for answer in answers {
            if let ResponsePayload::Failure(failure) = &mut answer.payload {
                failure.message = Cow::Owned(self.hide(&failure.message));
            }
        }
        packet
    }
}

impl<S> Layer<S> for Discreet {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Guarded { inner, discreet: self.clone() }
    }
}

/// A transport that keeps quiet about where it leads.
#[derive(Clone, Debug)]
struct Guarded<S> {
    inner: S,
    discreet: Discreet,
}

impl<S> Service<RequestPacket> for Guarded<S>
where
    S: Service<
            RequestPacket,
            Response = ResponsePacket,
            Error = TransportError,
            Future = TransportFut<'static>,
        >,
{
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: RequestPacket) -> Self::Future {
        let (answer, discreet) = (self.inner.call(request), self.discreet.clone());
        Box::pin(async move {
            answer.await.map(|packet| discreet.answer(packet)).map_err(|error| discreet.error(error))
        })
    }
}

/// The cause that all others only wrap: "Connection refused" rather than "error sending request".
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(url: &str, text: &str) -> String {
        Discreet::of(&url.parse().unwrap()).hide(text)
    }

    #[test]
    fn an_origin_is_all_that_is_shown() {
        for (url, shown) in [
            ("https://rpc.example/v2/abcdef0123456789", "https://rpc.example"),
            ("https://user:pass@rpc.example:8443/?apikey=abcdef0123", "https://rpc.example:8443"),
            ("http://127.0.0.1:8545/", "http://127.0.0.1:8545"),
        ] {
            assert_eq!(origin(&url.parse().unwrap()), shown);
        }
    }

    #[test]
    fn keys_are_hidden_wherever_they_stand() {
        let url = "https://someuser:passwords@rpc.example/v2/abcdef0123456789?token=0123456789ab";
        for text in [
            format!("error sending request for url ({url})"),
            "project abcdef0123456789 is over its limit".to_owned(),
            "v2/abcdef0123456789 and token=0123456789ab and passwords".to_owned(),
        ] {
            let hidden = hidden(url, &text);
            for secret in ["abcdef0123456789", "0123456789ab", "passwords", "someuser"] {
                assert!(!hidden.contains(secret), "{hidden}");
            }
        }
        assert_eq!(hidden(url, url), "https://rpc.example");
        assert_eq!(
            hidden("http://127.0.0.1:8545/", "no v2 at http://127.0.0.1:8545/"),
            "no v2 at http://127.0.0.1:8545"
        );
    }
}
