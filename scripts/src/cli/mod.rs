//! What the commands for providers, buyers, stakers and operators share: networks, keys, transactions, output.

mod amount;
mod contracts;
mod failure;
mod network;
mod output;
mod refusal;
mod remote;
mod secret;
mod session;
mod signer;
mod transaction;

pub use amount::{Token, format_units, parse_units};
pub use contracts::Contracts;
pub use failure::{Exit, Failure, exit_of};
pub use network::{Network, Networks};
pub use output::{Output, Table};
pub use refusal::explain;
pub use secret::Secret;
pub use session::{ChainArgs, Session};
pub use signer::{SignerArgs, wallets_folder};
pub use transaction::{Sent, Step, agree, parse_gwei};
