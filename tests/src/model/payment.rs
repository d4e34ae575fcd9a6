//! The Vault's one door: the money leaves the payer, the errand takes its price, the rest comes back.

use super::error::require;
use super::signed::Mark;
use super::{
    Account, Amount, Authorization, Funding, Keeper, ListingId, LockOrder, Model, Order, Outcome, Permit,
    Refusal, SaleId, Seal, Token,
};

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Errand {
    Order(Order),
    Shares {
        sale: SaleId,
        quantity: u64,
        recipient: Account,
    },
    Lock(LockOrder),
    /// A listing is paid without a sale, with a word of the payer.
    Listing {
        listing: ListingId,
        memo: u32,
    },
}

impl Errand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Order(_) => "Order",
            Self::Shares { .. } => "Shares",
            Self::Lock(_) => "Lock",
            Self::Listing { .. } => "Listing",
        }
    }
}

/// Where the money of a signed payment is to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    Balance,
    Allowance,
    Permit,
    Authorization,
    Native,
}

impl From<Funding> for Source {
    fn from(funding: Funding) -> Self {
        match funding {
            Funding::Balance => Self::Balance,
            Funding::Allowance => Self::Allowance,
            Funding::Permit(_) => Self::Permit,
            Funding::Authorization(_) => Self::Authorization,
            Funding::Native { .. } => Self::Native,
        }
    }
}

/// All that the signer of a payment signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignedPay {
    pub from: Account,
    pub errand: Errand,
    pub token: Token,
    /// All that leaves the payer.
    pub amount: Amount,
    pub source: Source,
    /// Who may send it; without, anyone.
    pub relayer: Option<Account>,
    /// What the sender gets out of the amount.
    pub relayer_fee: Amount,
    pub nonce: u64,
    pub deadline: u64,
}

/// What comes along with a signed payment for the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    None,
    Permit(Permit),
    Authorization(Authorization),
}

/// What a signed payment names as its errand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// The errand that is sent along.
    Same,
    Zero,
    Another,
}

/// A signed payment as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayedPay {
    pub order: SignedPay,
    pub witness: Witness,
    pub grant: Grant,
    /// Of the payment; of no meaning where an authorization is both.
    pub seal: Seal,
}

/// Who gets how much of a payment.
pub(super) type Credits = Vec<(Account, Amount)>;

/// Money that has left its payer.
struct Taken {
    from: Account,
    token: Token,
    amount: Amount,
    from_balance: bool,
}

impl Model {
    /// Whoever acts pays.
    pub(super) fn pay(
        &mut self,
        by: Account,
        token: Token,
        amount: Amount,
        funding: Funding,
        errand: &Errand,
    ) -> Outcome {
        self.take(by, token, amount, funding)?;
        let credits = self.deliver(by, token, amount, errand)?;
        let taken = Taken { from: by, token, amount, from_balance: funding == Funding::Balance };
        self.give(by, &taken, Amount::ZERO, &credits)
    }

    /// The money leaves the payer before anybody is asked.
    fn take(&mut self, by: Account, token: Token, amount: Amount, funding: Funding) -> Outcome {
        match funding {
            Funding::Balance => self.vault.debit(token, by, amount),
            Funding::Allowance => self.pull_unless_zero(token, by, amount),
            Funding::Permit(given) => self.pull_permitted(token, by, amount, &given),
            Funding::Authorization(given) => {
                let mark = Mark::Own(given.nonce);
                self.pull_authorized(token, by, amount, &given, mark)
            }
            Funding::Native { sent } => {
                require(token == Token::Coin, "Vault_NotWeth")?;
                require(sent == amount, "Vault_WrongValue")?;
                self.wrap(by, amount)
            }
        }
    }

    fn pull_unless_zero(&mut self, token: Token, from: Account, amount: Amount) -> Outcome {
        if amount.is_zero() { Ok(()) } else { self.pull(token, from, amount) }
    }

    /// A permit that is no good is passed over: what is allowed anyway may be taken.
    fn pull_permitted(&mut self, token: Token, from: Account, amount: Amount, given: &Permit) -> Outcome {
        require(token != Token::Absent, "Vault_TokenWithoutCode")?;
        self.permit(token, from, given);
        self.pull_unless_zero(token, from, amount)
    }

    /// Runs the errand; says who gets how much of what arrived.
    fn deliver(
        &mut self,
        from: Account,
        token: Token,
        received: Amount,
        errand: &Errand,
    ) -> Outcome<Credits> {
        match errand {
            Errand::Order(order) => self.buy(from, token, received, order),
            Errand::Shares { sale, quantity, recipient } => {
                self.sell_shares((from, token, received), *sale, *quantity, *recipient)
            }
            Errand::Lock(order) => self.lock(from, token, received, order),
            Errand::Listing { listing, memo } => self.pay_listing((from, token, received), *listing, *memo),
        }
    }

    /// The sender's fee first, then what the errand costs, and the rest comes back. What comes from a balance has not
    /// left it by any event yet, so coming back needs none.
    fn give(
        &mut self,
        caller: Account,
        taken: &Taken,
        fee: Amount,
        credits: &[(Account, Amount)],
    ) -> Outcome {
        let Taken { from, token, amount, from_balance } = *taken;
        let source = if from_balance { from } else { Account::Zero };
        let mut rest = amount;
        for (account, part) in [&[(caller, fee)], credits].concat() {
            if !part.is_zero() {
                rest -= part;
                self.credit_from(caller, source, account, token, part)?;
            }
        }
        match (rest.is_zero(), from_balance) {
            (true, _) => Ok(()),
            (false, true) => self.vault.credit(token, from, rest),
            (false, false) => self.credit_from(caller, Account::Zero, from, token, rest),
        }
    }

    /// Somebody sends a payment that another signed, and gets the fee that this one named.
    pub(super) fn pay_by_sig(&mut self, by: Account, pay: &RelayedPay) -> Outcome {
        let order = &pay.order;
        require(self.now <= order.deadline, "Vault_Expired")?;
        require(order.relayer.is_none_or(|relayer| relayer == by), "Vault_WrongRelayer")?;
        require(pay.witness != Witness::Zero, "Vault_ZeroWitness")?;
        if order.source == Source::Authorization {
            self.take_authorized(order, pay.grant)?;
        } else {
            self.take_signed(order, pay.grant, pay.seal)?;
        }
        require(order.relayer_fee <= order.amount, "Vault_RelayerFeeTooHigh")?;
        let received = order.amount - order.relayer_fee;
        if pay.witness == Witness::Another {
            return Err(mismatch(&order.errand, order.token));
        }
        let credits = self.deliver(order.from, order.token, received, &order.errand)?;
        let SignedPay { from, token, amount, source, .. } = *order;
        let taken = Taken { from, token, amount, from_balance: source == Source::Balance };
        self.give(by, &taken, order.relayer_fee, &credits)
    }

    fn take_signed(&mut self, order: &SignedPay, grant: Grant, seal: Seal) -> Outcome {
        let SignedPay { from, token, amount, source, nonce, .. } = *order;
        require(seal.is_of(from), "Vault_WrongSignature")?;
        self.use_nonce(Keeper::Vault, from, nonce)?;
        match (source, grant) {
            (Source::Balance, _) => self.vault.debit(token, from, amount),
            (Source::Allowance, _) => self.pull_unless_zero(token, from, amount),
            (Source::Permit, Grant::Permit(given)) => self.pull_permitted(token, from, amount, &given),
            (Source::Permit, _) => {
                require(token != Token::Absent, "Vault_TokenWithoutCode")?;
                Err(Refusal("Vault_GrantMalformed"))
            }
            _ => Err(Refusal("Vault_WrongFunding")),
        }
    }

    /// The authorization is the consent, and bound to this payment.
    fn take_authorized(&mut self, order: &SignedPay, grant: Grant) -> Outcome {
        require(order.nonce == 0, "Vault_NonceNotZero")?;
        let Grant::Authorization(given) = grant else { return Err(Refusal("Vault_GrantMalformed")) };
        require(given.nonce == 0, "Vault_NonceNotZero")?;
        let mark = Mark::Payment(Box::new(order.clone()));
        self.pull_authorized(order.token, order.from, order.amount, &given, mark)
    }
}

/// Who is paid notices that something else was signed; Staking takes no other token in the first place.
fn mismatch(errand: &Errand, token: Token) -> Refusal {
    Refusal(match errand {
        Errand::Order(_) | Errand::Shares { .. } => "Market_WrongWitness",
        Errand::Lock(_) if token != Token::Stoa => "Staking_WrongToken",
        Errand::Lock(_) => "Staking_WitnessMismatch",
        Errand::Listing { .. } => "Revenue_WitnessMismatch",
    })
}
