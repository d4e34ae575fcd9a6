//! The model's events as the logs that the contracts emit: the same addresses, topics and data.

mod book;
mod gates;
mod listings;
mod market;
pub mod merkle;
mod plans;
mod revenue;
mod shares;
mod staking;
mod table;
pub mod texts;
mod vault;

pub use book::{Book, Contracts, TokenPlace};
pub use plans::KindWords;
pub use table::table;
pub use texts::TokenText;

use alloy::primitives::{Address, Log, U256};
use alloy::sol_types::SolEvent;
use stoa_contracts::{Market, Revenue, Staking, Vault};

use crate::model::{Account, Event, Governed, Keeper, Token};

/// The logs of one transaction that told this.
#[must_use]
pub fn logs(book: &Book, events: &[Event]) -> Vec<Log> {
    events.iter().map(|event| log(book, event)).collect()
}

/// The log that tells it.
#[must_use]
pub fn log(book: &Book, event: &Event) -> Log {
    let contracts = &book.contracts;
    match event {
        Event::Vault(event) => vault::log(book, event),
        Event::Listing(event) => listings::log(book, event),
        Event::Market(event) => market::log(book, event),
        Event::Revenue(event) => revenue::log(book, event),
        Event::Shares(listing, event) => shares::log(book, *listing, event),
        Event::Staking(event) => staking::log(book, event),
        Event::Gate(plan, rule) => gates::log(book, *plan, *rule),
        Event::Nonces { keeper, account, word, used } => {
            let (account, word, used) = (book.account(*account), U256::from(*word), *used);
            match keeper {
                Keeper::Vault => emit(contracts.vault, &Vault::NoncesChanged { account, word, used }),
                Keeper::Market => emit(contracts.market, &Market::NoncesChanged { account, word, used }),
            }
        }
        Event::OwnershipOffered { what, owner, to } => offered(book, *what, *owner, *to),
        Event::OwnershipTaken { what, from, to } => taken(book, *what, *from, *to),
    }
}

fn offered(book: &Book, what: Governed, owner: Account, to: Account) -> Log {
    let (previous, new) = (book.account(owner), book.account(to));
    match what {
        Governed::Revenue => emit(
            book.contracts.revenue,
            &Revenue::OwnershipTransferStarted { previousOwner: previous, newOwner: new },
        ),
        Governed::Staking => emit(
            book.contracts.staking,
            &Staking::OwnershipTransferStarted { previousOwner: previous, newOwner: new },
        ),
    }
}

fn taken(book: &Book, what: Governed, from: Account, to: Account) -> Log {
    let (previous, new) = (book.account(from), book.account(to));
    match what {
        Governed::Revenue => emit(
            book.contracts.revenue,
            &Revenue::OwnershipTransferred { previousOwner: previous, newOwner: new },
        ),
        Governed::Staking => emit(
            book.contracts.staking,
            &Staking::OwnershipTransferred { previousOwner: previous, newOwner: new },
        ),
    }
}

fn emit(address: Address, event: &impl SolEvent) -> Log {
    Log { address, data: event.encode_log_data() }
}

/// A token's number in the Vault.
fn id(book: &Book, token: Token) -> U256 {
    U256::from_be_slice(book.token(token).as_slice())
}
