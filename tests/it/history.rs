//! Long histories: the same for the same seed, wide, and true to what an eager division of fees and revenue gives.

mod eager;

use std::collections::BTreeSet;

use alloy::primitives::{B256, Keccak256};
use stoa_tests::history::{self, History, HistoryBlock, Params, Player, Size};

use eager::Eager;

fn small() -> Params {
    Params { logs: 12_000, blocks: 300, accounts: 400, listings: 60, ..Params::default() }
}

fn digest(blocks: impl Iterator<Item = HistoryBlock>) -> B256 {
    let mut hash = Keccak256::new();
    for block in blocks {
        hash.update(block.time.to_be_bytes());
        for (place, transaction) in block.transactions.iter().enumerate() {
            hash.update(place.to_be_bytes());
            for log in transaction {
                hash.update(log.address);
                log.topics().iter().for_each(|topic| hash.update(topic));
                hash.update(&log.data.data);
            }
        }
    }
    hash.finalize()
}

#[test]
fn equal_seeds_give_equal_histories() {
    let of = |seed| digest(History::new(seed, small()));
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn every_event_occurs_and_the_size_is_as_asked() {
    for seed in 1..=8 {
        let params = small();
        let mut history = History::new(seed, params);
        let blocks: Vec<HistoryBlock> = history.by_ref().collect();
        assert_eq!(blocks.len(), params.blocks, "seed {seed}");
        assert!(blocks.windows(2).all(|pair| pair[0].time < pair[1].time), "seed {seed}: times ascend");
        assert!(blocks.iter().any(|block| block.transactions.is_empty()), "seed {seed}: a block is empty");
        let logs: usize = blocks.iter().flat_map(|block| &block.transactions).map(Vec::len).sum();
        assert_eq!(logs, history.logs(), "seed {seed}");
        assert!((params.logs..params.logs + 20).contains(&logs), "seed {seed}: {logs} logs");
        let told: BTreeSet<&str> = history.tables().keys().copied().collect();
        let all: BTreeSet<&str> =
            stoa_schema::events::tables().map(|table| table.name).filter(|name| *name != "raw_log").collect();
        let missing: Vec<_> = all.difference(&told).collect();
        assert!(missing.is_empty(), "seed {seed}: never told: {missing:?}");
        assert!(told.is_subset(&all), "seed {seed}: tables that are none: {told:?}");
    }
}

#[test]
fn a_history_can_be_taken_up_at_any_block() {
    let mut whole = History::new(3, small());
    let first: Vec<HistoryBlock> = whole.by_ref().take(100).collect();
    let at_hundred = whole.facts();
    let rest = digest(whole);
    let again = History::after(3, small(), 100);
    assert_eq!(again.facts(), at_hundred);
    assert_eq!(digest(again), rest);
    assert_eq!(first.len(), 100);
}

/// The model fixes what an account has earned when something changes for it. This is what comes out where everybody
/// gets their part at once, whenever there is something to divide.
/// The model fixes what an account has earned when something changes for it. This is what comes out where everybody
/// gets their part at once, whenever there is something to divide.
#[test]
fn nobody_earns_more_or_less_than_by_an_eager_division() {
    const ACTIONS: usize = 3_000;
    for seed in 1..=4 {
        let size = Size { accounts: 80, listings: 20 };
        let (mut model, mut player) = (history::market(size.accounts), Player::new(seed, size));
        let (mut eager, mut checked) = (Eager::default(), 0);
        model.now = Params::default().start;
        for action in 0..ACTIONS {
            model.now += Params::default().span / ACTIONS as u64;
            for (by, action) in player.next(&model, action as f64 / ACTIONS as f64) {
                let told = model.apply_known(by, &action).expect("only what succeeds is chosen");
                player.note(&model, &told);
                eager.note(&model, &told);
            }
            if action % 100 == 0 {
                checked += eager.check(&model);
            }
        }
        assert!(checked > 1_000, "seed {seed}: {checked} claims compared");
    }
}
