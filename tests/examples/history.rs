//! Tells a history's shape: how long it takes to make, and each table's share of its logs.
//!
//! `cargo run --release --example history -- [logs] [blocks] [seed]`

use std::time::Instant;

use stoa_tests::history::{History, Params};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<usize>().expect("a number"));
    let (usual, mut next) = (Params::default(), |otherwise| numbers.next().unwrap_or(otherwise));
    let (logs, blocks, seed) = (next(usual.logs), next(usual.blocks), next(1));
    let start = Instant::now();
    let mut history = History::new(seed as u64, Params { logs, blocks, ..usual });
    let (mut transactions, mut bytes, mut largest) = (0, 0, 0);
    for block in history.by_ref() {
        transactions += block.transactions.len();
        largest = largest.max(block.transactions.iter().map(Vec::len).sum());
        bytes += block.transactions.iter().flatten().map(|log| log.data.data.len()).sum::<usize>();
    }
    let seconds = start.elapsed().as_secs_f64();
    let total = history.logs();
    println!(
        "{total} logs in {transactions} transactions, {bytes} bytes of data; a block has at most {largest}"
    );
    println!("{seconds:.1} s, {:.0} logs a second", total as f64 / seconds);
    let mut tables: Vec<_> = history.tables().iter().collect();
    tables.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), **name));
    for (name, count) in tables {
        println!("{count:8} {:6.2} % {name}", *count as f64 * 100.0 / total as f64);
    }
    let facts = history.facts();
    println!("{} facts at the end, after {:.1} s", facts.len(), start.elapsed().as_secs_f64());
}
