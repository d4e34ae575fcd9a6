//! Closed sets of words. Their order is the order of the contracts' enums.

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::params::Choice;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ToSchema)]
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
    /// What a plan sells.
    PlanKind { Licence = "licence", Subscription = "subscription", Credits = "credits" }
}

words! {
    /// Which end a collection starts from.
    Sort { Newest = "newest", Oldest = "oldest" }
}

words! {
    /// How sure it is that a block stays.
    Finality { Latest = "latest", Safe = "safe", Finalized = "finalized" }
}
