//! What keeps a signed order from being sent.

use alloy::{
    primitives::{Address, B256, U256},
    sol_types::{SolStruct as _, SolValue as _},
};
use stoa_contracts::Vault::Authorization;
use stoa_scripts::cli::{Failure, Offer, Payment, Session, Source, show_time, typed};

use super::{
    file::{Pay, PayFile, SpendFile},
    sign::unfit,
};

/// The bit of a nonce in its word.
pub(super) fn bit_of(nonce: U256) -> usize {
    nonce.as_limbs()[0] as usize & 0xff
}

/// Whether the deadline is over.
pub(super) async fn expired(session: &Session, deadline: U256) -> anyhow::Result<Option<String>> {
    let deadline: u64 = deadline.saturating_to();
    let now = session.now().await?;
    Ok((now > deadline).then(|| format!("it was good until {}", show_time(deadline))))
}

fn used(account: Address, nonce: impl std::fmt::Display) -> String {
    format!("{account} has used or cancelled its nonce {nonce}: it was sent before, or is void")
}

pub(super) fn not_signed(account: Address) -> String {
    format!("the signature is not of {account} over these values: they were altered, or somebody else signed")
}

impl PayFile {
    /// All that is found, the plainest first; with a sender, also whether it may send.
    pub(super) async fn problems(
        &self,
        session: &Session,
        payment: &Payment,
        sender: Option<Address>,
    ) -> anyhow::Result<Vec<String>> {
        let mut problems = self.identity(session).await?;
        problems.extend(expired(session, self.pay.deadline).await?);
        if self.is_used(session).await? {
            problems.push(match self.pay.funding {
                Source::Authorization => used(self.pay.from, self.digest(session)?),
                _ => used(self.pay.from, self.pay.nonce),
            });
        }
        if let Some(sender) = sender
            && self.pay.relayer != Address::ZERO
            && self.pay.relayer != sender
        {
            problems.push(format!("only {} may send it, not {sender}", self.pay.relayer));
        }
        if problems.is_empty() {
            problems.extend(self.refusal(session, payment).await?);
        }
        if problems.is_empty() {
            let purse = session.purse(self.pay.from, &payment.token).await?;
            let from = self.pay.from;
            let reason = unfit(session, payment, from, &purse, self.pay.funding).await;
            problems.extend(reason.map(|reason| format!("{from} cannot pay: {reason}")));
            let permitted = self.pay.funding != Source::Permit || purse.allowance >= payment.amount;
            if !permitted && !session.is_permit_good(&self.signed(), &self.grant).await {
                let may = payment.token.show(purse.allowance);
                problems.push(format!(
                    "its permit is void, as another was used since, and the Vault may take {may}"
                ));
            }
        }
        Ok(problems)
    }

    /// Whether it is of this deployment, and of who it says.
    async fn identity(&self, session: &Session) -> anyhow::Result<Vec<String>> {
        let (vault, market) = (*session.contracts.vault.address(), *session.contracts.market.address());
        if self.contract != vault {
            return Ok(vec![format!(
                "it is for a Vault at {}, and this deployment's is {vault}",
                self.contract
            )]);
        }
        if self.pay.target != market {
            return Ok(vec![format!("it pays {}, which is not this deployment's Market", self.pay.target)]);
        }
        let signed = match self.pay.funding {
            Source::Authorization => self.is_authorized(session).await?,
            _ => session.is_signed(self.pay.from, self.digest(session)?, &self.signature).await?,
        };
        Ok(if signed { Vec::new() } else { vec![not_signed(self.pay.from)] })
    }

    /// What the payer signed, hashed; the authorization's nonce, where that pays.
    pub(super) fn digest(&self, session: &Session) -> anyhow::Result<B256> {
        Ok(self.wanted()?.digest(&self.signed(), &session.vault_domain()))
    }

    async fn is_authorized(&self, session: &Session) -> anyhow::Result<bool> {
        let Ok(grant) = Authorization::abi_decode(&self.grant) else { return Ok(false) };
        let nonce = self.digest(session)?;
        let Some(digest) = session.authorization_digest(&self.signed(), &grant, nonce).await else {
            return Ok(false);
        };
        session.is_signed(self.pay.from, digest, &grant.signature).await
    }

    pub(super) async fn is_used(&self, session: &Session) -> anyhow::Result<bool> {
        let Pay { from, token, nonce, .. } = &self.pay;
        if self.pay.funding == Source::Authorization {
            let digest = self.digest(session)?;
            return Ok(session.is_authorization_used(*token, *from, digest).await == Some(true));
        }
        let word = session.contracts.vault.nonceWord(*from, *nonce >> 8).call().await?;
        Ok(word.bit(bit_of(*nonce)))
    }

    /// What the Market has against it, asked without the signature.
    async fn refusal(&self, session: &Session, payment: &Payment) -> anyhow::Result<Option<String>> {
        let asked =
            Payment { amount: payment.amount.saturating_sub(self.pay.relayer_fee), ..payment.clone() };
        let answer = session.ask_target(&asked, self.pay.from, self.wanted()?.witness()).await;
        match answer {
            Ok(()) => Ok(None),
            Err(error) => match error.downcast::<Failure>()? {
                Failure::Refused { reason, .. } => Ok(Some(reason)),
                other => Err(other.into()),
            },
        }
    }
}

impl SpendFile {
    /// All that is found, the plainest first; with a sender, also whether it may send.
    pub(super) async fn problems(
        &self,
        session: &Session,
        offer: &Offer,
        sender: Option<Address>,
    ) -> anyhow::Result<Vec<String>> {
        let (market, order) = (&session.contracts.market, &self.spend);
        let mut problems = Vec::new();
        if self.contract != *market.address() {
            let (there, here) = (self.contract, market.address());
            problems.push(format!("it is for a Market at {there}, and this deployment's is {here}"));
        } else if !session.is_signed(order.holder, self.digest(session), &self.signature).await? {
            problems.push(not_signed(order.holder));
        }
        problems.extend(expired(session, order.deadline).await?);
        if self.is_used(session).await? {
            problems.push(used(order.holder, order.nonce));
        }
        if let Some(sender) = sender
            && sender != order.spender
        {
            problems.push(format!("only {} may send it, not {sender}", order.spender));
        }
        if !offer.is_credits() {
            problems.push(format!("plan {} sells no credits", order.plan));
        } else {
            let left = market.balanceOf(order.holder, order.plan).call().await?;
            if left < order.units {
                problems.push(format!(
                    "{} has {left} {}, and it takes {}",
                    order.holder,
                    offer.unit(),
                    order.units
                ));
            }
        }
        Ok(problems)
    }

    fn digest(&self, session: &Session) -> B256 {
        typed::Spend::from(self.signed()).eip712_signing_hash(&session.market_domain())
    }

    pub(super) async fn is_used(&self, session: &Session) -> anyhow::Result<bool> {
        let (holder, nonce) = (self.spend.holder, self.spend.nonce);
        let word = session.contracts.market.nonceWord(holder, nonce >> 8).call().await?;
        Ok(word.bit(bit_of(nonce)))
    }
}
