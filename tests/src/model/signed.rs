//! Signatures as the protocol takes them: who signed, whether just that, and what may be signed only once.

use std::collections::{BTreeMap, BTreeSet};

use super::error::require;
use super::{Account, Amount, Event, ListingId, Model, Outcome, SignedPay, StakingEvent};

/// What a signature is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seal {
    pub signer: Account,
    /// Whether what is shown is what was signed.
    pub whole: bool,
}

impl Seal {
    /// An account's own, by its key or by its code.
    pub(super) fn is_of(self, account: Account) -> bool {
        self.whole && self.signer == account
    }

    /// An account's own, where only a key's signature counts.
    pub(super) fn is_by_key_of(self, account: Account) -> bool {
        self.is_of(account) && account.has_key()
    }
}

/// Who keeps nonces that may be used in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keeper {
    Vault,
    Market,
}

/// What makes an authorization of tokens the only one of its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// A number that its giver chose.
    Own(u8),
    /// A deposit under this salt.
    Deposit(u8),
    /// All that a relayed payment says.
    Payment(Box<SignedPay>),
}

/// An authorization is made void by its giver's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    pub giver: Account,
    pub mark: Mark,
    pub seal: Seal,
}

/// Everything signed that cannot be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Used {
    /// Words of 256 nonces, by bits.
    pub(super) unordered: BTreeMap<(Keeper, Account, u64), Amount>,
    /// Counted per account: of signatures for its lock, and of STOA's permits.
    pub(super) locks: BTreeMap<Account, u64>,
    pub(super) permits: BTreeMap<Account, u64>,
    /// Counted per account: of claims from a listing's shares.
    pub(super) claims: BTreeMap<(ListingId, Account), u64>,
    pub(super) authorizations: BTreeSet<(Account, Mark)>,
}

/// The counter's value, which it leaves behind.
pub(super) fn count<K: Ord>(counters: &mut BTreeMap<K, u64>, key: K) -> u64 {
    let counter = counters.entry(key).or_default();
    *counter += 1;
    *counter - 1
}

impl Model {
    pub(super) fn use_nonce(&mut self, keeper: Keeper, account: Account, nonce: u64) -> Outcome {
        let (word, bit) = (nonce / 256, Amount::from(1) << (nonce % 256));
        let used = self.used.unordered.get(&(keeper, account, word)).copied().unwrap_or_default();
        require((used & bit).is_zero(), "Nonces_Used")?;
        self.cancel_nonces(keeper, account, word, bit)
    }

    pub(super) fn cancel_nonces(&mut self, keeper: Keeper, by: Account, word: u64, mask: Amount) -> Outcome {
        let used = self.used.unordered.entry((keeper, by, word)).or_default();
        *used |= mask;
        let event = Event::Nonces { keeper, account: by, word, used: *used };
        self.tell(event);
        Ok(())
    }

    /// What is void counts as used, and cannot be made void again.
    pub(super) fn revoke(&mut self, revocation: &Revocation) -> Outcome {
        let Revocation { giver, mark, seal } = revocation;
        require(seal.is_by_key_of(*giver), "ERC3009InvalidSignature")?;
        let unused = self.used.authorizations.insert((*giver, mark.clone()));
        require(unused, "ERC3009UsedAuthorization")
    }

    pub(super) fn cancel_lock_nonce(&mut self, by: Account) -> Outcome {
        self.use_lock_nonce(by);
        Ok(())
    }

    /// The next signature for an account's lock carries the next number; the one until now.
    pub(super) fn use_lock_nonce(&mut self, account: Account) -> u64 {
        let nonce = count(&mut self.used.locks, account);
        self.tell(StakingEvent::NonceChanged { account, nonce: nonce + 1 });
        nonce
    }

    /// Nonces that an account cannot use again.
    #[must_use]
    pub fn used_nonces(&self, keeper: Keeper, account: Account) -> Vec<u64> {
        let own = self.used.unordered.range((keeper, account, 0)..=(keeper, account, u64::MAX));
        let bits = |used: Amount| (0..256_u64).filter(move |bit| used.bit(*bit as usize));
        own.flat_map(|((_, _, word), used)| bits(*used).map(move |bit| word * 256 + bit)).collect()
    }

    /// The next nonce of an account's permits of STOA.
    #[must_use]
    pub fn permit_nonce(&self, account: Account) -> u64 {
        self.used.permits.get(&account).copied().unwrap_or_default()
    }

    /// The next nonce of signatures for an account's lock.
    #[must_use]
    pub fn lock_nonce(&self, account: Account) -> u64 {
        self.used.locks.get(&account).copied().unwrap_or_default()
    }

    /// The next nonce of an account's claims from a listing's shares.
    #[must_use]
    pub fn claim_nonce(&self, listing: ListingId, account: Account) -> u64 {
        self.used.claims.get(&(listing, account)).copied().unwrap_or_default()
    }

    /// Relayed payments that have been made by authorizations, or made void.
    #[must_use]
    pub fn authorized_payments(&self) -> Vec<&SignedPay> {
        let payments = self.used.authorizations.iter().filter_map(|(_, mark)| match mark {
            Mark::Payment(order) => Some(&**order),
            _ => None,
        });
        payments.collect()
    }
}
