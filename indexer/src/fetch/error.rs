//! Why an endpoint, or all of them, brought nothing.

use std::fmt;
use std::time::Duration;

use super::Doubt;
use super::limits::Smaller;

/// Why one request to one endpoint brought nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Trouble {
    #[error("cannot connect: {0}")]
    Unreachable(String),
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("the answer broke off: {0}")]
    Broken(String),
    #[error("the answer is larger than {0} bytes")]
    Oversized(usize),
    #[error("HTTP status {status}: {text}")]
    Http { status: u16, text: String },
    #[error("too many requests{}", after(.retry_after))]
    RateLimited { retry_after: Option<Duration> },
    #[error("not a JSON-RPC answer ({kind}): {start}")]
    NotJson { kind: String, start: String },
    #[error("malformed JSON: {0}")]
    Malformed(String),
    #[error("it answered a question that was not asked (id {0})")]
    WrongId(String),
    #[error("it refused (code {code}): {message}")]
    Rpc { code: i64, message: String },
    #[error("it refuses several calls in one request: {0}")]
    BatchRefused(String),
    #[error("it asks for a smaller range: {message}")]
    TooLarge { smaller: Smaller, message: String },
    #[error("it does not have these blocks yet: {0}")]
    Behind(String),
    #[error("it does not offer this method: {0}")]
    NoMethod(String),
    #[error("it is left alone for {} ms more: {why}", .rest.as_millis())]
    Resting { rest: Duration, why: String },
    #[error("its chain is {found}, not {expected}")]
    WrongChain { found: u64, expected: u64 },
    #[error("it contradicts itself: {0}")]
    Doubt(#[from] Doubt),
}

impl Trouble {
    /// Whether the endpoint did not answer at all: when it does again, it may be another node.
    pub(super) fn is_absence(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Timeout(_) | Self::Broken(_))
    }
}

fn after(pause: &Option<Duration>) -> String {
    pause.map_or_else(String::new, |pause| format!(", told to wait {} s", pause.as_secs()))
}

fn try_blocks(blocks: &Option<u64>) -> String {
    blocks.map_or_else(String::new, |blocks| format!("; {blocks} blocks should do"))
}

/// What went wrong at which endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Never the path, which may hold a key.
    pub host: String,
    pub trouble: Trouble,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.host, self.trouble)
    }
}

/// Why the pool brought nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FetchError {
    #[error("no endpoint answers questions: name at least one that begins with http:// or https://")]
    NoEndpoint,
    #[error("{url} is no address of a node: it must begin with http://, https://, ws:// or wss://")]
    Scheme { url: String },
    #[error("cannot speak HTTP: {0}")]
    Client(String),
    #[error(
        "{host}: the node's chain is {found}, the deployment file is for chain {expected}: check --rpc-url and --deployment"
    )]
    WrongChain { host: String, found: u64, expected: u64 },
    #[error("the range is too large for the nodes{}", try_blocks(.suggested))]
    TooLarge { suggested: Option<u64> },
    #[error("no endpoint gave a good answer in {tries} tries: {}", list(.troubles))]
    Failed { tries: u32, troubles: Vec<Told> },
    #[error("the node contradicts itself: {0}")]
    Doubt(#[from] Doubt),
}

impl FetchError {
    /// Whether asking again may help.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::TooLarge { .. } | Self::Failed { .. } | Self::Doubt(_) => true,
            Self::NoEndpoint | Self::Scheme { .. } | Self::Client(_) | Self::WrongChain { .. } => false,
        }
    }

    /// What each endpoint last said, where that is why.
    pub fn troubles(&self) -> &[Told] {
        match self {
            Self::Failed { troubles, .. } => troubles,
            _ => &[],
        }
    }
}

fn list(troubles: &[Told]) -> String {
    if troubles.is_empty() {
        return "none is to be asked now".to_owned();
    }
    troubles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Foreign text, made fit for a log line: short, without control characters.
pub(super) fn tame(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut out: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_tamed() {
        assert_eq!(tame("a\0b\nc"), "a b c");
        assert_eq!(tame(&"x".repeat(1_000)).chars().count(), 301);
    }

    #[test]
    fn errors_read_alone() {
        let told = |host: &str, trouble| Told { host: host.to_owned(), trouble };
        let error = FetchError::Failed {
            tries: 4,
            troubles: vec![
                told("a.example", Trouble::Timeout(Duration::from_secs(2))),
                told("b.example", Trouble::RateLimited { retry_after: Some(Duration::from_secs(3)) }),
            ],
        };
        assert_eq!(
            error.to_string(),
            "no endpoint gave a good answer in 4 tries: a.example: no answer within 2000 ms; \
             b.example: too many requests, told to wait 3 s"
        );
        assert!(error.is_retryable());
        let wrong = FetchError::WrongChain { host: "a".into(), found: 5, expected: 1 };
        assert!(!wrong.is_retryable());
        assert_eq!(
            FetchError::TooLarge { suggested: Some(10) }.to_string(),
            "the range is too large for the nodes; 10 blocks should do"
        );
    }
}
