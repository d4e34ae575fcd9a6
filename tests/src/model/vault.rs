use std::collections::{BTreeMap, BTreeSet};

use super::error::require;
use super::words::LARGEST;
use super::{Account, Amount, Model, Outcome, Refusal, Token, VaultEvent};

/// Balances in the Vault, and who may move them.
#[derive(Clone, Debug, Default)]
pub(super) struct Vault {
    pub(super) balances: BTreeMap<(Token, Account), Amount>,
    /// (owner, spender)
    pub(super) operators: BTreeSet<(Account, Account)>,
    /// (owner, spender, token)
    pub(super) allowances: BTreeMap<(Account, Account, Token), Amount>,
    /// Tokens whose name and decimals have been told.
    pub(super) described: BTreeSet<Token>,
}

impl Vault {
    pub(super) fn balance(&self, token: Token, account: Account) -> Amount {
        self.balances.get(&(token, account)).copied().unwrap_or_default()
    }

    pub(super) fn debit(&mut self, token: Token, account: Account, amount: Amount) -> Outcome {
        let has = self.balance(token, account);
        require(has >= amount, "Vault_BalanceTooSmall")?;
        self.balances.insert((token, account), has - amount);
        Ok(())
    }

    pub(super) fn credit(&mut self, token: Token, account: Account, amount: Amount) -> Outcome {
        require(account != Account::Zero, "Vault_ZeroAccount")?;
        let has = self.balance(token, account);
        require(has + amount <= LARGEST, "Vault_AmountTooLarge")?;
        self.balances.insert((token, account), has + amount);
        Ok(())
    }
}

impl Vault {
    /// Empty; STOA is told of at birth.
    pub(super) fn newborn() -> Self {
        Self { described: BTreeSet::from([Token::Stoa]), ..Self::default() }
    }
}

impl Model {
    pub(super) fn deposit(&mut self, by: Account, token: Token, amount: Amount, to: Account) -> Outcome {
        self.pull(token, by, amount)?;
        self.credit_from(by, Account::Zero, to, token, amount)
    }

    /// Gives to an account, and tells from whom.
    pub(super) fn credit_from(
        &mut self,
        caller: Account,
        from: Account,
        to: Account,
        token: Token,
        amount: Amount,
    ) -> Outcome {
        self.vault.credit(token, to, amount)?;
        self.tell(VaultEvent::Transfer { caller, from, to, token, amount });
        Ok(())
    }

    /// From a balance to a wallet.
    pub(super) fn withdraw(
        &mut self,
        caller: Account,
        from: Account,
        token: Token,
        amount: Amount,
        to: Account,
    ) -> Outcome {
        require(to != Account::Zero, "Vault_ZeroAccount")?;
        require(token != Token::Absent, "Vault_TokenWithoutCode")?;
        self.vault.debit(token, from, amount)?;
        self.tell(VaultEvent::Transfer { caller, from, to: Account::Zero, token, amount });
        self.tokens.transfer(token, Account::Vault, to, amount)?;
        require(to != Account::Vault || amount.is_zero(), "Vault_WrongAmountLeft")
    }

    pub(super) fn transfer(
        &mut self,
        by: Account,
        token: Token,
        from: Account,
        to: Account,
        amount: Amount,
    ) -> Outcome {
        if by != from && !self.vault.operators.contains(&(from, by)) {
            let allowed = self.vault.allowances.entry((from, by, token)).or_default();
            if *allowed != Amount::MAX {
                require(*allowed >= amount, "Vault_AllowanceTooSmall")?;
                *allowed -= amount;
            }
        }
        self.vault.debit(token, from, amount)?;
        self.credit_from(by, from, to, token, amount)
    }

    /// Tells what a token is called, the first time.
    pub(super) fn describe(&mut self, token: Token) -> Outcome {
        if !self.vault.described.contains(&token) {
            require(token != Token::Absent, "Vault_TokenWithoutCode")?;
            self.vault.described.insert(token);
            self.tell(VaultEvent::Described(token));
        }
        Ok(())
    }

    pub(super) fn approve(&mut self, by: Account, spender: Account, token: Token, amount: Amount) -> Outcome {
        require(spender != Account::Zero, "Vault_ZeroAccount")?;
        self.vault.allowances.insert((by, spender, token), amount);
        self.tell(VaultEvent::Approval { owner: by, spender, token, amount });
        Ok(())
    }

    pub(super) fn set_operator(&mut self, by: Account, spender: Account, approved: bool) -> Outcome {
        require(spender != Account::Zero, "Vault_ZeroAccount")?;
        if approved {
            self.vault.operators.insert((by, spender));
        } else {
            self.vault.operators.remove(&(by, spender));
        }
        self.tell(VaultEvent::OperatorSet { owner: by, spender, approved });
        Ok(())
    }

    /// Out of a sub-account, to several; parts of zero go nowhere.
    pub(super) fn move_sub(
        &mut self,
        caller: Account,
        sub: Account,
        token: Token,
        credits: &[(Account, Amount)],
    ) -> Outcome {
        let mut total = Amount::ZERO;
        for (_, amount) in credits {
            total = total.checked_add(*amount).ok_or(Refusal("Panic"))?;
        }
        self.vault.debit(token, sub, total)?;
        for (account, amount) in credits.iter().filter(|(_, amount)| !amount.is_zero()) {
            self.credit_from(caller, sub, *account, token, *amount)?;
        }
        Ok(())
    }
}
