//! Sign-in with Ethereum (EIP-4361): the message, read as strictly as the standard writes it.

use alloy::primitives::Address;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

const ASKS: &str = " wants you to sign in with your Ethereum account:";
/// Ours are some hundred bytes.
const LONGEST: usize = 4_000;
const LEAST_NONCE: usize = 8;

/// Why a text is no such message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotSiwe(String);

/// What somebody signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Scheme of the origin, where the message names one.
    pub(crate) scheme: Option<String>,
    /// Host, with a port where it has one.
    pub(crate) domain: String,
    pub(crate) address: Address,
    pub(crate) uri: Url,
    pub(crate) chain_id: i64,
    pub(crate) nonce: String,
    pub(crate) issued_at: OffsetDateTime,
    pub(crate) expires_at: Option<OffsetDateTime>,
    pub(crate) not_before: Option<OffsetDateTime>,
}

fn no<T>(why: impl Into<String>) -> Result<T, NotSiwe> {
    Err(NotSiwe(why.into()))
}

impl Message {
    /// Reads a message: every line where it belongs, and no other.
    pub(crate) fn parse(text: &str) -> Result<Self, NotSiwe> {
        if text.len() > LONGEST {
            return no(format!("the message is longer than {LONGEST} bytes"));
        }
        if text.chars().any(|letter| letter.is_control() && letter != '\n') {
            return no("the message has control characters; its lines end with a line feed alone");
        }
        let mut lines = Lines { lines: text.split('\n').collect(), at: 0 };
        let (scheme, domain) = origin(lines.next("the domain's line")?)?;
        let address = address(lines.next("the address")?)?;
        lines.empty("the line after the address")?;
        // Without a statement, its line is empty as well.
        if !lines.next("the statement")?.is_empty() {
            lines.empty("the line after the statement")?;
        }
        let uri = lines.tagged("URI: ")?;
        let uri = Url::parse(uri).or_else(|error| no(format!("`URI` is not one: {error}")))?;
        if lines.tagged("Version: ")? != "1" {
            return no("`Version` must be 1");
        }
        let chain_id = natural(lines.tagged("Chain ID: ")?)?;
        let nonce = lines.tagged("Nonce: ")?.to_owned();
        if nonce.len() < LEAST_NONCE || !nonce.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return no("`Nonce` must have at least 8 letters and digits");
        }
        let issued_at = time(lines.tagged("Issued At: ")?)?;
        let expires_at = lines.maybe("Expiration Time: ").map(time).transpose()?;
        let not_before = lines.maybe("Not Before: ").map(time).transpose()?;
        lines.maybe("Request ID: ");
        lines.resources()?;
        lines.end()?;
        Ok(Self { scheme, domain, address, uri, chain_id, nonce, issued_at, expires_at, not_before })
    }
}

/// The lines that are left.
struct Lines<'a> {
    lines: Vec<&'a str>,
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self, what: &str) -> Result<&'a str, NotSiwe> {
        let Some(line) = self.lines.get(self.at) else { return no(format!("{what} is missing")) };
        self.at += 1;
        Ok(line)
    }

    fn empty(&mut self, what: &str) -> Result<(), NotSiwe> {
        if self.next(what)?.is_empty() { Ok(()) } else { no(format!("{what} must be empty")) }
    }

    fn tagged(&mut self, tag: &str) -> Result<&'a str, NotSiwe> {
        let name = tag.trim_end().trim_end_matches(':');
        match self.next(&format!("`{name}`"))?.strip_prefix(tag) {
            Some(value) => Ok(value),
            None => no(format!("`{name}` is not where it belongs")),
        }
    }

    fn maybe(&mut self, tag: &str) -> Option<&'a str> {
        let value = self.lines.get(self.at)?.strip_prefix(tag)?;
        self.at += 1;
        Some(value)
    }

    /// They must be addresses; what they name is of no consequence here.
    fn resources(&mut self) -> Result<(), NotSiwe> {
        if self.lines.get(self.at) != Some(&"Resources:") {
            return Ok(());
        }
        self.at += 1;
        while let Some(resource) = self.maybe("- ") {
            if Url::parse(resource).is_err() {
                return no("a line of `Resources` is no URI");
            }
        }
        Ok(())
    }

    fn end(&self) -> Result<(), NotSiwe> {
        match self.lines.get(self.at) {
            None => Ok(()),
            Some(_) => no(format!("line {} does not belong there", self.at + 1)),
        }
    }
}

fn origin(line: &str) -> Result<(Option<String>, String), NotSiwe> {
    let Some(origin) = line.strip_suffix(ASKS) else {
        return no(format!("the first line must end with `{}`", ASKS.trim_start()));
    };
    let (scheme, domain) = match origin.split_once("://") {
        Some((scheme, domain)) => (Some(scheme.to_owned()), domain),
        None => (None, origin),
    };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if domain.is_empty() || !domain.bytes().all(letters) {
        return no("the domain must be a host, with a port where it has one");
    }
    Ok((scheme, domain.to_owned()))
}

fn address(line: &str) -> Result<Address, NotSiwe> {
    Address::parse_checksummed(line, None)
        .or_else(|_| no("the address must be written with its checksum (EIP-55)"))
}

fn natural(text: &str) -> Result<i64, NotSiwe> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain).map_or_else(|| no("`Chain ID` must be a whole number"), Ok)
}

fn time(text: &str) -> Result<OffsetDateTime, NotSiwe> {
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| no(format!("`{text}` is no time as RFC 3339 writes them")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The standard's own example.
    const EXAMPLE: &str = "example.com wants you to sign in with your Ethereum account:
0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2

I accept the ExampleOrg Terms of Service: https://example.com/tos

URI: https://example.com/login
Version: 1
Chain ID: 1
Nonce: 32891756
Issued At: 2021-09-30T16:25:24Z
Resources:
- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/
- https://example.com/my-web2-claim.json";

    #[test]
    fn the_standards_examples_are_read() {
        let message = Message::parse(EXAMPLE).expect("valid");
        assert_eq!((message.domain.as_str(), message.chain_id), ("example.com", 1));
        assert_eq!((message.scheme, message.nonce.as_str()), (None, "32891756"));
        let port = EXAMPLE.replacen("example.com", "https://example.com:3388", 1);
        let message = Message::parse(&port).expect("valid");
        assert_eq!((message.scheme.as_deref(), message.domain.as_str()), (Some("https"), "example.com:3388"));
        let silent =
            EXAMPLE.replace("I accept the ExampleOrg Terms of Service: https://example.com/tos\n", "");
        assert!(Message::parse(&silent).is_ok(), "without a statement");
        let all = EXAMPLE.replace(
            "Resources:",
            "Expiration Time: 2021-09-30T17:25:24.5+02:00\nNot Before: 2021-09-30T16:00:00Z\nRequest ID: 7\nResources:",
        );
        let message = Message::parse(&all).expect("valid");
        assert!(message.expires_at.is_some() && message.not_before.is_some());
    }

    #[test]
    fn everything_else_is_refused() {
        let bad = [
            ("Ethereum account:", "Ethereum accounts:"),
            ("0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2"),
            ("Cc2\n\n", "Cc2\n"),
            ("tos\n\n", "tos\n"),
            ("tos\n\n", "tos\nmore\n\n"),
            ("Version: 1", "Version: 2"),
            ("Version: 1", "Version: 1\nVersion: 1"),
            ("Chain ID: 1", "Chain ID: 01"),
            ("Chain ID: 1", "Chain ID: -1"),
            ("Nonce: 32891756", "Nonce: 3289175"),
            ("Nonce: 32891756", "Nonce: 3289 1756"),
            ("Issued At: 2021-09-30T16:25:24Z", "Issued At: yesterday"),
            ("Resources:", "Request ID: 7\nNot Before: 2021-09-30T16:00:00Z\nResources:"),
            ("Resources:", "Remark: hello\nResources:"),
            ("- ipfs:", "- no uri"),
            ("\n", "\r\n"),
            ("example.com wants", " wants"),
            ("example.com wants", "example.com/x wants"),
            ("example.com wants", "a@example.com wants"),
            ("URI: https://example.com/login", "URI: login"),
        ];
        for (from, to) in bad {
            let text = EXAMPLE.replacen(from, to, 1);
            assert_ne!(text, EXAMPLE, "{from}");
            assert!(Message::parse(&text).is_err(), "{to}");
        }
        assert!(Message::parse(&format!("{EXAMPLE}\n")).is_err(), "a line more");
        assert!(Message::parse(&EXAMPLE.replace("tos\n", &format!("tos{}\n", "s".repeat(4_000)))).is_err());
    }

    proptest! {
        #[test]
        fn anything_may_be_sent(text in "(?s).{0,300}") {
            let _ = Message::parse(&text);
        }

        #[test]
        fn a_line_moved_is_a_line_refused(from in 0_usize..9, to in 0_usize..9) {
            let mut lines: Vec<&str> = EXAMPLE.split('\n').collect();
            let line = lines.remove(from);
            lines.insert(to, line);
            let moved = lines.join("\n");
            prop_assert_eq!(Message::parse(&moved).is_ok(), moved == EXAMPLE);
        }
    }
}
