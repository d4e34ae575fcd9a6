//! What database and API must say, in words of their own: the model's figures as facts, and facts compared.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::Address;

use crate::logs::Book;
use crate::logs::merkle;
use crate::model::{
    Account, Amount, Event, Figure, Figures, Governed, Keeper, ListingId, MarketEvent, PlanId, Purchase,
    RevenueEvent, Token, Value,
};

/// What, and how much: no entry stands for zero.
pub type Facts = BTreeMap<String, String>;

/// What the projections' tables say, as rows of two columns: what, and how much.
pub const TABLES: &str = include_str!("facts.sql");

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Teller {
    /// A projection's table, which [`TABLES`] asks.
    Table,
    /// Only the API's answers: it depends on the time, or on more than one row.
    Answer,
}

/// The facts that follow from figures, told by this teller.
#[must_use]
pub fn facts(book: &Book, figures: &Figures, teller: Teller) -> Facts {
    let mut facts = Facts::new();
    for (figure, value) in figures {
        if self::teller(*figure) == Some(teller)
            && let Some(what) = what(book, *figure)
        {
            facts.insert(what, text(book, *value));
        }
    }
    facts
}

/// Where facts are not the same.
#[must_use]
pub fn differences(expected: Facts, found: Facts) -> Vec<String> {
    let (expected, found) = (without_zeros(expected), without_zeros(found));
    let all: BTreeSet<&String> = expected.keys().chain(found.keys()).collect();
    let zero = "0".to_owned();
    let value = |facts: &Facts, what| facts.get(what).unwrap_or(&zero).clone();
    all.into_iter()
        .filter(|what| expected.get(*what) != found.get(*what))
        .map(|what| {
            format!("{what}: found {}, the model says {}", value(&found, what), value(&expected, what))
        })
        .collect()
}

fn without_zeros(mut facts: Facts) -> Facts {
    let nobody = format!("{:#x}", Address::ZERO);
    facts.retain(|_, value| *value != "0" && *value != nobody);
    facts
}

/// What was sold, paid directly, and spent.
#[derive(Clone, Debug, Default)]
pub struct Sales {
    purchases: BTreeMap<ListingId, u64>,
    amounts: BTreeMap<(ListingId, Token), Amount>,
    paid: BTreeMap<(ListingId, Token), Amount>,
    spent: BTreeMap<(PlanId, Account), Amount>,
}

impl Sales {
    /// One more sale.
    pub fn add(&mut self, listing: ListingId, token: Token, amount: Amount) {
        *self.purchases.entry(listing).or_default() += 1;
        *self.amounts.entry((listing, token)).or_default() += amount;
    }

    /// One more sale, as it was told.
    pub fn note(&mut self, purchase: &Purchase) {
        self.add(purchase.listing, purchase.token, purchase.amount);
    }

    /// What was paid to a listing directly, or spent, if that is told.
    pub fn note_others(&mut self, event: &Event) {
        match event {
            Event::Revenue(RevenueEvent::ListingPaid { listing, token, amount, .. }) => {
                *self.paid.entry((*listing, *token)).or_default() += *amount;
            }
            Event::Market(MarketEvent::Spent { plan, holder, units, .. }) => {
                *self.spent.entry((*plan, *holder)).or_default() += *units;
            }
            _ => {}
        }
    }

    /// What the tables must say of them.
    #[must_use]
    pub fn facts(&self, book: &Book) -> Facts {
        let purchases =
            self.purchases.iter().map(|(listing, n)| (format!("purchases {listing}"), n.to_string()));
        let amount = |((listing, token), amount): (&(ListingId, Token), &Amount)| {
            (format!("sales {listing} {:#x}", book.token(*token)), amount.to_string())
        };
        let paid = self.paid.iter().map(|((listing, token), amount)| {
            (format!("paid {listing} {:#x}", book.token(*token)), amount.to_string())
        });
        let spent = self.spent.iter().map(|((plan, holder), units)| {
            (format!("spent {plan} {:#x}", book.account(*holder)), units.to_string())
        });
        purchases.chain(self.amounts.iter().map(amount)).chain(paid).chain(spent).collect()
    }
}

/// Who tells a figure, if anyone.
fn teller(figure: Figure) -> Option<Teller> {
    match figure {
        Figure::IsActive(..)
        | Figure::SharesEarned(..)
        | Figure::ShareClaim(..)
        | Figure::LockScore(_)
        | Figure::Tier(_)
        | Figure::TotalScore
        | Figure::FeeClaim(..) => Some(Teller::Answer),
        Figure::Balance(..)
        | Figure::ListingCount
        | Figure::PlanCount
        | Figure::Settled(..)
        | Figure::ShareSold(_)
        | Figure::ShareSaleClosed(_)
        | Figure::FeeIndex(_) => Some(Teller::Table),
        Figure::Passes(..) | Figure::ExpiresAt(..) | Figure::Shares(..) => Some(Teller::Table),
        Figure::LockAmount(_) | Figure::LockEnd(_) | Figure::LockReinvests(_) => Some(Teller::Table),
        other if of_listing(other).is_some() || of_plan(other).is_some() => Some(Teller::Table),
        other if of_protocol(other).is_some() || is_power(other) => Some(Teller::Table),
        _ => None,
    }
}

/// What a figure is called here; none where neither tables nor answers tell it.
fn what(book: &Book, figure: Figure) -> Option<String> {
    let a = |account| format!("{:#x}", book.account(account));
    let t = |token| format!("{:#x}", book.token(token));
    let e = |earner| format!("{:#x}", book.earner(earner));
    Some(match figure {
        Figure::Balance(token, account) => format!("balance {} {}", t(token), a(account)),
        Figure::ListingCount => "listings".to_owned(),
        Figure::PlanCount => "plans".to_owned(),
        Figure::Passes(id, account) => format!("passes {id} {}", a(account)),
        Figure::ExpiresAt(id, account) => format!("expiry {id} {}", a(account)),
        Figure::IsActive(id, account) => format!("active {id} {}", a(account)),
        Figure::Settled(id, earner, token) => format!("settled {id} {} {}", e(earner), t(token)),
        Figure::Shares(id, account) => format!("shares {id} {}", a(account)),
        Figure::SharesEarned(id, token) => format!("shares earned {id} {}", t(token)),
        Figure::ShareClaim(id, account, token) => format!("share claim {id} {} {}", a(account), t(token)),
        Figure::ShareSold(id) => format!("shares sold {id}"),
        Figure::ShareSaleClosed(id) => format!("share sale closed {id}"),
        Figure::LockAmount(account) => format!("lock amount {}", a(account)),
        Figure::LockScore(account) => format!("lock score {}", a(account)),
        Figure::LockEnd(account) => format!("lock end {}", a(account)),
        Figure::LockReinvests(account) => format!("lock reinvests {}", a(account)),
        Figure::Tier(account) => format!("tier {}", a(account)),
        Figure::TotalScore => "total score".to_owned(),
        Figure::FeeIndex(token) => format!("fee index {}", t(token)),
        Figure::FeeClaim(account, token) => format!("fee claim {} {}", a(account), t(token)),
        Figure::Operator { owner, spender } => format!("vault operator {} {}", a(owner), a(spender)),
        Figure::ListingOperator { owner, operator } => {
            format!("listing operator {} {}", a(owner), a(operator))
        }
        Figure::PassOperator { owner, operator } => format!("pass operator {} {}", a(owner), a(operator)),
        Figure::Nonces(Keeper::Vault, account, word) => format!("vault nonces {} {word}", a(account)),
        Figure::Nonces(Keeper::Market, account, word) => format!("market nonces {} {word}", a(account)),
        Figure::LockNonce(account) => format!("lock nonce {}", a(account)),
        other => return of_listing(other).or_else(|| of_plan(other)).or_else(|| of_protocol(other)),
    })
}

/// Whether it says who may act for an account, or which of its signatures are used up.
fn is_power(figure: Figure) -> bool {
    matches!(
        figure,
        Figure::Operator { .. }
            | Figure::ListingOperator { .. }
            | Figure::PassOperator { .. }
            | Figure::Nonces(..)
            | Figure::LockNonce(_)
    )
}

fn of_protocol(figure: Figure) -> Option<String> {
    let text = match figure {
        Figure::FeeBps => "fee",
        Figure::FeeRecipient => "fee recipient",
        Figure::PausedUntil => "paused until",
        Figure::Armed => "guardian armed",
        Figure::Owner(Governed::Revenue) => "owner of revenue",
        Figure::OfferedTo(Governed::Revenue) => "revenue offered to",
        Figure::Owner(Governed::Staking) => "owner of staking",
        Figure::OfferedTo(Governed::Staking) => "staking offered to",
        _ => return None,
    };
    Some(text.to_owned())
}

fn of_listing(figure: Figure) -> Option<String> {
    Some(match figure {
        Figure::ListingOwner(id) => format!("owner {id}"),
        Figure::ListingApproved(id) => format!("approved {id}"),
        Figure::ListingStatus(id) => format!("status {id}"),
        Figure::ListingVersions(id) => format!("versions {id}"),
        Figure::Parents(id) => format!("parents {id}"),
        Figure::Parent(id, place) => format!("parent {id} {place}"),
        Figure::ParentBps(id, place) => format!("parent bps {id} {place}"),
        _ => return None,
    })
}

fn of_plan(figure: Figure) -> Option<String> {
    Some(match figure {
        Figure::PlanListing(id) => format!("plan listing {id}"),
        Figure::PlanToken(id) => format!("plan token {id}"),
        Figure::PlanPrice(id) => format!("plan price {id}"),
        Figure::PlanCap(id) => format!("plan cap {id}"),
        Figure::PlanSold(id) => format!("plan sold {id}"),
        Figure::PlanVersion(id) => format!("plan version {id}"),
        Figure::PlanPaused(id) => format!("plan paused {id}"),
        Figure::PlanTransferable(id) => format!("plan transferable {id}"),
        Figure::PlanFrom(id) => format!("plan from {id}"),
        Figure::PlanUntil(id) => format!("plan until {id}"),
        Figure::PlanGate(id) => format!("plan gate {id}"),
        Figure::GateList(id) => format!("gate list {id}"),
        Figure::GateTier(id) => format!("gate tier {id}"),
        Figure::GateToken(id) => format!("gate token {id}"),
        Figure::GateAmount(id) => format!("gate amount {id}"),
        _ => return None,
    })
}

fn text(book: &Book, value: Value) -> String {
    match value {
        Value::Number(number) => number.to_string(),
        Value::Account(account) => format!("{:#x}", book.account(account)),
        Value::Token(token) => format!("{:#x}", book.token(token)),
        Value::Gate(gate) => format!("{:#x}", book.gate(gate)),
        Value::List(list) if list.users().next().is_none() => "0".to_owned(),
        Value::List(list) => format!("{:#x}", merkle::root(book, list)),
    }
}
