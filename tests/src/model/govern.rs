//! Who owns what is governed: handed over in two steps, so that it never goes to somebody who is not there.

use std::collections::BTreeMap;

use super::error::require;
use super::{Account, Event, Governed, Model, Outcome};

/// Owners, and those to whom ownership is offered.
#[derive(Clone, Debug)]
pub(super) struct Owners {
    pub(super) owners: BTreeMap<Governed, Account>,
    pub(super) offers: BTreeMap<Governed, Account>,
}

impl Owners {
    pub(super) fn new() -> Self {
        let owners = [Governed::Revenue, Governed::Staking].map(|what| (what, Account::Timelock));
        Self { owners: BTreeMap::from(owners), offers: BTreeMap::new() }
    }
}

impl Model {
    /// Who owns it.
    #[must_use]
    pub fn owner(&self, what: Governed) -> Account {
        self.owners.owners[&what]
    }

    /// To whom it is offered.
    #[must_use]
    pub fn offered_to(&self, what: Governed) -> Account {
        self.owners.offers.get(&what).copied().unwrap_or(Account::Zero)
    }

    pub(super) fn require_owner(&self, what: Governed, by: Account) -> Outcome {
        require(by == self.owner(what), "OwnableUnauthorizedAccount")
    }

    pub(super) fn offer_ownership(&mut self, by: Account, what: Governed, to: Account) -> Outcome {
        self.require_owner(what, by)?;
        self.owners.offers.insert(what, to);
        self.tell(Event::OwnershipOffered { what, owner: by, to });
        Ok(())
    }

    pub(super) fn accept_ownership(&mut self, by: Account, what: Governed) -> Outcome {
        require(by == self.offered_to(what), "OwnableUnauthorizedAccount")?;
        self.owners.offers.remove(&what);
        let from = self.owners.owners.insert(what, by).unwrap_or(Account::Zero);
        self.tell(Event::OwnershipTaken { what, from, to: by });
        Ok(())
    }
}
