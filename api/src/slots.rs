//! How many things of a kind may go on at once, in all and for one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::access::network;
use crate::error::ApiError;

/// The places there are.
#[derive(Debug)]
pub(crate) struct Slots {
    /// What they are for, as in "live connections".
    what: &'static str,
    /// What to do when there is none for an address.
    hint: &'static str,
    most: usize,
    per_address: usize,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

/// A place that is taken; dropped when it is free again.
#[derive(Debug)]
pub(crate) struct Slot {
    slots: Arc<Slots>,
    address: IpAddr,
}

impl Slots {
    pub(crate) fn new(
        what: &'static str,
        hint: &'static str,
        (most, per_address): (usize, usize),
    ) -> Arc<Self> {
        Arc::new(Self { what, hint, most, per_address, taken: Mutex::default() })
    }

    /// A place for this address, if there is one.
    pub(crate) fn take(self: &Arc<Self>, address: IpAddr) -> Result<Slot, ApiError> {
        let (address, what) = (network(address), self.what);
        let mut taken = self.taken();
        if taken.values().sum::<usize>() >= self.most {
            let text = format!("This server has as many {what} as it takes. Try again in a moment.");
            return Err(ApiError::TooMany(text));
        }
        let own = taken.get(&address).copied().unwrap_or_default();
        if own >= self.per_address {
            let hint = self.hint;
            let text = format!("This address has {own} {what}, the most that one may have at once. {hint}");
            return Err(ApiError::TooMany(text));
        }
        taken.insert(address, own + 1);
        Ok(Slot { slots: self.clone(), address })
    }

    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.taken();
        if let Some(own) = taken.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_address_and_in_all() {
        let slots = Slots::new("connections", "Close some.", (3, 2));
        let take = |text: &str| slots.take(text.parse().expect("an address"));
        let first = take("192.0.2.1").expect("free");
        let _second = take("::ffff:192.0.2.1").expect("free");
        assert!(take("192.0.2.1").is_err(), "one address has no more");
        let third = take("2001:db8::1").expect("free");
        assert!(take("2001:db8::2").is_err(), "all have no more");
        drop(first);
        let _fourth = take("2001:db8::3").expect("free again");
        assert!(take("2001:db8::4").is_err(), "the same /64");
        drop(third);
        assert!(take("192.0.2.1").is_ok());
    }
}
