//! JSON-RPC over HTTP: one request, its answer's bytes, and the results in them.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use flate2::read::GzDecoder;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use url::Url;

use super::error::tame;
use super::json::{Reply, RpcError};
use super::limits::{self, Meaning};
use super::{Doubt, PoolConfig, Trouble};

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) params: Value,
}

/// A call's result, not yet read, or why there is none.
pub(super) type Answer<'a> = Result<&'a RawValue, Trouble>;

/// Where requests go.
#[derive(Debug)]
pub(super) struct Wire {
    http: reqwest::Client,
    url: Url,
    ids: AtomicU64,
    timeout: Duration,
    max_body: usize,
    secrets: Arc<[String]>,
}

impl Wire {
    pub(super) fn new(http: reqwest::Client, url: Url, config: &PoolConfig) -> Self {
        let secrets = secrets(&url);
        let (timeout, max_body) = (config.timeout, config.max_body);
        Self { http, url, ids: AtomicU64::new(1), timeout, max_body, secrets }
    }

    /// Puts `calls` in one request.
    pub(super) async fn post(&self, calls: &[Call]) -> Result<Body, Trouble> {
        let first_id = self.ids.fetch_add(calls.len() as u64, Ordering::Relaxed);
        let request = self
            .http
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT_ENCODING, "gzip")
            .body(encode(calls, first_id)?);
        let answer = async {
            let response = request.send().await.map_err(|error| self.broken(error))?;
            self.receive(response, calls.len(), first_id).await
        };
        tokio::time::timeout(self.timeout, answer).await.unwrap_or(Err(Trouble::Timeout(self.timeout)))
    }

    async fn receive(
        &self,
        mut response: reqwest::Response,
        calls: usize,
        first_id: u64,
    ) -> Result<Body, Trouble> {
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let zipped = header(CONTENT_ENCODING).is_some_and(|value| value.eq_ignore_ascii_case("gzip"));
        let kind = header(CONTENT_TYPE).unwrap_or("no content type").to_owned();
        let retry_after = header(RETRY_AFTER).and_then(|value| limits::retry_after(value, SystemTime::now()));
        let status = response.status().as_u16();
        let length = response.content_length().unwrap_or(0).min(self.max_body as u64);
        let mut bytes = Vec::with_capacity(length as usize);
        while let Some(chunk) = response.chunk().await.map_err(|error| self.broken(error))? {
            if bytes.len() + chunk.len() > self.max_body {
                return Err(Trouble::Oversized(self.max_body));
            }
            bytes.extend_from_slice(&chunk);
        }
        let (limit, secrets) = (self.max_body, Arc::clone(&self.secrets));
        Ok(Body { bytes, zipped, limit, status, kind, retry_after, calls, first_id, secrets })
    }

    fn broken(&self, error: reqwest::Error) -> Trouble {
        let connect = error.is_connect();
        if error.is_timeout() && !connect {
            return Trouble::Timeout(self.timeout);
        }
        // The innermost cause says it best, and holds no address.
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        let text = hide(&self.secrets, &cause.to_string());
        if connect { Trouble::Unreachable(text) } else { Trouble::Broken(text) }
    }
}

fn encode(calls: &[Call], first_id: u64) -> Result<Vec<u8>, Trouble> {
    #[derive(Serialize)]
    struct Request<'a> {
        jsonrpc: &'static str,
        id: u64,
        method: &'static str,
        params: &'a Value,
    }
    let mut requests = calls.iter().zip(first_id..).map(|(call, id)| Request {
        jsonrpc: "2.0",
        id,
        method: call.method,
        params: &call.params,
    });
    let encoded = match (calls.len(), requests.next()) {
        (1, Some(request)) => serde_json::to_vec(&request),
        (_, first) => serde_json::to_vec(&first.into_iter().chain(requests).collect::<Vec<_>>()),
    };
    encoded.map_err(|error| Trouble::Malformed(error.to_string()))
}

/// The bytes of an answer.
#[derive(Debug)]
pub(super) struct Body {
    bytes: Vec<u8>,
    zipped: bool,
    limit: usize,
    status: u16,
    kind: String,
    retry_after: Option<Duration>,
    calls: usize,
    first_id: u64,
    secrets: Arc<[String]>,
}

impl Body {
    /// About how much work it is to read.
    pub(super) fn weight(&self) -> usize {
        self.bytes.len() * if self.zipped { 8 } else { 1 }
    }

    pub(super) fn unzip(&mut self) -> Result<(), Trouble> {
        if !std::mem::take(&mut self.zipped) {
            return Ok(());
        }
        let mut plain = Vec::with_capacity(self.bytes.len().saturating_mul(4).min(self.limit));
        // One byte more than allowed tells that there is more.
        let mut decoder = GzDecoder::new(self.bytes.as_slice()).take(self.limit as u64 + 1);
        decoder.read_to_end(&mut plain).map_err(|error| Trouble::Broken(format!("gzip: {error}")))?;
        if plain.len() > self.limit {
            return Err(Trouble::Oversized(self.limit));
        }
        self.bytes = plain;
        Ok(())
    }

    /// Each call's answer, in the order of the calls.
    pub(super) fn answers(&self) -> Result<Vec<Answer<'_>>, Trouble> {
        if self.status == 429 {
            return Err(Trouble::RateLimited { retry_after: self.retry_after.or_else(|| self.told_wait()) });
        }
        let answers = self.read();
        if (200..300).contains(&self.status) {
            return answers;
        }
        // A refusal's text says more than its status; where it says nothing known, the status does.
        let known = |trouble: &Trouble| !matches!(trouble, Trouble::NotJson { .. } | Trouble::Malformed(_));
        match answers {
            Ok(answers) if self.status == 413 => {
                answers.into_iter().map(|answer| Ok(self.too_large(answer))).collect()
            }
            Ok(answers) => Ok(answers),
            Err(Trouble::Rpc { message, .. }) => Err(self.by_status(message)),
            Err(trouble) if known(&trouble) => Err(trouble),
            Err(_) => Err(self.by_status(self.start())),
        }
    }

    /// Whatever the words are, 413 asks for less.
    fn too_large<'a>(&self, answer: Answer<'a>) -> Answer<'a> {
        answer.map_err(|trouble| match trouble {
            Trouble::Rpc { message, .. } => self.by_status(message),
            trouble => trouble,
        })
    }

    fn by_status(&self, text: String) -> Trouble {
        match self.status {
            413 => Trouble::TooLarge { smaller: limits::Smaller::default(), message: text },
            503 if self.retry_after.is_some() => Trouble::RateLimited { retry_after: self.retry_after },
            400 | 403 | 405 | 415 | 501 if self.calls > 1 => Trouble::BatchRefused(text),
            status => Trouble::Http { status, text },
        }
    }

    fn told_wait(&self) -> Option<Duration> {
        match limits::read(429, std::str::from_utf8(&self.bytes).unwrap_or_default()) {
            Meaning::Later(wait) => wait,
            _ => None,
        }
    }

    fn read(&self) -> Result<Vec<Answer<'_>>, Trouble> {
        match self.bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'{') => self.one(parse(&self.bytes)?),
            Some(b'[') => self.many(parse(&self.bytes)?),
            _ => Err(Trouble::NotJson { kind: tame(&self.kind), start: self.start() }),
        }
    }

    fn one<'a>(&'a self, reply: Reply<'a>) -> Result<Vec<Answer<'a>>, Trouble> {
        let answer = self.outcome(&reply)?;
        if self.calls > 1 {
            // One object for many calls: only a refusal can be meant.
            let message = match answer {
                Ok(_) => "it answered several calls with one result".to_owned(),
                Err(Trouble::Rpc { code: -32_600 | -32_601 | -32_603 | -32_700, message }) => message,
                Err(trouble) => return Err(trouble),
            };
            return Err(Trouble::BatchRefused(message));
        }
        match answer {
            // Some say an error without repeating the id.
            Err(trouble) => Ok(vec![Err(trouble)]),
            Ok(result) => {
                self.place(&reply)?;
                Ok(vec![Ok(result)])
            }
        }
    }

    fn many<'a>(&'a self, replies: Vec<Reply<'a>>) -> Result<Vec<Answer<'a>>, Trouble> {
        let mut answers: Vec<Option<Answer<'a>>> = vec![None; self.calls];
        for reply in &replies {
            let answer = self.outcome(reply)?;
            let nameless = reply.id.is_none_or(|id| id.get() == "null");
            match answer {
                // An error without an id is about the whole request.
                Err(trouble) if nameless => return Err(trouble),
                answer => {
                    let place = self.place(reply)?;
                    if answers[place].replace(answer).is_some() {
                        return Err(Trouble::WrongId(self.id_text(reply)));
                    }
                }
            }
        }
        let missing = answers.iter().filter(|answer| answer.is_none()).count();
        answers
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| Trouble::Malformed(format!("{missing} of {} calls were not answered", self.calls)))
    }

    fn place(&self, reply: &Reply<'_>) -> Result<usize, Trouble> {
        let id = reply.id.map(|id| id.get().trim_matches('"')).and_then(|id| id.parse::<u64>().ok());
        id.and_then(|id| usize::try_from(id.checked_sub(self.first_id)?).ok())
            .filter(|place| *place < self.calls)
            .ok_or_else(|| Trouble::WrongId(self.id_text(reply)))
    }

    fn id_text(&self, reply: &Reply<'_>) -> String {
        reply.id.map_or_else(|| "none".to_owned(), |id| hide(&self.secrets, id.get()))
    }

    /// The outer error: the reply is not one at all.
    fn outcome<'a>(&self, reply: &Reply<'a>) -> Result<Answer<'a>, Trouble> {
        match (reply.error, reply.result) {
            (Some(error), _) => Ok(Err(self.refusal(error))),
            (None, Some(result)) => Ok(Ok(result)),
            (None, None) => Err(Trouble::Malformed("a reply has neither result nor error".to_owned())),
        }
    }

    fn refusal(&self, error: &RawValue) -> Trouble {
        let error: RpcError<'_> = serde_json::from_str(error.get()).unwrap_or_else(|_| RpcError {
            code: None,
            message: Some(error.get().trim_matches('"').into()),
            data: None,
        });
        let code = error.code.unwrap_or_default();
        let mut text = error.message.unwrap_or_default().into_owned();
        if let Some(data) = error.data {
            text = format!("{text} {}", data.get());
        }
        let message = hide(&self.secrets, &text);
        match limits::read(code, &text) {
            Meaning::Later(wait) => Trouble::RateLimited { retry_after: self.retry_after.or(wait) },
            Meaning::Smaller(smaller) => Trouble::TooLarge { smaller, message },
            Meaning::FewerCalls => Trouble::BatchRefused(message),
            Meaning::Behind => Trouble::Behind(message),
            Meaning::NoMethod => Trouble::NoMethod(message),
            Meaning::Unknown => Trouble::Rpc { code, message },
        }
    }

    fn start(&self) -> String {
        const SHOWN: usize = 120;
        let start = &self.bytes[..self.bytes.len().min(SHOWN)];
        if start.is_empty() {
            return "an empty body".to_owned();
        }
        hide(&self.secrets, &String::from_utf8_lossy(start))
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Trouble> {
    serde_json::from_slice(bytes).map_err(|error| Trouble::Malformed(tame(&error.to_string())))
}

/// Reads a call's result.
pub(super) fn result<T: DeserializeOwned>(answer: &Answer<'_>) -> Result<T, Trouble> {
    let raw = answer.as_ref().map_err(Clone::clone)?;
    parse(raw.get().as_bytes())
}

/// Parts of an address that may be keys.
fn secrets(url: &Url) -> Arc<[String]> {
    const SHORTEST: usize = 8;
    let path = url.path_segments().into_iter().flatten().map(str::to_owned);
    let query = url.query_pairs().map(|(_, value)| value.into_owned());
    let login = [url.username().to_owned(), url.password().unwrap_or_default().to_owned()];
    path.chain(query).chain(login).filter(|part| part.len() >= SHORTEST).collect()
}

fn hide(secrets: &[String], text: &str) -> String {
    let text = secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"));
    tame(&text)
}

/// The node answered with a block that it should have, but has not.
pub(super) fn behind(block: u64) -> Trouble {
    Trouble::Doubt(Doubt::MissingBlock(block))
}
