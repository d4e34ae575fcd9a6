//! What can be subscribed to.

use std::fmt;

use alloy::primitives::Address;
use stoa_schema::types::Addr;

use crate::model::PublicId;
use crate::params::FromParam;

/// Most topics that one connection may have.
pub(super) const MOST: usize = 100;

/// A topic of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Topic {
    /// Blocks, and their retraction.
    Blocks,
    /// What a block's sales come to, by token.
    Stats,
    /// Listings that came or changed.
    Listings,
    /// Sales.
    Purchases,
    /// Everything about one listing.
    Listing(PublicId),
    /// Everything that names an account.
    Account(Address),
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blocks => f.write_str("blocks"),
            Self::Stats => f.write_str("stats"),
            Self::Listings => f.write_str("listings"),
            Self::Purchases => f.write_str("purchases"),
            Self::Listing(id) => write!(f, "listing:{id}"),
            Self::Account(account) => write!(f, "account:{account}"),
        }
    }
}

impl FromParam for Topic {
    fn from_param(text: &str) -> Option<Self> {
        match text {
            "blocks" => Some(Self::Blocks),
            "stats" => Some(Self::Stats),
            "listings" => Some(Self::Listings),
            "purchases" => Some(Self::Purchases),
            _ => match text.split_once(':')? {
                ("listing", id) => PublicId::from_param(id).map(Self::Listing),
                ("account", account) => Addr::from_param(account).map(|account| Self::Account(account.0)),
                _ => None,
            },
        }
    }

    fn allowed() -> String {
        "topics, each one of `listings`, `purchases`, `blocks`, `stats`, `listing:{chainId}-{n}`, \
         `account:{address}`"
            .to_owned()
    }
}

/// Topics as a parameter names them, with commas between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topics(pub(crate) Vec<Topic>);

impl FromParam for Topics {
    fn from_param(text: &str) -> Option<Self> {
        let mut topics = text.split(',').map(Topic::from_param).collect::<Option<Vec<_>>>()?;
        topics.sort_unstable();
        topics.dedup();
        (topics.len() <= MOST).then_some(Self(topics))
    }

    fn allowed() -> String {
        format!("at most {MOST} {}, with commas between", Topic::allowed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_read_as_they_are_written() {
        let all = "blocks,stats,listings,purchases,listing:31337-2,\
                   account:0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";
        let Topics(topics) = Topics::from_param(all).expect("valid");
        let written: Vec<String> = topics.iter().map(Topic::to_string).collect();
        assert_eq!(written.join(","), all);
        assert_eq!(Topics::from_param("blocks,blocks").expect("valid").0.len(), 1);
        for bad in [
            "",
            ",",
            "block",
            "blocks,",
            "listing:",
            "listing:1",
            "account:0x",
            "account",
            "Blocks",
            " blocks",
        ] {
            assert_eq!(Topics::from_param(bad), None, "{bad}");
        }
        let many: Vec<String> = (1..=101).map(|n| format!("listing:1-{n}")).collect();
        assert_eq!(Topics::from_param(&many.join(",")), None);
    }
}
