//! How real nodes and providers word their refusals.

use serde_json::{Value, json};

/// Who words a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// infura.io
    Infura,
    /// alchemy.com
    Alchemy,
    /// quicknode.com
    QuickNode,
    /// ankr.com
    Ankr,
    /// chainstack.com
    Chainstack,
    /// go-ethereum
    Geth,
    /// reth
    Reth,
    /// erigon
    Erigon,
    /// nethermind
    Nethermind,
    /// foundry's anvil
    Anvil,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Infura,
        Self::Alchemy,
        Self::QuickNode,
        Self::Ankr,
        Self::Chainstack,
        Self::Geth,
        Self::Reth,
        Self::Erigon,
        Self::Nethermind,
        Self::Anvil,
    ];
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// The range of blocks is too large.
    Range,
    /// There are too many logs.
    Results,
    /// The block is not there.
    NotFound,
    /// Too many requests.
    Rate,
    /// It took too long.
    Timeout,
    /// Something else.
    Internal,
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Range, Self::Results, Self::NotFound, Self::Rate, Self::Timeout, Self::Internal];
}

/// What a refusal's text speaks of.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// First block asked for.
    pub from: u64,
    /// Last block asked for.
    pub to: u64,
    /// The limit that was passed: blocks or logs.
    pub limit: u64,
    /// The last block that would have been within the limit.
    pub fits: u64,
}

/// A JSON-RPC error, with the HTTP status that comes with it when the call came alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// JSON-RPC code.
    pub code: i64,
    /// The text.
    pub message: String,
    /// More, for a few.
    pub data: Option<Value>,
}

impl Refusal {
    /// A refusal without anything special.
    pub fn plain(code: i64, message: impl Into<String>) -> Self {
        Self { status: 200, code, message: message.into(), data: None }
    }

    fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }
}

impl Provider {
    /// The words this provider refuses with.
    pub fn refuses(self, trouble: Trouble, asked: &Asked) -> Refusal {
        match trouble {
            Trouble::Range => self.range(asked),
            Trouble::Results => self.results(asked),
            Trouble::NotFound => self.not_found(asked),
            Trouble::Rate => self.rate(),
            Trouble::Timeout => self.timeout(asked),
            Trouble::Internal => self.internal(),
        }
    }

    fn range(self, asked: &Asked) -> Refusal {
        let Asked { from, to, limit, fits } = *asked;
        let wide = to.saturating_sub(from) + 1;
        match self {
            Self::Infura => Refusal::plain(-32602, format!("range {wide} exceeds limit of {limit}")),
            Self::Alchemy => Refusal::plain(
                -32600,
                format!(
                    "Under the Free tier plan, you can make eth_getLogs requests with up to a {limit} block range. \
                     Based on your parameters, this block range should work: [{from:#x}, {fits:#x}]. Upgrade to PAYG \
                     for expanded block range."
                ),
            )
            .with_status(400),
            Self::QuickNode => {
                let limit = thousands(limit);
                Refusal::plain(-32614, format!("eth_getLogs is limited to a {limit} range")).with_status(413)
            }
            Self::Ankr => Refusal::plain(-32062, "block range is too wide"),
            Self::Chainstack => Refusal::plain(
                -32602,
                "Block range limit exceeded. See more details at https://docs.chainstack.com/docs/limits",
            ),
            Self::Geth => Refusal::plain(-32602, format!("exceed maximum block range {limit}")),
            Self::Reth | Self::Anvil => {
                Refusal::plain(-32602, format!("query exceeds max block range {limit}"))
            }
            Self::Erigon => {
                let text = format!("query block range exceeds server limit, narrow your filter: {limit}");
                Refusal::plain(-32602, text)
            }
            // It knows no such limit; it runs out of time instead.
            Self::Nethermind => self.timeout(asked),
        }
    }

    fn results(self, asked: &Asked) -> Refusal {
        let Asked { from, limit, fits, .. } = *asked;
        match self {
            Self::Infura => Refusal {
                data: Some(json!({
                    "from": format!("{from:#X}").replace("0X", "0x"),
                    "limit": limit,
                    "to": format!("{fits:#X}").replace("0X", "0x"),
                })),
                ..Refusal::plain(
                    -32005,
                    format!(
                        "query returned more than {limit} results. Try with this block range [0x{from:X}, 0x{fits:X}]."
                    ),
                )
            },
            Self::Alchemy => Refusal::plain(
                -32602,
                format!(
                    "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no \
                     limit on the response size, or you can request any block range with a cap of {limit} logs in the \
                     response. Based on your parameters and the response size limit, this block range should work: \
                     [{from:#x}, {fits:#x}]"
                ),
            )
            .with_status(400),
            Self::QuickNode => Refusal::plain(-32616, "response size exceeded").with_status(413),
            Self::Ankr => Refusal::plain(-32000, format!("logs matched by query exceeds limit of {limit}")),
            Self::Chainstack | Self::Geth => {
                Refusal::plain(-32005, format!("query returned more than {limit} results"))
            }
            Self::Reth | Self::Anvil => Refusal::plain(
                -32602,
                format!("query exceeds max results {limit}, retry with the range {from}-{fits}"),
            ),
            Self::Erigon => {
                Refusal::plain(-32602, format!("query returns too many logs, narrow your filter: {limit}"))
            }
            Self::Nethermind => Refusal::plain(
                -32005,
                format!("Too many logs requested. Max logs per response is {limit}."),
            ),
        }
    }

    fn not_found(self, asked: &Asked) -> Refusal {
        let to = asked.to;
        match self {
            Self::Alchemy | Self::Ankr => Refusal::plain(
                -32000,
                "One of the blocks specified in filter (fromBlock, toBlock or blockHash) cannot be found.",
            ),
            Self::Reth => Refusal::plain(-32001, format!("block not found: {to:#x}")),
            Self::Erigon => Refusal::plain(-32000, format!("block not found: {to}")),
            Self::Nethermind => Refusal::plain(-32001, format!("{to} could not be found")),
            Self::Anvil => {
                let head = to.saturating_sub(1);
                Refusal::plain(
                    -32602,
                    format!("BlockOutOfRangeError: block height is {head} but requested was {to}"),
                )
            }
            Self::Infura | Self::QuickNode | Self::Chainstack | Self::Geth => {
                Refusal::plain(-32000, "header not found")
            }
        }
    }

    fn rate(self) -> Refusal {
        let refusal = match self {
            Self::Infura => Refusal::plain(-32005, "daily request count exceeded, request rate limited"),
            Self::Alchemy => Refusal::plain(
                429,
                "Your app has exceeded its compute units per second capacity. If you have retries enabled, you can \
                 safely ignore this message. If not, check out https://docs.alchemy.com/reference/throughput",
            ),
            Self::QuickNode => Refusal::plain(
                -32007,
                "50/second request limit reached - reduce calls per second or upgrade your account at quicknode.com",
            ),
            Self::Ankr => {
                Refusal::plain(-32090, "Too many requests, reason: call rate limit exhausted, retry in 10s")
            }
            Self::Chainstack => {
                Refusal::plain(-32005, "You've exceeded the RPS limit available on the current plan.")
            }
            // Nodes have no such limit; the proxies before them do.
            _ => Refusal::plain(-32005, "rate limit exceeded"),
        };
        refusal.with_status(429)
    }

    fn timeout(self, asked: &Asked) -> Refusal {
        let Asked { from, fits, .. } = *asked;
        match self {
            Self::Alchemy => Refusal::plain(
                -32000,
                format!(
                    "Query timeout exceeded. Consider reducing your block range. Based on your parameters and the \
                     response size limit, this block range should work: [{from:#x}, {fits:#x}]"
                ),
            )
            .with_status(400),
            Self::Infura => Refusal::plain(-32005, "query timeout exceeded"),
            Self::Nethermind => {
                Refusal::plain(-32016, "eth_getLogs request was canceled due to enabled timeout.")
            }
            _ => Refusal::plain(-32002, "request timed out"),
        }
    }

    fn internal(self) -> Refusal {
        match self {
            Self::Nethermind => Refusal::plain(-32603, "Internal error"),
            Self::QuickNode => Refusal::plain(-32011, "network connection issue"),
            Self::Ankr => Refusal::plain(-32000, "failed to get response from any upstream"),
            _ => Refusal::plain(-32603, "internal error"),
        }
    }
}

/// `10000` as `10,000`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
