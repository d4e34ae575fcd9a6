use std::collections::BTreeMap;

use super::error::require;
use super::{Account, Amount, Model, Outcome, Refusal, Token};

/// ERC-20: wallets, and what the Vault may take from them.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    pub(super) wallets: BTreeMap<(Token, Account), Amount>,
    pub(super) allowed_to_vault: BTreeMap<(Token, Account), Amount>,
    pub(super) supply: BTreeMap<Token, Amount>,
    /// The chain's coin, not wrapped.
    pub(super) coin: BTreeMap<Account, Amount>,
}

impl Tokens {
    pub(super) fn new(holder: Account, stoa_supply: Amount) -> Self {
        Self {
            wallets: BTreeMap::from([((Token::Stoa, holder), stoa_supply)]),
            allowed_to_vault: BTreeMap::new(),
            supply: BTreeMap::from([(Token::Stoa, stoa_supply)]),
            coin: BTreeMap::new(),
        }
    }

    pub(super) fn in_wallet(&self, token: Token, account: Account) -> Amount {
        self.wallets.get(&(token, account)).copied().unwrap_or_default()
    }

    pub(super) fn transfer(&mut self, token: Token, from: Account, to: Account, amount: Amount) -> Outcome {
        let has = self.in_wallet(token, from);
        require(has >= amount, "ERC20InsufficientBalance")?;
        self.wallets.insert((token, from), has - amount);
        *self.wallets.entry((token, to)).or_default() += amount;
        Ok(())
    }
}

impl Model {
    /// Play money comes into being.
    pub(super) fn mint(&mut self, token: Token, to: Account, amount: Amount) -> Outcome {
        let supply = self.tokens.supply.entry(token).or_default();
        *supply = supply.checked_add(amount).ok_or(Refusal("Panic"))?;
        *self.tokens.wallets.entry((token, to)).or_default() += amount;
        Ok(())
    }

    pub(super) fn allow_vault(&mut self, by: Account, token: Token, amount: Amount) -> Outcome {
        // A call to an address without a contract does nothing.
        if token != Token::Absent {
            self.tokens.allowed_to_vault.insert((token, by), amount);
        }
        Ok(())
    }

    /// The Vault takes from a wallet what it was allowed to; a limitless allowance stays limitless.
    pub(super) fn pull(&mut self, token: Token, from: Account, amount: Amount) -> Outcome {
        require(token != Token::Absent, "Vault_TokenWithoutCode")?;
        let allowed = self.tokens.allowed_to_vault.entry((token, from)).or_default();
        require(*allowed >= amount, "ERC20InsufficientAllowance")?;
        if *allowed != Amount::MAX {
            *allowed -= amount;
        }
        self.tokens.transfer(token, from, Account::Vault, amount)?;
        require(amount <= super::words::LARGEST, "Vault_AmountTooLarge")
    }
}
