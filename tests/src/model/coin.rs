//! The chain's own coin, and its wrapped form, which alone the Vault knows.

use super::error::require;
use super::words::LARGEST;
use super::{Account, Amount, Model, Outcome, Refusal, Token, VaultEvent};

impl Model {
    /// Coin that an account has outside, at first.
    pub fn endow(&mut self, account: Account, coin: Amount) {
        self.tokens.coin.insert(account, coin);
    }

    /// An account's coin, not wrapped.
    #[must_use]
    pub fn coin(&self, account: Account) -> Amount {
        self.tokens.coin.get(&account).copied().unwrap_or_default()
    }

    /// Coin becomes wrapped coin of the Vault.
    pub(super) fn wrap(&mut self, from: Account, amount: Amount) -> Outcome {
        let has = self.coin(from);
        assert!(has >= amount, "a node refuses a transaction that sends more coin than there is");
        self.tokens.coin.insert(from, has - amount);
        *self.tokens.supply.entry(Token::Coin).or_default() += amount;
        *self.tokens.wallets.entry((Token::Coin, Account::Vault)).or_default() += amount;
        require(amount <= LARGEST, "Vault_AmountTooLarge")
    }

    pub(super) fn deposit_native(&mut self, by: Account, to: Account, amount: Amount) -> Outcome {
        self.wrap(by, amount)?;
        self.credit_from(by, Account::Zero, to, Token::Coin, amount)
    }

    pub(super) fn withdraw_native(&mut self, by: Account, to: Account, amount: Amount) -> Outcome {
        require(to != Account::Zero, "Vault_ZeroAccount")?;
        self.vault.debit(Token::Coin, by, amount)?;
        let token = Token::Coin;
        self.tell(VaultEvent::Transfer { caller: by, from: by, to: Account::Zero, token, amount });
        let held = self.tokens.in_wallet(Token::Coin, Account::Vault);
        self.tokens.wallets.insert((Token::Coin, Account::Vault), held - amount);
        *self.tokens.supply.entry(Token::Coin).or_default() -= amount;
        match to {
            Account::Vault => return Err(Refusal("Vault_NotWeth")),
            Account::Staking | Account::Revenue | Account::Shares(_) => return Err(Refusal("FailedCall")),
            _ => {}
        }
        *self.tokens.coin.entry(to).or_default() += amount;
        Ok(())
    }
}
