//! Closed sets of words. Their order is the order of the contracts' enums.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::params::Choice;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ToSchema, async_graphql::Enum)]
        #[schema(rename_all = "snake_case")]
        pub enum $name { $($(#[$inner])* $variant),+ }

        impl Choice for $name {
            const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),+];
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    };
}

words! {
    /// What a listing is.
    Kind { Model = "model", Dataset = "dataset", Compute = "compute", Agent = "agent", Service = "service" }
}

words! {
    /// Whether a listing sells. What a retired one has sold stays valid.
    ListingStatus { Active = "active", Paused = "paused", Retired = "retired" }
}

words! {
    /// What an operator may move: all vault balances, all listings, which it manages too, or all passes.
    OperatorScope { Balances = "balances", Listings = "listings", Passes = "passes" }
}

words! {
    /// What an allowance is of: a vault balance in the token, or revenue shares, whose contract the token is.
    AllowanceScope { Balance = "balance", Shares = "shares" }
}

words! {
    /// How a gate decides: who is on a list, whose staking tier is high enough, who holds enough of a token, or as a
    /// contract of somebody's own says.
    GateKind { List = "list", Tier = "tier", Holding = "holding", Other = "other" }
}

words! {
    /// What a plan sells.
    PlanKind { Licence = "licence", Subscription = "subscription", Credits = "credits" }
}

words! {
    /// Which end a collection starts from.
    Sort { Newest = "newest", Oldest = "oldest" }
}

words! {
    /// How long the stretches of a time series are. Weeks begin on Monday; all of them at midnight UTC, but hours.
    Interval { Hour = "hour", Day = "day", Week = "week", Month = "month" }
}

words! {
    /// What leaders are ranked by.
    Measure { Revenue = "revenue", Sales = "sales" }
}

words! {
    /// Who is ranked: listings, or the accounts that own them.
    Leaders { Listings = "listings", Providers = "providers" }
}

words! {
    /// How far back what is ranked goes, from the head's time, in whole hours.
    Window { Day = "day", Week = "week", Month = "month", Year = "year", All = "all" }
}

words! {
    /// What listings are ordered by.
    ListingSort {
        /// Time of creation, the latest first.
        Newest = "newest",
        /// Time of creation, the earliest first.
        Oldest = "oldest",
        /// How well it fits `q`.
        Relevance = "relevance",
        /// Net revenue in `token`.
        Revenue = "revenue",
        /// Accounts that paid for it.
        Buyers = "buyers",
        /// Accounts that paid for it, each counting half as much for every week since its latest purchase.
        Trending = "trending",
    }
}

words! {
    /// Why a sale does not count: the payer owned the listing or held shares of it, at whatever time, or was paid from
    /// the vault balance of somebody who did.
    Ignored { Insider = "insider", Paid = "paid" }
}

words! {
    /// Where a listing's money came from.
    RevenueSource {
        /// What was bought of it.
        Sales = "sales",
        /// What was paid to it without a sale.
        Payments = "payments",
        /// Its part of what listings earned that derive from it.
        Royalties = "royalties",
    }
}

words! {
    /// How far a listing's metadata was read.
    MetadataStatus {
        /// It was not fetched yet.
        Pending = "pending",
        /// It was read.
        Ok = "ok",
        /// What is there is not what the hash says.
        Mismatch = "mismatch",
        /// It is no metadata.
        Invalid = "invalid",
        /// No address had it.
        Unreachable = "unreachable",
    }
}

words! {
    /// How sure it is that a block stays.
    Finality { Latest = "latest", Safe = "safe", Finalized = "finalized" }
}

/// Reads a number that the projections keep for a word.
pub(crate) fn word_of<T: Choice>(number: i16, what: &str) -> Result<T, ApiError> {
    usize::try_from(number)
        .ok()
        .and_then(|at| T::ALL.get(at))
        .map(|(_, value)| *value)
        .ok_or_else(|| ApiError::Internal(format!("{number} is no {what} that this version knows")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_word_are_errors() {
        assert_eq!(word_of::<Kind>(1, "kind").expect("known"), Kind::Dataset);
        assert!(word_of::<Kind>(5, "kind").is_err());
        assert!(word_of::<Kind>(-1, "kind").is_err());
    }
}
