//! Free ports on this machine.

use std::{
    collections::BTreeSet,
    io,
    net::{Ipv4Addr, TcpListener},
    sync::{Mutex, PoisonError},
};

/// Below what operating systems give to connections that name no port: one that is free now is not given to the next
/// connection that some program opens.
const RANGE: std::ops::Range<u16> = 10_000..30_000;
/// A machine on which so many ports are taken has other worries.
const TRIES: usize = 1_000;

/// A port on 127.0.0.1 that was free just now, and that nobody else in this process was told of.
///
/// # Errors
/// When there is none.
pub fn free() -> io::Result<u16> {
    static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let port = rand::random_range(RANGE);
        match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(_) if given.insert(port) => return Ok(port),
            Ok(_) => {}
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_free_and_given_once() {
        let ports: BTreeSet<u16> = (0..50).map(|_| free().unwrap()).collect();
        assert_eq!(ports.len(), 50);
        assert!(ports.iter().all(|port| RANGE.contains(port)));
    }
}
