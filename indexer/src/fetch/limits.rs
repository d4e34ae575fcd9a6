//! What providers' refusals mean. There is no standard: codes overlap and texts differ, so both are read.

use std::time::Duration;

/// What a refusal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Fewer blocks, or fewer results.
    Smaller(Smaller),
    /// Another time.
    Later(Option<Duration>),
    /// Calls one by one, or at least fewer at once.
    FewerCalls,
    /// The node does not have the blocks yet.
    Behind,
    /// The method is not offered.
    NoMethod,
    Unknown,
}

/// How much smaller a range should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Smaller {
    /// So many blocks would do.
    pub blocks: Option<u64>,
    /// Whether that many is the limit for every range, not only where there are many logs.
    pub lasting: bool,
    /// The limit of results in one answer.
    pub results: Option<u64>,
}

/// Texts around the number of blocks that a provider allows, in lower case.
const BLOCK_LIMITS: &[(&str, &str)] = &[
    ("limited to a ", ""),                      // QuickNode, 1RPC, Blast
    ("limited to 0 - ", " block"),              // 1RPC
    ("limited to ", " block"),                  // BlockPI
    ("up to a ", " block range"),               // Alchemy, Aurora
    ("exceeds limit of ", ""),                  // Infura
    ("maximum block range: ", ""),              // BNB's geth, PublicNode
    ("max block range = ", ""),                 // Morph
    ("max block range ", ""),                   // reth, Hyperliquid
    ("server limit, narrow your filter: ", ""), // erigon
    ("max range: ", ""),                        // Cloudflare, cdk-erigon
    ("range limit ", ""),                       // Tenderly
    ("maximum is set to ", ""),                 // Avalanche
    ("(maximum ", ")"),                         // Moonbeam
    ("maximum allowed is ", " block"),          // Sei
    ("at most ", " blocks"),                    // Coinbase
    ("requested blocks is ", ""),               // thirdweb
    ("blocks distance: ", ""),                  // Ankr
    ("ranges over ", " blocks"),                // dRPC
    ("range greater than ", " max"),            // Swell
    ("block range exceeds ", ""),               // Somnia
    ("max is ", " blocks"),                     // Merkle
    ("smaller than size ", ""),                 // Harmony
    ("> ", ")"),                                // Blast's plans: «(5000 > 1000)»
];

/// Texts around the number of logs that a provider allows.
const RESULT_LIMITS: &[(&str, &str)] = &[
    ("returned more than ", " results"),             // Infura, zkSync
    ("max results ", ""),                            // reth, Ankr, LlamaRPC
    ("max logs per response is ", ""),               // nethermind
    ("too many logs, narrow your filter: ", ""),     // erigon
    ("logs matched by query exceeds limit of ", ""), // Arbitrum
    ("with a cap of ", " logs"),                     // Alchemy
];

const SMALLER: &[&str] = &[
    "too many blocks",
    "too many logs",
    "too many results",
    "response size",
    "response too large",
    "response is too big",
    "result too large",
    "entity too large",
    "timed out",
    "timeout",
    "query exceeds",
    "max results",
    "returned more than",
];

const LATER: &[&str] = &[
    "rate limit",
    "rate exceeded",
    "call rate",
    "too many requests",
    "compute units",
    "credits limited",
    "rps limit",
    "requests per second",
    "request limit",
    "request count exceeded",
    "quota",
    "throughput",
    "capacity exceeded",
    "over capacity",
];

const BEHIND: &[&str] = &[
    "beyond current head",
    "header not found",
    "unknown block",
    "block not found",
    "after last accepted block",
    "greater than latest block",
    "block is out of range",
    "could not find block",
];

const NO_METHOD: &[&str] = &[
    "method not found",
    "does not exist/is not available",
    "method is not available",
    "method is not supported",
    "method not supported",
    "unsupported method",
    "method not allowed",
    "is not whitelisted",
];

/// What an error of a call means; `text` is its message, with its data behind it.
pub(super) fn read(code: i64, text: &str) -> Meaning {
    let text = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if matches!(code, 429 | -32_029 | -32_097) || says(LATER) {
        return Meaning::Later(wait(&text));
    }
    if text.contains("batch") && !text.contains("getlogs") {
        return Meaning::FewerCalls;
    }
    if says(BEHIND) {
        return Meaning::Behind;
    }
    if code == -32_601 || says(NO_METHOD) {
        return Meaning::NoMethod;
    }
    let ranged = text.contains("range")
        && ["large", "wide", "exceed", "limit", "high", "greater", "bigger", "max", "over", "up to"]
            .iter()
            .any(|word| text.contains(word));
    let coded = code == -32_005 && (text.contains("limit") || text.contains("exceed"));
    let blocks = number(&text, BLOCK_LIMITS);
    let results = number(&text, RESULT_LIMITS);
    if !(ranged
        || coded
        || says(SMALLER)
        || results.is_some()
        || (blocks.is_some() && text.contains("block")))
    {
        return Meaning::Unknown;
    }
    // Many results in this range say nothing of other ranges.
    let crowded = results.is_some() || text.contains("response size") || text.contains("response too large");
    Meaning::Smaller(if crowded {
        Smaller { blocks: suggestion(&text), lasting: false, results }
    } else if blocks.is_some_and(|blocks| blocks > 0) {
        Smaller { blocks, lasting: true, results: None }
    } else {
        Smaller { blocks: suggestion(&text), lasting: false, results: None }
    })
}

/// The first number that stands between any of these pairs of texts.
fn number(text: &str, table: &[(&str, &str)]) -> Option<u64> {
    table.iter().find_map(|(before, after)| {
        text.match_indices(before).find_map(|(at, found)| {
            let (number, rest) = leading_number(&text[at + found.len()..])?;
            rest.starts_with(after).then_some(number)
        })
    })
}

/// «10,000», «10k», «2m» at the beginning of a text, and what follows.
fn leading_number(text: &str) -> Option<(u64, &str)> {
    let mut number: Option<u64> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let digit_follows = rest[c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        match c.to_digit(10) {
            Some(digit) => {
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
            }
            None if matches!(c, ',' | '.' | '_') && number.is_some() && digit_follows => {}
            None => break,
        }
        rest = &rest[c.len_utf8()..];
    }
    let number = number?;
    for (suffix, factor) in [("k", 1_000), ("m", 1_000_000)] {
        // A unit, not the beginning of a word.
        if let Some(rest) = rest.strip_prefix(suffix)
            && !rest.starts_with(|c: char| c.is_alphanumeric())
        {
            return Some((number.checked_mul(factor)?, rest));
        }
    }
    Some((number, rest))
}

/// «[0x10, 0x1f]» or «retry with the range 16-31»: how many blocks that is.
fn suggestion(text: &str) -> Option<u64> {
    let hex = |text: &str| u64::from_str_radix(text.trim().strip_prefix("0x")?, 16).ok();
    let bracketed = text.match_indices("[0x").find_map(|(at, _)| {
        let inner = &text[at + 1..];
        let (from, to) = inner[..inner.find(']')?].split_once(',')?;
        Some((hex(from)?, hex(to)?))
    });
    let (from, to) = bracketed.or_else(|| {
        let (_, inner) = text.split_once("with the range ")?;
        let (from, rest) = leading_number(inner)?;
        let (to, _) = leading_number(rest.trim_start().strip_prefix('-')?.trim_start())?;
        Some((from, to))
    })?;
    to.checked_sub(from)?.checked_add(1)
}

/// «retry in 10s», «"backoff_seconds":30»: how long to wait.
fn wait(text: &str) -> Option<Duration> {
    ["backoff_seconds\":", "retry in ", "retry after ", "try again in "].iter().find_map(|before| {
        let (_, rest) = text.split_once(before)?;
        let (number, rest) = leading_number(rest.trim_start())?;
        let rest = rest.trim_start();
        Some(if rest.starts_with("ms") { Duration::from_millis(number) } else { Duration::from_secs(number) })
    })
}

/// `Retry-After`, as seconds or as a date.
pub(super) fn retry_after(value: &str, now: std::time::SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lasting(blocks: u64) -> Meaning {
        Meaning::Smaller(Smaller { blocks: Some(blocks), lasting: true, results: None })
    }

    fn here(blocks: Option<u64>, results: Option<u64>) -> Meaning {
        Meaning::Smaller(Smaller { blocks, lasting: false, results })
    }

    /// Real texts, by provider.
    #[test]
    fn refusals_of_a_range_are_understood() {
        #[rustfmt::skip]
        let table: &[(&str, i64, &str, Meaning)] = &[
            ("Infura", -32_005, "query returned more than 10000 results. Try with this block range [0xBDE5F8, 0xBDE6F7].", here(Some(256), Some(10_000))),
            ("Infura", -32_602, "range 1000000 exceeds limit of 10000", lasting(10_000)),
            ("Alchemy", -32_602, "Log response size exceeded. You can make eth_getLogs requests with up to a 2K block range and no limit on the response size, or you can request any block range with a cap of 10K logs in the response. Based on your parameters and the response size limit, this block range should work: [0x0, 0xd043b8]", here(Some(0xd0_43b9), Some(10_000))),
            ("Alchemy", -32_600, "You can make eth_getLogs requests with up to a 500 block range. Based on your parameters, this block range should work: [0x123c9b2, 0x123cba5]", lasting(500)),
            ("Alchemy", -32_600, "Under the Free tier plan, you can make eth_getLogs requests with up to a 10 block range. Based on your parameters, this block range should work: [0x1, 0xa]. Upgrade to PAYG for expanded block range.", lasting(10)),
            ("Alchemy", -32_602, "Log response size exceeded. Please reduce query block range.", here(None, None)),
            ("QuickNode", -32_614, "eth_getLogs is limited to a 10,000 range", lasting(10_000)),
            ("QuickNode", -32_602, "eth_getLogs and eth_newFilter are limited to a 10,000 blocks range", lasting(10_000)),
            ("QuickNode", -32_012, "requested range too large", here(None, None)),
            ("Ankr", -32_600, "block range is too wide", here(None, None)),
            ("Ankr", -32_602, "maximum [from, to] blocks distance: 10000", lasting(10_000)),
            ("Ankr", -32_602, "query exceeds max results 20000, retry with the range 6000000-6000509", here(Some(510), Some(20_000))),
            ("Chainstack", -32_602, "Block range limit exceeded. See more details at https://docs.chainstack.com/docs/limits#evm-range-limits", here(None, None)),
            ("Swell", -32_602, "block range greater than 1000 max: 1000", lasting(1_000)),
            ("geth", -32_003, "response too large", here(None, None)),
            ("geth", -32_002, "request timed out", here(None, None)),
            ("geth of BNB", -32_000, "exceed maximum block range: 5000", lasting(5_000)),
            ("node of BNB", -32_005, "limit exceeded", here(None, None)),
            ("reth", -32_602, "query exceeds max block range 100000", lasting(100_000)),
            ("reth", -32_602, "query exceeds max results 2000, retry with the range 64862334-64862849", here(Some(516), Some(2_000))),
            ("erigon", -32_000, "query block range exceeds server limit, narrow your filter: 1000", lasting(1_000)),
            ("erigon", -32_000, "query returns too many logs, narrow your filter: 20000", here(None, Some(20_000))),
            ("cdk-erigon", -32_005, "block range too large, max range: 10000", lasting(10_000)),
            ("nethermind", -32_005, "Too many logs requested. Max logs per response is 20000.", here(None, Some(20_000))),
            ("nethermind", -32_016, "eth_getLogs request was canceled due to enabled timeout.", here(None, None)),
            ("Anvil, forked", -32_603, "Fork Error: HTTP error 413 with body: eth_getLogs is limited to a 10,000 range", lasting(10_000)),
            ("Tenderly", -32_602, "invalid params {\"payload\":\"range 9009594 is bigger than range limit 2000\"}", lasting(2_000)),
            ("Avalanche", -32_000, "requested too many blocks from 1 to 9000, maximum is set to 2048", lasting(2_048)),
            ("Cloudflare", -32_047, "Invalid eth_getLogs request. 'fromBlock'-'toBlock' range too large. Max range: 800", lasting(800)),
            ("Moonbeam", -32_603, "block range is too wide (maximum 1024)", lasting(1_024)),
            ("Morph", -32_000, "block range is larger than max block range, block range = 5120, max block range = 5000", lasting(5_000)),
            ("Sei", -32_000, "block range too large (2000), maximum allowed is 1000 blocks", lasting(1_000)),
            ("dRPC", -32_000, "ranges over 10000 blocks are not supported on freetier", lasting(10_000)),
            ("Coinbase", -32_000, "please limit the query to at most 1,000 blocks", lasting(1_000)),
            ("Merkle", -32_000, "eth_getLogs range is too large, max is 10k blocks", lasting(10_000)),
            ("Blast", -32_600, "block range exceeds the range allowed for your plan (5000 > 1000)", lasting(1_000)),
            ("Arbitrum", -32_000, "logs matched by query exceeds limit of 10000", here(None, Some(10_000))),
            ("Optimism", -32_020, "backend response too large", here(None, None)),
            ("Candle", -32_600, "block range too high", here(None, None)),
        ];
        for (provider, code, text, meaning) in table {
            assert_eq!(read(*code, text), *meaning, "{provider}: {text}");
        }
    }

    #[test]
    fn refusals_of_haste_are_understood() {
        #[rustfmt::skip]
        let table: &[(i64, &str, Option<u64>)] = &[
            (429, "Your app has exceeded its compute units per second capacity. If you have retries enabled, you can safely ignore this message.", None),
            (-32_005, "project ID request rate exceeded {\"rate\":{\"allowed_rps\":1,\"backoff_seconds\":30,\"current_rps\":3}}", Some(30)),
            (-32_005, "daily request count exceeded, request rate limited", None),
            (-32_012, "credits limited to 6000/sec", None),
            (-32_007, "50/second request limit reached - reduce calls per second or upgrade your account at quicknode.com", None),
            (-32_005, "You've exceeded the RPS limit available on the current plan", None),
            (-32_090, "Too many requests, reason: call rate limit exhausted, retry in 10s", Some(10)),
            (-32_016, "over rate limit", None),
        ];
        for (code, text, seconds) in table {
            assert_eq!(read(*code, text), Meaning::Later(seconds.map(Duration::from_secs)), "{text}");
        }
    }

    #[test]
    fn other_refusals_are_told_apart() {
        #[rustfmt::skip]
        let table: &[(i64, &str, Meaning)] = &[
            (-32_600, "batch too large", Meaning::FewerCalls),
            (-32_600, "Number of requests in batch exceeds --rpc-max-batch-size.", Meaning::FewerCalls),
            (-32_005, "Batch size limit exceeded", Meaning::FewerCalls),
            (-32_000, "batch requests are not supported on the free plan", Meaning::FewerCalls),
            (-32_602, "block range extends beyond current head block", Meaning::Behind),
            (-32_000, "header not found", Meaning::Behind),
            (-32_601, "the method eth_getBlockReceipts does not exist/is not available", Meaning::NoMethod),
            (-32_601, "Method not found", Meaning::NoMethod),
            (-32_603, "Internal error", Meaning::Unknown),
            (-32_602, "invalid argument 0: hex string without 0x prefix", Meaning::Unknown),
            (-32_000, "execution reverted", Meaning::Unknown),
            (-32_011, "no backend is currently healthy to serve traffic", Meaning::Unknown),
        ];
        for (code, text, meaning) in table {
            assert_eq!(read(*code, text), *meaning, "{text}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").expect("a date");
        assert_eq!(retry_after(" 7 ", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:57 GMT", now), Some(Duration::from_secs(20)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO), "it has passed");
        assert_eq!(retry_after("soon", now), None);
    }
}
