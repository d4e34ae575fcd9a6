//! Files that wallets upload into the folder of published content: what of them is taken, and what is known of them.
//!
//! - [`receive`]: a body, written while it comes; - [`row`]: who uploaded what; - [`routes`]: `/v1/content`.
//!
//! *Invariant:* a file is in the folder under its name whole or not at all, whoever breaks off and when.

mod receive;
pub mod routes;
mod row;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use stoa_schema::types::Addr;

/// Uploads of one wallet, and of all, that run at once on this server.
const AT_ONCE: usize = 3;
const AT_ONCE_IN_ALL: usize = 32;
/// How long an upload may take.
pub(crate) const LONGEST: Duration = Duration::from_secs(60 * 60);
const MIB: u64 = 1 << 20;

/// What may be uploaded.
#[derive(Clone, Debug, Args)]
#[group(id = "uploads")]
#[command(next_help_heading = "Uploads")]
pub struct Settings {
    /// MiB of the largest file that a wallet may upload into the folder of published content, 0 to 65536; 0 takes none
    #[arg(long, env = "STOA_UPLOAD_MIB", default_value_t = 0, value_name = "MIB",
        value_parser = clap::value_parser!(u64).range(0..=65_536))]
    pub upload_mib: u64,
    /// MiB that one wallet may upload in a day (UTC), 1 to 1048576
    #[arg(long, env = "STOA_UPLOAD_MIB_PER_DAY", default_value_t = 512, value_name = "MIB",
        value_parser = clap::value_parser!(u64).range(1..=1_048_576))]
    pub upload_mib_per_day: u64,
    /// MiB that all wallets together may have uploaded, 1 to 1073741824
    #[arg(long, env = "STOA_UPLOAD_MIB_IN_ALL", default_value_t = 10_240, value_name = "MIB",
        value_parser = clap::value_parser!(u64).range(1..=1_073_741_824))]
    pub upload_mib_in_all: u64,
}

impl Settings {
    /// What takes uploads, if any are taken.
    pub fn uploads(&self) -> Option<Uploads> {
        let bytes = |mib: u64| mib * MIB;
        (self.upload_mib > 0).then(|| {
            Uploads::new(Limits {
                file: bytes(self.upload_mib),
                day: bytes(self.upload_mib_per_day),
                all: bytes(self.upload_mib_in_all),
            })
        })
    }
}

/// How much is taken, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// In one file.
    pub file: u64,
    /// Of a wallet in a day.
    pub day: u64,
    /// Of all wallets.
    pub all: u64,
}

/// What takes uploads. Clones share it.
#[derive(Clone, Debug)]
pub struct Uploads {
    limits: Limits,
    running: Arc<Mutex<HashMap<Addr, usize>>>,
}

/// One that runs.
#[derive(Debug)]
struct Place {
    account: Addr,
    running: Arc<Mutex<HashMap<Addr, usize>>>,
}

impl Uploads {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, running: Arc::default() }
    }

    /// A place among those that run; none where there are as many as may be.
    fn place(&self, account: Addr) -> Option<Place> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let own = running.get(&account).copied().unwrap_or(0);
        if own >= AT_ONCE || running.values().sum::<usize>() >= AT_ONCE_IN_ALL {
            return None;
        }
        running.insert(account, own + 1);
        Some(Place { account, running: self.running.clone() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = running.get_mut(&self.account) {
            *own -= 1;
            if *own == 0 {
                running.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_and_given_back() {
        let uploads = Uploads::new(Limits { file: 1, day: 1, all: 1 });
        let (one, other) = (Addr([1; 20].into()), Addr([2; 20].into()));
        let places: Vec<_> = (0..AT_ONCE).map(|_| uploads.place(one).expect("a place")).collect();
        assert!(uploads.place(one).is_none());
        assert!(uploads.place(other).is_some());
        drop(places);
        assert!(uploads.place(one).is_some());
        assert!(uploads.running.lock().expect("a lock").is_empty());
    }
}
