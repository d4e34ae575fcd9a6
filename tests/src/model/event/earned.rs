//! Of those who hold something that earns: shares and locks.

use crate::model::{Account, Amount, Token};

/// What shares do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareEvent {
    Transfer {
        from: Account,
        to: Account,
        amount: Amount,
    },
    /// What the Market may sell for a holder.
    Allowed {
        owner: Account,
        amount: Amount,
    },
    TokenAdded {
        token: Token,
        position: usize,
    },
    Fixed {
        account: Account,
        token: Token,
        earned: Earned,
    },
    Claimed {
        account: Account,
        token: Token,
        to: Account,
        amount: Amount,
        to_wallet: bool,
        left: Earned,
    },
}

/// What an account has earned up to an index and not been paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Earned {
    pub index: Amount,
    pub accrued: Amount,
}

/// What locks and fees do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StakingEvent {
    TokenListed {
        token: Token,
        position: usize,
    },
    LockChanged {
        account: Account,
        payer: Account,
        change: LockChange,
        added: Amount,
        amount: Amount,
        score: Amount,
        /// In seconds.
        end: u64,
        total: Amount,
    },
    Withdrawn {
        account: Account,
        to: Account,
        amount: Amount,
        to_wallet: bool,
    },
    Distributed {
        token: Token,
        week: u64,
        amount: Amount,
        index: Amount,
        total: Amount,
    },
    Fixed {
        account: Account,
        token: Token,
        earned: Earned,
    },
    Claimed {
        account: Account,
        token: Token,
        to: Account,
        amount: Amount,
        payout: Payout,
        left: Earned,
    },
    ReinvestSet {
        account: Account,
        enabled: bool,
    },
    NonceChanged {
        account: Account,
        nonce: u64,
    },
    TiersChanged([u32; 4]),
}

/// Why a lock is another than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockChange {
    Start,
    Raise,
    Extend,
    Reinvest,
}

/// Where an account's fees went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payout {
    Balance,
    Wallet,
    Lock,
}
