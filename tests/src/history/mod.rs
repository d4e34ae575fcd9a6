//! Long histories of a market, without a chain: the model acts, and tells its logs block by block.
//!
//! Equal seeds and parameters give equal histories. Only what will succeed is chosen, so the model changes in place;
//! and nothing looks at more than it concerns, so a history's length does not make it slower.

mod buying;
mod earning;
mod founding;
mod governing;
mod money;
mod offering;
mod passing;
mod player;
mod pool;
mod scene;
mod selling;
mod sharing;
mod staking;

pub use player::{Moves, Player, Size};

use std::collections::BTreeMap;

use alloy::primitives::Log;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::facts::{self, Facts, Sales, Teller};
use crate::logs::{self, Book};
use crate::model::{Account, Action, Amount, Event, MarketEvent, Model, Refusal};

/// Who holds the whole supply of STOA at first.
pub const HOLDER: Account = Account::User(0);
/// The protocol's fee at first.
const FEE_BPS: u16 = 250;

/// A chain on which nothing has happened yet: everybody has coin.
#[must_use]
pub fn market(accounts: u32) -> Model {
    let supply = Amount::from(10).pow(Amount::from(27));
    let mut model = Model::new(FEE_BPS, Account::Staking, HOLDER, supply);
    for user in 0..accounts {
        model.endow(Account::User(user), Amount::from(10).pow(Amount::from(22)));
    }
    model
}

/// How long and how wide a history is.
#[derive(Clone, Copy, Debug)]
pub struct Params {
    /// At least so many logs; the last transactions may bring a few more.
    pub logs: usize,
    /// At least two: the first is the contracts' birth.
    pub blocks: usize,
    /// As many users by the end.
    pub accounts: u32,
    /// As many listings by the end, and about twice as many plans.
    pub listings: u64,
    /// Time of the first block.
    pub start: u64,
    /// Seconds from the first block to the last, at least one a block. Over a year, locks end.
    pub span: u64,
}

impl Default for Params {
    fn default() -> Self {
        Self {
            logs: 500_000,
            blocks: 5_000,
            accounts: 20_000,
            listings: 2_000,
            start: 1_800_000_000,
            span: 60 * 7 * 24 * 60 * 60,
        }
    }
}

/// What one block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryBlock {
    pub time: u64,
    pub transactions: Vec<Vec<Log>>,
}

/// A history, one block after the other: the first is the contracts' birth.
#[derive(Clone, Debug)]
pub struct History {
    params: Params,
    book: Book,
    model: Model,
    player: Player,
    random: StdRng,
    sales: Sales,
    tables: BTreeMap<&'static str, usize>,
    blocks: usize,
    logs: usize,
}

impl History {
    /// Its beginning: nothing has happened.
    #[must_use]
    pub fn new(seed: u64, params: Params) -> Self {
        Self {
            params,
            book: Book::invented(params.accounts),
            model: market(params.accounts),
            player: Player::new(seed, Size { accounts: params.accounts, listings: params.listings }),
            random: StdRng::seed_from_u64(seed),
            sales: Sales::default(),
            tables: BTreeMap::new(),
            blocks: 0,
            logs: 0,
        }
    }

    /// The same after so many blocks.
    #[must_use]
    pub fn after(seed: u64, params: Params, blocks: usize) -> Self {
        let mut history = Self::new(seed, params);
        history.by_ref().take(blocks).for_each(drop);
        history
    }

    /// The same past with another future.
    #[must_use]
    pub fn with_future(&self, seed: u64) -> Self {
        let mut history = self.clone();
        history.random = StdRng::seed_from_u64(seed);
        history.player.choose_by(seed);
        history
    }

    /// The names' addresses.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The market as it stands after the last block that was taken.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How many logs there have been of each table.
    #[must_use]
    pub fn tables(&self) -> &BTreeMap<&'static str, usize> {
        &self.tables
    }

    /// How many logs there have been.
    #[must_use]
    pub fn logs(&self) -> usize {
        self.logs
    }

    /// What the projections' tables must say after the last block that was taken.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let mut facts = facts::facts(&self.book, &self.model.figures(), Teller::Table);
        facts.extend(self.sales.facts(&self.book));
        facts
    }

    fn time(&mut self) -> u64 {
        let Params { start, span, blocks, .. } = self.params;
        let step = span / blocks.max(1) as u64;
        // Blocks are never equally far apart, but always some seconds.
        start + step * self.blocks as u64 + self.random.random_range(0..=step / 2)
    }

    /// What happens in one block: now and then nothing.
    fn fill(&mut self) -> Vec<Vec<Log>> {
        let Params { logs, blocks, .. } = self.params;
        let mut transactions = Vec::new();
        let last = self.blocks + 1 == blocks;
        if !last && self.random.random_bool(0.04) {
            return transactions;
        }
        let until = (logs as u128 * (self.blocks as u128 + 1) / blocks as u128) as usize;
        while self.logs < until {
            let progress = self.logs as f64 / logs as f64;
            for (by, action) in self.player.next(&self.model, progress) {
                transactions.push(self.play(by, &action));
            }
        }
        transactions.retain(|logs| !logs.is_empty());
        transactions
    }

    fn play(&mut self, by: Account, action: &Action) -> Vec<Log> {
        let told = self.model.apply_known(by, action);
        let told = told.unwrap_or_else(|Refusal(name)| {
            panic!("only what succeeds is chosen, but {action:?} by {by:?} does not: {name}")
        });
        self.player.note(&self.model, &told);
        self.log(&told)
    }

    fn log(&mut self, told: &[Event]) -> Vec<Log> {
        for event in told {
            *self.tables.entry(logs::table(event)).or_default() += 1;
            if let Event::Market(MarketEvent::Purchased(purchase)) = event {
                self.sales.note(purchase);
            }
            self.sales.note_others(event);
        }
        self.logs += told.len();
        logs::logs(&self.book, told)
    }
}

impl Iterator for History {
    type Item = HistoryBlock;

    fn next(&mut self) -> Option<HistoryBlock> {
        if self.blocks == self.params.blocks {
            return None;
        }
        let time = self.time();
        self.model.now = time;
        let transactions = if self.blocks == 0 {
            self.model.birth().iter().map(|told| self.log(told)).collect()
        } else {
            self.fill()
        };
        self.blocks += 1;
        Some(HistoryBlock { time, transactions })
    }
}
