//! What can go wrong between a node and who asks it.

use super::lie::Lie;
use super::provider::{Provider, Trouble};

/// One thing that can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The answer comes so many milliseconds late.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// The request is read and never answered, the connection stays.
    Silence,
    /// An HTTP error such as 500, 502 or 503, with a page of a proxy. A WebSocket is closed.
    Status(u16),
    /// HTTP 429 with `Retry-After`. A WebSocket is closed.
    TooMany {
        /// Seconds.
        retry_after: u64,
    },
    /// The connection is closed in the middle of the answer.
    Hangup,
    /// The answer ends early, as if it were whole.
    Truncated,
    /// The answer is not JSON.
    Garbage,
    /// Bytes of the answer are replaced by NUL.
    Nul,
    /// The answer is compressed by gzip, asked for or not. (Not on a WebSocket.)
    Gzip,
    /// The answers of a batch come in another order, which is allowed.
    Shuffled,
    /// One answer of a batch is missing.
    Missing,
    /// The ids of a batch's answers, or of the one answer, are not those that were asked with.
    WrongIds,
    /// A back-end answers that is so many blocks behind, in all things.
    Stale {
        /// Blocks.
        blocks: u64,
    },
    /// A back-end answers that has not heard of the last reorganisation.
    OldFork,
    /// The node forgets its newest blocks when it is asked for its head, and knows them when asked by number.
    BackInTime {
        /// Blocks.
        blocks: u64,
    },
    /// `eth_getLogs` goes to a back-end that has no logs yet and says so by an empty list.
    EmptyLogs,
    /// A new head is not announced to a subscriber. With chance 1 the subscription is dead and does not say so.
    LostHead,
    /// A call is refused in a provider's words, though nothing is wrong with it.
    Refused(Provider, Trouble),
    /// One block's answer is not true.
    Lie(Lie),
}

/// What a fault happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// A message, which may be a batch.
    Message,
    /// A call of a message.
    Call,
    /// A new head that a subscriber should hear of.
    Head,
}

impl Fault {
    pub(super) fn scope(self) -> Scope {
        match self {
            Self::Refused(..) | Self::Lie(_) => Scope::Call,
            Self::LostHead => Scope::Head,
            _ => Scope::Message,
        }
    }

    /// Its name without particulars, for tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Delay { .. } => "delay",
            Self::Silence => "silence",
            Self::Status(_) => "status",
            Self::TooMany { .. } => "too many",
            Self::Hangup => "hangup",
            Self::Truncated => "truncated",
            Self::Garbage => "garbage",
            Self::Nul => "nul",
            Self::Gzip => "gzip",
            Self::Shuffled => "shuffled",
            Self::Missing => "missing",
            Self::WrongIds => "wrong ids",
            Self::Stale { .. } => "stale",
            Self::OldFork => "old fork",
            Self::BackInTime { .. } => "back in time",
            Self::EmptyLogs => "empty logs",
            Self::LostHead => "lost head",
            Self::Refused(..) => "refused",
            Self::Lie(_) => "lie",
        }
    }
}
