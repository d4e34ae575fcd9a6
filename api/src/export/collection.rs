//! Which collections can be exported: every table of the projections and every event table, from the
//! declarations of `stoa_schema`.

use std::sync::LazyLock;

use stoa_schema::events::tables;
use stoa_schema::market::{DDL, Ddl};

/// Tables of the projections whose rows never change and carry the block they came with.
const APPENDED: &[&str] = &["purchase", "listing_version", "listing_payment", "spending"];

/// Where a collection's rows come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A table of schema `market` whose rows change: read through the journal.
    Entity(&'static str),
    /// A table of schema `market` whose rows stay as they came.
    Appended(&'static str),
    /// An event table of schema `archive`.
    Event(&'static str),
    /// Every event, with its arguments as JSON.
    Events,
}

impl Source {
    /// The table, with its schema; none for the union of all event tables.
    pub(crate) fn table(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Entity(name) | Self::Appended(name) => Some(("market", name)),
            Self::Event(name) => Some(("archive", name)),
            Self::Events => None,
        }
    }

    /// Whether rows change, so that only the newest final block can be exported.
    pub(crate) fn changes(self) -> bool {
        matches!(self, Self::Entity(_))
    }
}

/// A collection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Collection {
    /// Its name in the address.
    pub(crate) name: String,
    pub(crate) source: Source,
}

/// Every collection, by name.
pub(crate) fn collections() -> &'static [Collection] {
    static ALL: LazyLock<Vec<Collection>> = LazyLock::new(|| {
        let market = DDL.iter().flat_map(Ddl::names).map(|table| {
            let appended = APPENDED.contains(&table);
            let source = if appended { Source::Appended(table) } else { Source::Entity(table) };
            Collection { name: plural(table), source }
        });
        let events = tables()
            .map(|table| Collection { name: table.name.to_owned(), source: Source::Event(table.name) });
        let all = Collection { name: "events".to_owned(), source: Source::Events };
        let mut found: Vec<Collection> = market.chain(events).chain([all]).collect();
        found.sort_by(|one, other| one.name.cmp(&other.name));
        found
    });
    &ALL
}

/// A collection by its name.
pub(crate) fn collection(name: &str) -> Option<&'static Collection> {
    collections().iter().find(|collection| collection.name == name)
}

/// The name of many, as the other routes say it. What cannot be counted stays.
fn plural(name: &str) -> String {
    match name {
        "revenue" => name.to_owned(),
        _ if name.ends_with('s') => format!("{name}es"),
        _ => match name.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{name}s"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collections_are_named_as_the_routes_name_them_and_once_each() {
        for (name, changes) in
            [("listings", true), ("plans", true), ("purchases", false), ("passes", true), ("balances", true)]
        {
            assert_eq!(collection(name).map(|found| found.source.changes()), Some(changes), "{name}");
        }
        for name in ["revenue", "shares", "locks", "events", "market_purchased", "listing_versions"] {
            assert!(collection(name).is_some(), "{name}");
        }
        let mut names: Vec<_> = collections().iter().map(|found| &found.name).collect();
        names.dedup();
        assert_eq!(names.len(), collections().len());
        assert!(collection("cursor").is_none() && collection("listing").is_none());
    }
}
