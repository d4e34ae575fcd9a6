//! Whose and which address is meant.

use alloy::primitives::{Address, B256, U256, hex, keccak256};
use alloy::sol_types::SolValue as _;

use super::TokenText;
use crate::model::{Account, Earner, Errand, Gate, Token};

/// Where the contracts are.
#[derive(Clone, Copy, Debug)]
pub struct Contracts {
    pub timelock: Address,
    pub vault: Address,
    pub listings: Address,
    pub market: Address,
    pub revenue: Address,
    pub staking: Address,
    pub merkle_gate: Address,
    pub tier_gate: Address,
    pub token_gate: Address,
}

/// A token, and what it says of itself.
#[derive(Clone, Debug)]
pub struct TokenPlace {
    pub address: Address,
    pub text: TokenText,
}

/// The model's names as addresses.
#[derive(Clone, Debug)]
pub struct Book {
    pub contracts: Contracts,
    /// As in [`Token::REAL`].
    pub tokens: [TokenPlace; 4],
    pub users: Vec<Address>,
}

impl Book {
    /// A book of no real chain, for so many users.
    #[must_use]
    pub fn invented(users: u32) -> Self {
        let place = |name: &str| Address::from_slice(&keccak256(name)[12..]);
        let contracts = Contracts {
            timelock: place("Timelock"),
            vault: place("Vault"),
            listings: place("Listings"),
            market: place("Market"),
            revenue: place("Revenue"),
            staking: place("Staking"),
            merkle_gate: place("MerkleGate"),
            tier_gate: place("TierGate"),
            token_gate: place("TokenGate"),
        };
        let token = |token: Token| TokenPlace {
            address: place(&format!("{token:?}")),
            text: TokenText::of(token).unwrap_or_default(),
        };
        let users = (0..users).map(|user| place(&format!("user {user}"))).collect();
        Self { contracts, tokens: Token::REAL.map(token), users }
    }

    /// What `stoa deploy` would have written of these contracts, placed in block 1.
    #[must_use]
    pub fn deployment(&self, chain_id: u64) -> serde_json::Value {
        let contracts = self.contracts;
        let at = |address: Address| serde_json::json!({ "address": address });
        serde_json::json!({
            "chainId": chain_id,
            "block": 1,
            "contracts": {
                "Vault": at(contracts.vault), "Listings": at(contracts.listings), "Market": at(contracts.market),
                "Revenue": at(contracts.revenue), "Staking": at(contracts.staking),
                "MerkleGate": at(contracts.merkle_gate), "TierGate": at(contracts.tier_gate),
                "TokenGate": at(contracts.token_gate),
            },
        })
    }

    /// A token's address.
    #[must_use]
    pub fn token(&self, token: Token) -> Address {
        Token::REAL
            .iter()
            .position(|real| *real == token)
            .map_or(Address::repeat_byte(0xab), |place| self.tokens[place].address)
    }

    /// What a token says of itself.
    pub(super) fn token_text(&self, token: Token) -> TokenText {
        let place = Token::REAL.iter().position(|real| *real == token);
        place.map(|place| self.tokens[place].text.clone()).unwrap_or_default()
    }

    /// An account's address.
    #[must_use]
    pub fn account(&self, account: Account) -> Address {
        match account {
            Account::Zero => Address::ZERO,
            Account::User(user) => self.users[user as usize],
            Account::Timelock => self.contracts.timelock,
            Account::Vault => self.contracts.vault,
            Account::Revenue => self.contracts.revenue,
            Account::Staking => self.contracts.staking,
            Account::Shares(listing) => self.shares(listing),
            Account::Key { listing, earner } => {
                let salt = keccak256((U256::from(listing), self.earner(earner)).abi_encode());
                sub_account(self.contracts.revenue, salt)
            }
            Account::Pocket { user, salt } => {
                sub_account(self.account(Account::User(user)), B256::with_last_byte(salt))
            }
        }
    }

    /// An earner's address.
    #[must_use]
    pub fn earner(&self, earner: Earner) -> Address {
        self.account(earner.into())
    }

    /// The share contract of a listing: an EIP-1167 clone of the first contract that Revenue created.
    #[must_use]
    pub fn shares(&self, listing: u64) -> Address {
        let revenue = self.contracts.revenue;
        let head = hex!("3d602d80600a3d3981f3363d3d373d3d3d363d73");
        let code =
            [&head[..], revenue.create(1).as_slice(), &hex!("5af43d82803e903d91602b57fd5bf3")].concat();
        revenue.create2(B256::from(U256::from(listing)), keccak256(code))
    }

    /// A gate's address; none is zero.
    #[must_use]
    pub fn gate(&self, gate: Option<Gate>) -> Address {
        match gate {
            None => Address::ZERO,
            Some(Gate::List) => self.contracts.merkle_gate,
            Some(Gate::Tier) => self.contracts.tier_gate,
            Some(Gate::Token) => self.contracts.token_gate,
            Some(Gate::Deaf) => self.token(Token::Dollar),
            Some(Gate::Absent) => self.token(Token::Absent),
        }
    }

    /// Who is paid for an errand.
    #[must_use]
    pub fn target(&self, errand: &Errand) -> Address {
        match errand {
            Errand::Order(_) | Errand::Shares { .. } => self.contracts.market,
            Errand::Lock(_) => self.contracts.staking,
            Errand::Listing { .. } => self.contracts.revenue,
        }
    }
}

fn sub_account(controller: Address, salt: B256) -> Address {
    Address::from_slice(&keccak256((controller, salt).abi_encode())[12..])
}
