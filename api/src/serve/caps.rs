//! How many connections there are, in all and by address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ipnet::IpNet;

use crate::access::network;

/// How often the log tells of connections that are refused.
const TELL: Duration = Duration::from_secs(10);

/// Counts connections and refuses those beyond the bounds. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Caps(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    total: u32,
    per_address: u32,
    /// Whose connections are many clients'.
    proxies: Vec<IpNet>,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    total: u32,
    by_address: HashMap<IpAddr, u32>,
    refused: u64,
    told: Option<Instant>,
}

/// Why a connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// There are as many as there may be.
    Server,
    /// Its address has as many as it may have.
    Address,
}

/// A connection that is counted until this is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    caps: Caps,
    address: Option<IpAddr>,
}

impl Caps {
    pub(super) fn new(total: u32, per_address: u32, proxies: Vec<IpNet>) -> Self {
        Self(Arc::new(Inner { total, per_address, proxies, open: Mutex::default() }))
    }

    /// Counts one more, if there may be.
    pub(super) fn admit(&self, peer: IpAddr) -> Result<Permit, Full> {
        let peer = peer.to_canonical();
        let proxied = self.0.proxies.iter().any(|network| network.contains(&peer));
        let address = (!proxied).then(|| network(peer));
        let mut open = self.open();
        if open.total >= self.0.total {
            return Err(self.refused(&mut open, Full::Server));
        }
        if let Some(address) = address {
            let of_it = open.by_address.get(&address).copied().unwrap_or_default();
            if of_it >= self.0.per_address {
                return Err(self.refused(&mut open, Full::Address));
            }
            open.by_address.insert(address, of_it + 1);
        }
        open.total += 1;
        Ok(Permit { caps: self.clone(), address })
    }

    /// A flood of connections is not to become one of lines.
    fn refused(&self, open: &mut Open, full: Full) -> Full {
        open.refused += 1;
        if open.told.is_none_or(|told| told.elapsed() >= TELL) {
            tracing::warn!(refused = open.refused, open = open.total, ?full, "connections were refused");
            (open.refused, open.told) = (0, Some(Instant::now()));
        }
        full
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut open = self.caps.open();
        open.total = open.total.saturating_sub(1);
        let Some(address) = self.address else { return };
        match open.by_address.get_mut(&address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                open.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(address: &str) -> IpAddr {
        address.parse().expect("an address")
    }

    #[test]
    fn connections_are_bounded_in_all_and_by_address_and_make_room_when_they_end() {
        let caps = Caps::new(3, 2, vec!["10.0.0.0/8".parse().expect("a network")]);
        let first = caps.admit(at("192.0.2.1")).expect("one");
        // The same address, as a socket of both families says it.
        let _second = caps.admit(at("::ffff:192.0.2.1")).expect("two");
        assert_eq!(caps.admit(at("192.0.2.1")).expect_err("one too many"), Full::Address);
        let third = caps.admit(at("192.0.2.2")).expect("another address");
        assert_eq!(caps.admit(at("192.0.2.3")).expect_err("all are taken"), Full::Server);
        drop(first);
        drop(caps.admit(at("192.0.2.1")).expect("there is room again"));
        drop(third);
        let _proxied = [caps.admit(at("10.0.0.1")).expect("one"), caps.admit(at("10.0.0.1")).expect("two")];
        assert_eq!(caps.admit(at("10.0.0.1")).expect_err("in all"), Full::Server);
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_nothing_is_kept_of_those_who_left() {
        let caps = Caps::new(9, 1, Vec::new());
        let one = caps.admit(at("2001:db8::1")).expect("one");
        assert_eq!(caps.admit(at("2001:db8::2")).expect_err("the same /64"), Full::Address);
        drop(one);
        assert!(caps.open().by_address.is_empty() && caps.open().total == 0);
    }
}
