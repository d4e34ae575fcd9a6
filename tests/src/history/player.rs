use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use super::pool::skewed;
use super::scene::Scene;
use crate::model::{Account, Action, Amount, Event, Figure, Model, Seal, Token};

/// What is done one after the other, each of which succeeds if nothing comes between.
pub type Moves = Vec<(Account, Action)>;

/// A way to go on, if there is one now.
type Way = fn(&mut Player, &Model) -> Option<Moves>;

/// One in so many choices is something that seldom happens, all such things in turn.
const SELDOM: usize = 18;

/// How wide a market grows.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub accounts: u32,
    pub listings: u64,
}

/// Chooses what happens in a market.
#[derive(Clone, Debug)]
pub struct Player {
    pub(super) random: StdRng,
    pub(super) scene: Scene,
    size: Size,
    progress: f64,
    /// So many users have come.
    users: u32,
    turns: usize,
    /// The next of the things that seldom happen.
    seldom: usize,
}

impl Player {
    /// Equal seeds choose the same in the same places.
    #[must_use]
    pub fn new(seed: u64, size: Size) -> Self {
        let random = StdRng::seed_from_u64(seed);
        Self { random, scene: Scene::default(), size, progress: 0.0, users: 1, turns: 0, seldom: 0 }
    }

    /// From now on it chooses by another seed.
    pub(super) fn choose_by(&mut self, seed: u64) {
        self.random = StdRng::seed_from_u64(seed);
    }

    /// What happens next; `progress` says how much of all there is to happen has happened, from 0 to 1.
    pub fn next(&mut self, model: &Model, progress: f64) -> Moves {
        self.progress = progress;
        self.turns += 1;
        if let Some(moves) = self.grow(model) {
            return moves;
        }
        if self.turns.is_multiple_of(SELDOM)
            && let Some(moves) = self.something_rare(model)
        {
            return moves;
        }
        let way: Way = match self.random.random_range(0..1_000) {
            0..400 => Self::buy,
            400..480 => Self::buy_signed,
            480..620 => Self::spend,
            620..660 => Self::spend_signed,
            660..730 => Self::deposit,
            730..770 => Self::withdraw,
            770..830 => Self::transfer,
            830..890 => Self::settle,
            890..915 => Self::claim_revenue,
            915..940 => Self::transfer_shares,
            940..950 => Self::buy_shares,
            950..965 => Self::lock,
            965..972 => Self::raise,
            972..988 => Self::claim_fees,
            _ => Self::pay_listing,
        };
        way(self, model).or_else(|| self.buy(model)).unwrap_or_else(|| self.fund(model))
    }

    /// Hears what came of it.
    pub fn note(&mut self, model: &Model, told: &[Event]) {
        for event in told {
            self.scene.note(model, event);
        }
    }

    /// A market begins with a few listings and plans, and gets more.
    fn grow(&mut self, model: &Model) -> Option<Moves> {
        let listings = (self.size.listings as f64 * self.progress.max(0.002)) as u64 + 3;
        if model.listing_count() < listings.min(self.size.listings) && self.random.random_bool(0.4) {
            return self.create_listing(model);
        }
        if model.plan_count() < 2 * model.listing_count() && self.random.random_bool(0.3) {
            return self.create_plan(model);
        }
        None
    }

    /// In turn, but for what cannot happen now.
    fn something_rare(&mut self, model: &Model) -> Option<Moves> {
        for _ in 0..RARE.len() {
            let way = RARE[self.seldom % RARE.len()];
            self.seldom += 1;
            if let Some(moves) = way(self, model) {
                return Some(moves);
            }
        }
        None
    }

    /// A user, known or new.
    pub(super) fn someone(&mut self) -> Account {
        let expected = (f64::from(self.size.accounts) * self.progress) as u32 + 8;
        if self.users < expected.min(self.size.accounts) && self.random.random_bool(0.5) {
            self.users += 1;
            return Account::User(self.users - 1);
        }
        Account::User(skewed(&mut self.random, self.users as usize) as u32)
    }

    /// Somebody who has been there for long.
    pub(super) fn relayer(&mut self) -> Account {
        Account::User(self.random.random_range(0..self.users.min(8)))
    }

    /// Mostly dollars.
    pub(super) fn token(&mut self) -> Token {
        match self.random.random_range(0..20) {
            0..11 => Token::Dollar,
            11..14 => Token::Colossal,
            14..17 => Token::Stoa,
            _ => Token::Coin,
        }
    }

    /// A sensible amount of a token, from cents to thousands.
    pub(super) fn amount(&mut self, token: Token) -> Amount {
        let dollars_in_cents =
            self.random.random_range(1..100_u64) * 10_u64.pow(self.random.random_range(0..4));
        let cent: u64 = match token {
            Token::Dollar | Token::Colossal | Token::Absent => 10_000,
            Token::Stoa => 100_000_000_000_000_000,
            Token::Coin => 3_000_000_000_000,
        };
        Amount::from(dollars_in_cents) * Amount::from(cent)
    }

    /// Part of what there is; nothing of nothing.
    pub(super) fn part(&mut self, whole: Amount) -> Amount {
        let part = whole / Amount::from(self.random.random_range(1..12_u64));
        if part.is_zero() { whole } else { part }
    }

    /// Part of an account's balance, if it has one.
    pub(super) fn part_of_balance(&mut self, model: &Model, account: Account, token: Token) -> Amount {
        self.part(model.holding(Figure::Balance(token, account)))
    }

    pub(super) fn sometimes(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }
}

/// An account's own signature.
pub(super) fn seal(signer: Account) -> Seal {
    Seal { signer, whole: true }
}

/// Last second of what is signed.
pub(super) fn deadline(model: &Model) -> u64 {
    model.now + 24 * 60 * 60
}

const RARE: [Way; 47] = [
    Player::list_fee_token,
    Player::create_shares,
    Player::approve,
    Player::set_operator,
    Player::transfer_from,
    Player::fill_pocket,
    Player::move_from_pocket,
    Player::withdraw_from_pocket,
    Player::deposit_native,
    Player::withdraw_native,
    Player::deposit_signed,
    Player::cancel_nonces,
    Player::describe,
    Player::publish,
    Player::rename,
    Player::set_status,
    Player::transfer_listing,
    Player::approve_listing,
    Player::approve_all_listings,
    Player::change_plan,
    Player::pause_plan,
    Player::resume_plan,
    Player::resume_listing,
    Player::bound_plan,
    Player::gate_by_list,
    Player::gate_by_tier,
    Player::gate_by_holding,
    Player::open_gate,
    Player::approve_passes,
    Player::transfer_pass,
    Player::transfer_passes,
    Player::create_shares,
    Player::add_payment_token,
    Player::open_sale,
    Player::buy_shares,
    Player::close_sale,
    Player::extend,
    Player::withdraw_lock,
    Player::set_reinvest,
    Player::reinvest,
    Player::distribute,
    Player::cancel_lock_nonce,
    Player::set_tiers,
    Player::set_fee,
    Player::pause_sales,
    Player::hand_over,
    Player::distribute,
];
