//! Texts and other words of no economic meaning: the model has numbers for them.

use alloy::primitives::{B256, U256, keccak256};

use crate::model::{ListingId, Token};

const LICENCES: [&str; 4] = ["Apache-2.0", "MIT", "CC-BY-4.0", "Commercial"];
const UNITS: [&str; 4] = ["call", "1k-input-tokens", "gpu-second", "image"];

/// What a token says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenText {
    pub name: String,
    pub symbol: String,
    pub decimals: u8,
}

impl TokenText {
    /// Nothing for one that is none.
    #[must_use]
    pub fn of(token: Token) -> Option<Self> {
        let (name, symbol, decimals) = match token {
            Token::Dollar | Token::Colossal => ("Demo US Dollar", "dUSD", 6),
            Token::Stoa => ("Stoa", "STOA", 18),
            Token::Coin => ("Demo Wrapped Ether", "WETH", 18),
            Token::Absent => return None,
        };
        Some(Self { name: name.to_owned(), symbol: symbol.to_owned(), decimals })
    }
}

fn one_of<'a>(texts: &[&'a str; 4], number: u32) -> &'a str {
    texts[number as usize % texts.len()]
}

/// 0 model, 1 dataset, 2 compute, 3 agent, 4 service.
#[must_use]
pub fn kind(name: u32) -> u8 {
    (name % 5) as u8
}

/// Where a listing's description lies.
#[must_use]
pub fn uri(name: u32) -> String {
    format!("https://assets.example/metadata/{name}.json")
}

/// The licence under which a listing is offered.
#[must_use]
pub fn licence(name: u32) -> String {
    one_of(&LICENCES, name).to_owned()
}

/// What a version's content hashes to.
#[must_use]
pub fn content_hash(content: u32) -> B256 {
    keccak256(content.to_be_bytes())
}

/// Where a version is to be had.
#[must_use]
pub fn uris(content: u32, number: u8) -> Vec<String> {
    (0..number).map(|place| format!("https://mirror{place}.example/assets/{content}")).collect()
}

/// The label of credits' units.
#[must_use]
pub fn unit(number: u32) -> String {
    one_of(&UNITS, number).to_owned()
}

/// What a listing's shares are called, long and short.
#[must_use]
pub fn share_names(listing: ListingId) -> (String, String) {
    (format!("Shares of listing {listing}"), format!("SHARE{listing}"))
}

/// A spender's reference, or a payer's memo; zero stands for itself.
#[must_use]
pub fn word(number: u32) -> B256 {
    if number == 0 { B256::ZERO } else { keccak256(U256::from(number).to_be_bytes::<32>()) }
}
