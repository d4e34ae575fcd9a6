//! Lies: what a node says of a block, if it does not say the truth.

use std::borrow::Cow;
use std::collections::BTreeSet;

use alloy::consensus::Header;
use alloy::consensus::proofs::calculate_receipt_root;
use alloy::primitives::{B256, Bloom, Bytes as Data, Log, LogData};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::Block;
use super::block;
use super::text::{self, Said};
use super::words::{self, Word};

/// How a block's answer differs from the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lie {
    /// One log is missing.
    Omit,
    /// One amount in a log's data is larger by one.
    Amount,
    /// One indexed word of a log is another.
    Topic,
    /// One address in a log's data or topics is another.
    AddressWord,
    /// One log comes from another contract of the block.
    Emitter,
    /// One log comes twice.
    Duplicate,
    /// Two neighbouring logs change places.
    Swap,
    /// All logs are missing.
    Empty,
    /// One log says that a reorganisation removed it.
    Removed,
    /// One log has the block hash of another fork.
    ForkHash,
    /// The logs say that the block has another time. (Seen only where logs tell times.)
    LogTime,
    /// The block has another hash.
    Hash,
    /// The block has another parent.
    Parent,
    /// The block has another time.
    Time,
    /// What a test made up: see [`Wire::tell`](super::Wire::tell).
    Own,
}

impl Lie {
    /// All that a node can make up by itself.
    pub const ALL: [Self; 14] = [
        Self::Omit,
        Self::Amount,
        Self::Topic,
        Self::AddressWord,
        Self::Emitter,
        Self::Duplicate,
        Self::Swap,
        Self::Empty,
        Self::Removed,
        Self::ForkHash,
        Self::LogTime,
        Self::Hash,
        Self::Parent,
        Self::Time,
    ];

    /// Whether it shows in headers rather than in logs.
    pub fn of_header(self) -> bool {
        matches!(self, Self::Hash | Self::Parent | Self::Time)
    }
}

/// How far a lie about logs is kept up. Each keeps up what the one before does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// `eth_getLogs` lies, receipts and header are true.
    Logs,
    /// Receipts agree with the logs, and log indices have no gaps: only the header's bloom may contradict, and a
    /// recomputed receipts root does.
    Receipts,
    /// The header's bloom agrees too: only a recomputed receipts root contradicts.
    Bloom,
    /// The header's receipts root agrees too: only a recomputed header hash contradicts.
    Root,
}

/// A lie that is told: what the node says of one block instead of the truth.
#[derive(Clone, Debug)]
pub struct Told {
    /// Which kind.
    pub lie: Lie,
    /// How far it is kept up.
    pub reach: Reach,
    /// The block's number.
    pub number: u64,
    /// The block's true hash.
    pub hash: B256,
    /// The true log that it is about, if it is about one.
    pub log: Option<Log>,
    /// Whether it is told whenever the block is asked for.
    pub sticky: bool,
    pub(super) header: alloy::rpc::types::Header,
    pub(super) logs: Vec<Said<'static>>,
}

/// Which logs lies may be about: those with one of these first topics. None: all.
pub(super) type Aim = Option<BTreeSet<B256>>;

/// Makes up a lie about `block`, or none if there is nothing in it to lie about in this way.
pub(super) fn tell(block: &Block, lie: Lie, reach: Reach, aim: &Aim, seed: u64) -> Option<Told> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut header = block.rpc_header();
    let mut logs: Vec<Said<'static>> = text::honest(block).into_iter().map(owned).collect();
    let aimed = |log: &Log| match aim {
        None => true,
        Some(topics) => log.topics().first().is_some_and(|topic| topics.contains(topic)),
    };
    let targets: Vec<usize> = (0..logs.len()).filter(|n| aimed(&logs[*n].log)).collect();
    let about = if lie.of_header() {
        header_lie(lie, reach, &mut header, &mut logs, &mut random);
        None
    } else {
        Some(log_lie(lie, reach, &mut logs, &targets, &mut random)?)
    };
    let log = about.and_then(|n| block.logs().nth(n)).map(|(_, log)| log.clone());
    let (number, hash) = (block.number(), block.hash());
    let mut told = Told { lie, reach, number, hash, log, sticky: false, header, logs };
    told.keep_up(block);
    Some(told)
}

/// A lie whose logs are given.
pub(super) fn own(block: &Block, transactions: Vec<Vec<Log>>, reach: Reach) -> Told {
    let spread =
        (0_usize..).zip(transactions).flat_map(|(n, logs)| logs.into_iter().map(move |log| (n, log)));
    let last = block.transaction_hashes().len().saturating_sub(1);
    let said = |(index, (place, log)): (u64, (usize, Log))| {
        let place = place.min(last);
        Said {
            log: Cow::Owned(log),
            block: block.hash(),
            number: block.number(),
            time: block.time(),
            transaction: block.transaction_hashes().get(place).copied().unwrap_or_default(),
            place: place as u64,
            index,
            removed: false,
        }
    };
    let logs = (0..).zip(spread).map(said).collect();
    let header = block.rpc_header();
    let (lie, number, hash) = (Lie::Own, block.number(), block.hash());
    let mut told = Told { lie, reach, number, hash, log: None, sticky: true, header, logs };
    told.keep_up(block);
    told
}

impl Told {
    /// The block's logs, as they are told.
    pub fn logs(&self) -> impl Iterator<Item = &Log> {
        self.logs.iter().map(|said| &*said.log)
    }

    /// Makes receipts, bloom and root agree with the logs, as far as it reaches.
    fn keep_up(&mut self, block: &Block) {
        if self.lie.of_header() {
            return;
        }
        if self.reach >= Reach::Receipts {
            for (index, said) in (0..).zip(&mut self.logs) {
                said.index = index;
            }
        }
        if self.reach >= Reach::Bloom {
            self.header.inner.logs_bloom = self.logs.iter().fold(Bloom::ZERO, |mut bloom, said| {
                bloom.accrue_log(&said.log);
                bloom
            });
        }
        if self.reach >= Reach::Root {
            let mut transactions = vec![Vec::new(); block.transaction_hashes().len()];
            for said in &self.logs {
                if let Some(logs) = transactions.get_mut(said.place as usize) {
                    logs.push(said.log.clone().into_owned());
                }
            }
            self.header.inner.receipts_root = calculate_receipt_root(&block::receipts(transactions));
        }
    }
}

fn owned(said: Said<'_>) -> Said<'static> {
    Said { log: Cow::Owned(said.log.into_owned()), ..said }
}

fn header_lie(
    lie: Lie,
    reach: Reach,
    header: &mut alloy::rpc::types::Header,
    logs: &mut [Said<'_>],
    random: &mut StdRng,
) {
    let inner: &mut Header = &mut header.inner;
    match lie {
        Lie::Parent => inner.parent_hash = B256::from(random.random::<[u8; 32]>()),
        Lie::Time => inner.timestamp += random.random_range(1..1_000),
        _ => {
            header.hash = B256::from(random.random::<[u8; 32]>());
            if reach >= Reach::Receipts {
                logs.iter_mut().for_each(|said| said.block = header.hash);
            }
        }
    }
}

/// Changes `logs`, and says which one it is about.
fn log_lie(
    lie: Lie,
    reach: Reach,
    logs: &mut Vec<Said<'_>>,
    targets: &[usize],
    random: &mut StdRng,
) -> Option<usize> {
    let words = |which: fn(&Word) -> bool| -> Vec<(usize, Word)> {
        let of = |n: usize| words::of(&logs[n].log).into_iter().filter(which).map(move |word| (n, word));
        targets.iter().flat_map(|n| of(*n)).collect()
    };
    let word = match lie {
        Lie::Amount => Some(words(|word| word.is_amount()).choose(random).copied()?),
        Lie::Topic => Some(words(|word| word.is_topic()).choose(random).copied()?),
        Lie::AddressWord => Some(words(|word| word.is_address()).choose(random).copied()?),
        _ => None,
    };
    if let Some((n, word)) = word {
        let log = logs[n].log.to_mut();
        *log = word.altered(log, lie == Lie::Amount, random);
        return Some(n);
    }
    let n = *targets.choose(random)?;
    match lie {
        Lie::Omit => drop(logs.remove(n)),
        Lie::Empty => logs.clear(),
        Lie::Duplicate => logs.insert(n, logs[n].clone()),
        Lie::Swap => return swap(logs, targets, reach, random),
        Lie::Removed => logs[n].removed = true,
        Lie::ForkHash => logs[n].block = B256::from(random.random::<[u8; 32]>()),
        Lie::LogTime => {
            let later = random.random_range(1..1_000);
            logs.iter_mut().for_each(|said| said.time += later);
        }
        Lie::Emitter => {
            let own = logs[n].log.address;
            let others: Vec<_> = logs.iter().map(|said| said.log.address).filter(|a| *a != own).collect();
            logs[n].log.to_mut().address = *others.choose(random)?;
        }
        _ => return None,
    }
    Some(n)
}

/// Neighbours that differ change places. Where receipts agree, their indices do not go with them.
fn swap(logs: &mut [Said<'_>], targets: &[usize], reach: Reach, random: &mut StdRng) -> Option<usize> {
    let differ = |n: &usize| logs.get(n + 1).is_some_and(|next| next.log != logs[*n].log);
    let n = *targets.iter().copied().filter(differ).collect::<Vec<_>>().choose(random)?;
    if reach >= Reach::Receipts {
        let (one, other) = (logs[n].log.clone(), logs[n + 1].log.clone());
        (logs[n].log, logs[n + 1].log) = (other, one);
    } else {
        logs.swap(n, n + 1);
    }
    Some(n)
}

/// The same log with other topics and data.
pub(super) fn with_data(log: &Log, topics: Vec<B256>, data: Vec<u8>) -> Log {
    Log { address: log.address, data: LogData::new_unchecked(topics, Data::from(data)) }
}
