//! What a payer grants besides standing allowances, and what the tokens make of it.

use super::error::require;
use super::signed::{Mark, count};
use super::{Account, Amount, Model, Outcome, Refusal, Seal, Token};

/// Where a payment's money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funding {
    /// The payer's balance in the Vault.
    Balance,
    /// The payer's wallet, by an allowance to the Vault.
    Allowance,
    /// The same, after a signed allowance.
    Permit(Permit),
    /// The payer's wallet, by a signed transfer.
    Authorization(Authorization),
    /// Coin sent along.
    Native { sent: Amount },
}

/// A signed allowance to the Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit {
    pub seal: Seal,
    pub value: Amount,
    pub nonce: u64,
    pub deadline: u64,
}

/// A signed transfer to the Vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authorization {
    pub seal: Seal,
    /// Zero where the Vault derives it.
    pub nonce: u8,
    /// Valid after this second.
    pub after: u64,
    /// And before this one.
    pub before: u64,
}

/// A deposit that anyone may send, of whoever signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedDeposit {
    pub token: Token,
    pub from: Account,
    pub amount: Amount,
    pub salt: u8,
    pub given: Authorization,
}

impl Model {
    /// Only STOA knows permits, and only those signed by keys.
    pub(super) fn permit(&mut self, token: Token, owner: Account, given: &Permit) {
        let good = token == Token::Stoa
            && given.seal.is_by_key_of(owner)
            && self.now <= given.deadline
            && given.nonce == self.permit_nonce(owner);
        if good {
            count(&mut self.used.permits, owner);
            self.tokens.allowed_to_vault.insert((token, owner), given.value);
        }
    }

    /// Only STOA knows authorizations; wrapped coin takes any call for an idle deposit.
    pub(super) fn pull_authorized(
        &mut self,
        token: Token,
        from: Account,
        amount: Amount,
        given: &Authorization,
        mark: Mark,
    ) -> Outcome {
        match token {
            Token::Stoa => {}
            Token::Absent => return Err(Refusal("Vault_TokenWithoutCode")),
            Token::Coin => return Err(Refusal("Vault_NothingArrived")),
            Token::Dollar | Token::Colossal => return Err(Refusal::UNTOLD),
        }
        require(given.seal.is_by_key_of(from), "ERC3009InvalidSignature")?;
        let timely = self.now > given.after && self.now < given.before;
        require(timely, "ERC3009InvalidAuthorizationTime")?;
        let unused = self.used.authorizations.insert((from, mark));
        require(unused, "ERC3009UsedAuthorization")?;
        self.tokens.transfer(token, from, Account::Vault, amount)?;
        require(!amount.is_zero(), "Vault_NothingArrived")
    }

    pub(super) fn deposit_with_authorization(&mut self, by: Account, deposit: &SignedDeposit) -> Outcome {
        let SignedDeposit { token, from, amount, salt, given } = *deposit;
        require(given.nonce == 0, "Vault_NonceNotZero")?;
        self.pull_authorized(token, from, amount, &given, Mark::Deposit(salt))?;
        self.credit_from(by, Account::Zero, from, token, amount)
    }
}
