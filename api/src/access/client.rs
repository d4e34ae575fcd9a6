//! Whose request it is, where proxies stand before the server: what they say counts from those alone that are trusted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Where the address is not known, as without a socket: all count as one.
const UNKNOWN: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Which header the proxies write. Only that one is read: proxies pass on what clients write into the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ProxyHeader {
    #[default]
    XForwardedFor,
    /// RFC 7239.
    Forwarded,
}

/// The proxies before this server.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// Where they are.
    pub trusted: Vec<IpNet>,
    pub header: ProxyHeader,
}

/// The address that a request came from, as far as it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientIp(pub(crate) IpAddr);

impl ClientIp {
    /// From the connection, and from what trusted proxies say.
    pub(crate) fn of(request: &Request, proxies: &Proxies) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(UNKNOWN, |ConnectInfo(address)| address.ip().to_canonical());
        Self(proxies.client(peer, request.headers()))
    }

    /// The one that was found before, else the connection's.
    pub(crate) fn found(request: &Request) -> IpAddr {
        match request.extensions().get::<Self>() {
            Some(Self(address)) => *address,
            None => Self::of(request, &Proxies::default()).0,
        }
    }
}

/// Whoever has an IPv6 address has a whole /64 of them.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

impl Proxies {
    /// Each proxy appends whom it heard: read from the end, up to the first that is not trusted.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let is_trusted = |address: &IpAddr| self.trusted.iter().any(|network| network.contains(address));
        if !is_trusted(&peer) {
            return peer;
        }
        let mut last = peer;
        for hop in self.hops(headers).into_iter().rev() {
            // What a trusted proxy does not know, or does not tell, ends the chain at the proxy.
            let Some(address) = hop else { return last };
            last = address;
            if !is_trusted(&address) {
                break;
            }
        }
        last
    }

    /// What the header says, in the order in which it was appended.
    fn hops(&self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let (name, read): (_, fn(&str) -> Option<IpAddr>) = match self.header {
            ProxyHeader::XForwardedFor => (X_FORWARDED_FOR, address),
            ProxyHeader::Forwarded => (header::FORWARDED, forwarded_for),
        };
        let values = headers.get_all(name).into_iter().map(|value| value.to_str().unwrap_or_default());
        values.flat_map(|value| value.split(',')).map(read).collect()
    }
}

/// The `for` of one hop, as in `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(hop: &str) -> Option<IpAddr> {
    let value = hop.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    })?;
    address(value.trim_matches('"'))
}

/// An address, with or without a port; IPv6 with a port stands in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let found = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']').and_then(|(address, _)| address.parse().ok()).map(IpAddr::V6),
        None => text.parse().ok().or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip())),
    };
    found.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn of(peer: &str, header: &'static str, values: &[&str]) -> String {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8:ffff::/48"]
            .iter()
            .map(|text| text.parse().expect("a network"))
            .collect();
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header, HeaderValue::from_str(value).expect("text"));
        }
        let header = if header == "forwarded" { ProxyHeader::Forwarded } else { ProxyHeader::XForwardedFor };
        Proxies { trusted, header }.client(peer.parse().expect("an address"), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(of("192.0.2.1", "x-forwarded-for", &["198.51.100.7"]), "192.0.2.1", "a liar");
        assert_eq!(of("10.0.0.1", "x-forwarded-for", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "x-forwarded-for", &[]), "10.0.0.1");
        // What stands before the first address that is not trusted was written by it.
        assert_eq!(
            of("10.0.0.1", "x-forwarded-for", &["203.0.113.9, 198.51.100.7, 10.9.9.9"]),
            "198.51.100.7"
        );
        assert_eq!(of("10.0.0.1", "x-forwarded-for", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(of("10.0.0.1", "x-forwarded-for", &["198.51.100.7, nonsense"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", "x-forwarded-for", &["10.0.0.7, 10.0.0.8"]), "10.0.0.7");
    }

    #[test]
    fn forwarded_is_read_in_all_its_forms() {
        let of = |value: &str| of("10.0.0.1", "forwarded", &[value]);
        assert_eq!(of("for=198.51.100.7"), "198.51.100.7");
        assert_eq!(of("by=10.0.0.1;For=\"198.51.100.7:4711\";proto=https"), "198.51.100.7");
        assert_eq!(of("for=\"[2001:db8::1]:4711\""), "2001:db8::1");
        assert_eq!(of("for=\"[2001:db8::1]\", for=10.3.3.3"), "2001:db8::1");
        assert_eq!(of("for=unknown"), "10.0.0.1");
        assert_eq!(of("for=198.51.100.7, for=_hidden"), "10.0.0.1");
    }

    #[test]
    fn the_header_that_the_proxies_do_not_write_is_not_read() {
        let mut headers = HeaderMap::new();
        headers.insert("forwarded", HeaderValue::from_static("for=203.0.113.9"));
        headers.insert("x-forwarded-for", HeaderValue::from_static("198.51.100.7"));
        let proxies =
            Proxies { trusted: vec!["10.0.0.0/8".parse().expect("a network")], ..Proxies::default() };
        let found = proxies.client("10.0.0.1".parse().expect("an address"), &headers);
        assert_eq!(found.to_string(), "198.51.100.7");
    }

    #[test]
    fn ipv6_counts_by_its_first_half_and_mapped_addresses_as_ipv4() {
        let network = |text: &str| network(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8::1:2:3:4"), "2001:db8::");
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }

    proptest! {
        #[test]
        fn anything_may_be_sent(text in "[ -~]{0,80}") {
            let _ = of("10.0.0.1", "forwarded", &[&text]);
            let _ = of("10.0.0.1", "x-forwarded-for", &[&text]);
        }
    }
}
