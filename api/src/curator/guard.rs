//! Which hosts are asked for content. Addresses in listings are anybody's: whoever lists something must not make this
//! server speak to what only it can reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// What is let through besides the public internet over https.
#[derive(Clone, Debug, Default)]
pub enum Private {
    /// Nothing.
    #[default]
    Nothing,
    /// These addresses, also over http.
    Only(Vec<IpAddr>),
    /// Everything, also over http: for a machine on which nobody else's content is listed.
    Everything,
}

/// Why an address is not asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("only https addresses are fetched, not {0}")]
    Scheme(String),
    #[error("its host is not on the public internet")]
    Private,
    #[error("it names a user, which no public document needs")]
    User,
}

impl Private {
    fn lets(&self, ip: IpAddr) -> bool {
        match self {
            Self::Nothing => is_public(ip),
            Self::Only(some) => is_public(ip) || some.contains(&ip),
            Self::Everything => true,
        }
    }

    /// Whether this address may be asked, as far as it can be told before its name is looked up.
    pub(crate) fn check(&self, url: &Url) -> Result<(), Refused> {
        let plain = !matches!(self, Self::Nothing);
        match url.scheme() {
            "https" => {}
            "http" if plain => {}
            other => return Err(Refused::Scheme(other.chars().take(16).collect())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Refused::User);
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(Refused::Private),
        };
        if self.lets(ip) { Ok(()) } else { Err(Refused::Private) }
    }
}

/// Looks names up and hides what may not be asked. The addresses that pass are those that are connected to: a name
/// that says something else the next time gains nothing.
#[derive(Clone, Debug)]
pub(crate) struct Guarded(pub(crate) Arc<Private>);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = self.0.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if !found.iter().all(|address| allowed.lets(address.ip())) {
                return Err(Refused::Private.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is one of the public internet (IANA's special-purpose registries).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        // Carriers' own, protocol assignments, 6to4 relays, benchmarks.
        || (a == 100 && (b & 0xc0) == 64)
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b & 0xfe) == 18);
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [a, b, ..] = ip.segments();
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // Only 2000::/3 is handed out; in it are documentation, Teredo, ORCHID, benchmarks and 6to4, which hide others.
    let handed_out = (a & 0xe000) == 0x2000;
    let special = (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || a == 0x2002 || (a == 0x3fff && b < 0x1000);
    handed_out && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets(text: &str) -> bool {
        Private::Nothing.lets(text.parse().expect(text))
    }

    #[test]
    fn only_the_public_internet_is_asked() {
        for public in ["1.1.1.1", "172.32.0.1", "192.0.1.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(lets(public), "{public}");
        }
        for private in [
            "0.0.0.0",
            "127.0.0.1",
            "127.9.9.9",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "3fff::1",
            "fec0::1",
            "100::1",
        ] {
            assert!(!lets(private), "{private}");
        }
        assert!(Private::Everything.lets("127.0.0.1".parse().expect("an address")));
    }

    #[test]
    fn addresses_are_checked_however_they_are_written() {
        let check = |text: &str| Private::Nothing.check(&Url::parse(text).expect(text));
        assert_eq!(check("https://example.org/a.json"), Ok(()));
        assert_eq!(check("https://1.1.1.1/"), Ok(()));
        for private in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:169.254.169.254]/",
            "https://①②⑦.0.0.1/",
        ] {
            assert_eq!(check(private), Err(Refused::Private), "{private}");
        }
        assert_eq!(check("https://a:b@example.org/"), Err(Refused::User));
        for scheme in
            ["http://example.org/", "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/"]
        {
            assert!(matches!(check(scheme), Err(Refused::Scheme(_))), "{scheme}");
        }
        let some = Private::Only(vec!["127.0.0.1".parse().expect("an address")]);
        assert_eq!(some.check(&Url::parse("http://127.0.0.1:8/").expect("an address")), Ok(()));
        assert_eq!(
            some.check(&Url::parse("http://127.0.0.2:8/").expect("an address")),
            Err(Refused::Private)
        );
    }
}
