//! Every event of the protocol, by contract. Made from the declarations of the event tables: a new declaration is
//! served without a line here.

use std::sync::LazyLock;

use stoa_schema::event::{Column, Table};
use stoa_schema::events::tables;

use crate::params::{Choice, FromParam};

/// How the tables of a contract begin, and the contract's name in the deployment.
const CONTRACTS: &[(&str, Contract)] = &[
    ("vault_", Contract::Vault),
    ("listings_", Contract::Listings),
    ("market_", Contract::Market),
    ("revenue_", Contract::Revenue),
    ("share_", Contract::RevenueShare),
    ("staking_", Contract::Staking),
    ("merkle_gate_", Contract::MerkleGate),
    ("tier_gate_", Contract::TierGate),
    ("token_gate_", Contract::TokenGate),
    ("raw_", Contract::Unknown),
];

/// A contract of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Contract {
    Vault,
    Listings,
    Market,
    Revenue,
    RevenueShare,
    Staking,
    MerkleGate,
    TierGate,
    TokenGate,
    /// A followed contract's log that no declaration decodes.
    Unknown,
}

impl Choice for Contract {
    const ALL: &'static [(&'static str, Self)] = &[
        ("Vault", Self::Vault),
        ("Listings", Self::Listings),
        ("Market", Self::Market),
        ("Revenue", Self::Revenue),
        ("RevenueShare", Self::RevenueShare),
        ("Staking", Self::Staking),
        ("MerkleGate", Self::MerkleGate),
        ("TierGate", Self::TierGate),
        ("TokenGate", Self::TokenGate),
        ("Unknown", Self::Unknown),
    ];
}

/// An event: its table, and what it is called outside.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) table: &'static Table,
    pub(crate) contract: Contract,
    /// As in the contract: `PlanCreated`.
    pub(crate) name: String,
}

impl Kind {
    fn of(table: &'static Table) -> Option<Self> {
        let (rest, contract) = CONTRACTS
            .iter()
            .find_map(|(prefix, contract)| Some((table.name.strip_prefix(prefix)?, *contract)))?;
        Some(Self { table, contract, name: camel(rest) })
    }

    pub(crate) fn column(&self, name: &str) -> Option<&'static Column> {
        self.table.columns.iter().find(|column| column.name == name)
    }
}

/// `plan_created` as `PlanCreated`.
fn camel(words: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    words.split('_').map(word).collect()
}

/// Every event, in the order of their declarations.
pub(crate) fn kinds() -> &'static [Kind] {
    static KINDS: LazyLock<Vec<Kind>> = LazyLock::new(|| tables().filter_map(Kind::of).collect());
    &KINDS
}

/// The event whose table is called so.
pub(crate) fn kind(table: &str) -> Option<&'static Kind> {
    kinds().iter().find(|kind| kind.table.name == table)
}

/// An event's name as a parameter: several contracts may have an event of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventName(pub(crate) String);

impl FromParam for EventName {
    fn from_param(text: &str) -> Option<Self> {
        kinds().iter().find(|kind| kind.name == text).map(|kind| Self(kind.name.clone()))
    }

    fn allowed() -> String {
        let mut names: Vec<String> = kinds().iter().map(|kind| format!("`{}`", kind.name)).collect();
        names.sort_unstable();
        names.dedup();
        format!("the name of an event: one of {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_declared_table_is_an_event_of_a_contract() {
        assert_eq!(kinds().len(), tables().count(), "a table's name begins with no contract's prefix");
        let name = |table: &str| kind(table).map(|kind| (kind.contract.word(), kind.name.as_str()));
        assert_eq!(name("market_plan_created"), Some(("Market", "PlanCreated")));
        assert_eq!(name("share_revenue_claimed"), Some(("RevenueShare", "RevenueClaimed")));
        assert_eq!(name("merkle_gate_root_changed"), Some(("MerkleGate", "RootChanged")));
        assert_eq!(name("raw_log"), Some(("Unknown", "Log")));
    }

    #[test]
    fn an_events_name_is_unique_in_its_contract() {
        let mut names: Vec<_> = kinds().iter().map(|kind| (kind.contract, &kind.name)).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), kinds().len());
    }
}
