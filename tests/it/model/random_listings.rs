//! Chooses what happens to listings.

use rand::Rng as _;
use rand::rngs::StdRng;
use stoa_tests::model::{Account, Action, Model, NewListing, Status};

use super::random::{anybody, listing, owner, user};

/// Enough to build families, few enough to be sold often.
const LISTINGS: u64 = 24;

pub(super) fn listings(random: &mut StdRng, model: &Model, by: Account) -> (Account, Action) {
    let listing = listing(random, model);
    let owner = owner(random, model, listing, by);
    let action = match random.random_range(0..20) {
        0..8 if model.listing_count() < LISTINGS => {
            return (by, Action::CreateListing(new_listing(random, model)));
        }
        0..9 => Action::Publish { listing, content: random.random(), uris: random.random_range(0..10) },
        9 => Action::Rename { listing, name: random.random() },
        10..14 => {
            let status = match random.random_range(0..20) {
                0 => Status::Retired,
                1..8 => Status::Paused,
                _ => Status::Active,
            };
            Action::SetStatus { listing, status }
        }
        14..17 => {
            let to = if random.random_bool(0.1) { Account::Zero } else { user(random) };
            let from = if random.random_bool(0.1) { user(random) } else { owner };
            Action::TransferListing { listing, from, to }
        }
        17..19 => Action::ApproveListing { listing, to: anybody(random) },
        _ => Action::ApproveAllListings { operator: anybody(random), approved: random.random() },
    };
    (owner, action)
}

pub(super) fn new_listing(random: &mut StdRng, model: &Model) -> NewListing {
    let derivatives = random.random_bool(0.9);
    let mut parents = Vec::new();
    let mut from = u64::from(random.random_bool(0.97));
    let most = if random.random_bool(0.05) { 10 } else { random.random_range(0..5) };
    while parents.len() < most && from <= model.listing_count() + u64::from(random.random_bool(0.05)) {
        let parent = random.random_range(from..=model.listing_count() + 1);
        let asked = model.listing(parent).map_or(0, |parent| parent.derivative_bps);
        let granted = asked + random.random_range(0..400) * u16::from(random.random::<bool>());
        parents.push((parent, if random.random_bool(0.05) { granted / 2 } else { granted }));
        from = if random.random_bool(0.03) { parent } else { parent + 1 };
    }
    if random.random_bool(0.9) {
        parents.retain(|(parent, _)| model.listing(*parent).is_some_and(|parent| parent.derivatives));
    }
    let most_asked = if random.random_bool(0.1) { 2_600 } else { 900 };
    let asked = random.random_range(0..most_asked);
    let most_uris = if random.random_bool(0.1) { 10 } else { 4 };
    NewListing {
        name: random.random(),
        derivatives,
        derivative_bps: if derivatives || random.random_bool(0.1) { asked } else { 0 },
        parents,
        royalty_receiver: anybody(random),
        royalty_bps: random.random_range(0..1_050),
        uris: random.random_range(0..most_uris),
    }
}
