//! What the commands for providers, buyers, stakers and operators share: networks, keys, transactions, output.

mod account;
mod amount;
mod clock;
mod contracts;
mod failure;
mod funding;
mod grants;
mod logs;
mod network;
mod offer;
mod output;
mod refusal;
mod remote;
mod secret;
mod session;
pub mod signed;
mod signer;
mod transaction;
pub mod typed;
mod window;

pub use amount::{Token, format_units, parse_units};
pub use clock::{parse_duration, show_duration, show_time};
pub use contracts::Contracts;
pub use failure::{Exit, Failure, exit_of};
pub use funding::{Payment, Purse, Source};
pub use grants::Transfer;
pub use network::{Network, Networks};
pub use offer::{Offer, refused};
pub use output::{Output, Table};
pub use refusal::explain;
pub use secret::Secret;
pub use session::{ChainArgs, Session};
pub use signer::{SignerArgs, wallets_folder};
pub use transaction::{Sent, Step, agree, parse_gwei};
pub use window::{WindowArgs, parse_moment};
