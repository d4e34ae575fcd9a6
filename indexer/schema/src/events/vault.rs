//! Events of the Vault.

use alloy::primitives::{Address, U256};

use crate::event::event_tables;

event_tables! {
    /// ERC-6909 `Transfer` of the Vault. A deposit comes from the zero address, a withdrawal goes to it.
    VaultTransfer => "vault_transfer" {
        /// Who called the Vault.
        caller: Address,
        /// Account debited.
        sender: Address,
        /// Account credited.
        receiver: Address,
        /// Token; the ERC-6909 id is its address as a number.
        token: Address,
        /// Amount in the token's base units.
        amount: U256,
    }

    /// ERC-6909 `OperatorSet` of the Vault.
    VaultOperatorSet => "vault_operator_set" {
        /// Account whose balances are concerned.
        owner: Address,
        /// Who may move them.
        spender: Address,
        /// Whether they may.
        approved: bool,
    }

    /// ERC-6909 `Approval` of the Vault.
    VaultApproval => "vault_approval" {
        /// Account whose balance is concerned.
        owner: Address,
        /// Who may spend it.
        spender: Address,
        /// Token.
        token: Address,
        /// How much, in base units.
        amount: U256,
    }

    /// A token's metadata, told once when the Vault first describes it.
    VaultTokenDescribed => "vault_token_described" {
        /// Token.
        token: Address,
        /// Its name; empty when it tells none.
        name: String,
        /// Its symbol; empty when it tells none.
        symbol: String,
        /// Decimals; 0 when it tells none.
        decimals: i16,
    }

    /// Which nonces of a word an account has used or cancelled in Vault.
    VaultNoncesChanged => "vault_nonces_changed" {
        /// Whose nonces.
        account: Address,
        /// Index of the word: nonce n is bit n % 256 of word n / 256.
        word: U256,
        /// The whole word: a set bit is a nonce that no signature can use any more.
        used: U256,
    }
}
