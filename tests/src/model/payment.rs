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
    /// A listing is paid without a sale.
    Listing(ListingId),
}

impl Errand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Order(_) => "Order",
            Self::Shares { .. } => "Shares",
            Self::Lock(_) => "Lock",
            Self::Listing(_) => "Listing",
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
        let spent = self.deliver(by, token, amount, errand)?;
        self.return_rest(by, token, amount - spent)
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

    /// What the errand costs of what arrived, after it was run.
    fn deliver(&mut self, from: Account, token: Token, received: Amount, errand: &Errand) -> Outcome<Amount> {
        match errand {
            Errand::Order(order) => self.buy(from, token, received, order),
            Errand::Shares { sale, quantity, recipient } => {
                self.sell_shares(token, received, *sale, *quantity, *recipient)
            }
            Errand::Lock(order) => self.lock(from, token, received, order),
            Errand::Listing(listing) => self.pay_listing(*listing, token, received),
        }
    }

    fn return_rest(&mut self, by: Account, token: Token, rest: Amount) -> Outcome {
        if rest.is_zero() { Ok(()) } else { self.vault.credit(token, by, rest) }
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
        let spent = self.deliver(order.from, order.token, received, &order.errand)?;
        self.return_rest(by, order.token, order.relayer_fee)?;
        self.return_rest(order.from, order.token, received - spent)
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
        Errand::Listing(_) => "Revenue_WitnessMismatch",
    })
}
