//! Where the money of a payment comes from.

use alloy::{
    primitives::{Address, B256, Bytes, U256},
    providers::Provider as _,
};
use serde::{Deserialize, Serialize};
use stoa_contracts::{Market, StoaToken, Vault};

use super::{Failure, Session, Step, Token, format_units, grants::Transfer};

/// How long a permit or authorization that is sent at once is good, in seconds.
const GOOD_FOR: u64 = 3_600;
const ETHER_DECIMALS: u8 = 18;

/// A source, with the Vault's own number for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Source {
    /// The balance in the Vault.
    Balance = 0,
    /// The wallet; the Vault is first allowed to take the amount, where it is not.
    Allowance = 1,
    /// The wallet, by a signed permit (ERC-2612).
    Permit = 2,
    /// The wallet, by a signed authorization (ERC-3009).
    Authorization = 3,
    /// The chain's coin, as wrapped coin.
    Native = 4,
}

impl Source {
    #[must_use]
    pub fn show(self) -> &'static str {
        match self {
            Self::Balance => "the vault balance",
            Self::Allowance => "the wallet, by allowance",
            Self::Permit => "the wallet, by permit",
            Self::Authorization => "the wallet, by authorization",
            Self::Native => "the wallet, in the chain's coin",
        }
    }
}

/// A payment to be.
#[derive(Clone, Debug)]
pub struct Payment {
    /// As in "… is refused": "buying plan 4".
    pub what: String,
    pub target: Address,
    pub token: Token,
    pub amount: U256,
    pub data: Bytes,
    /// What a person should know of it.
    pub rows: Vec<(&'static str, String)>,
}

/// What an account has of a token.
#[derive(Clone, Debug)]
pub struct Purse {
    pub vault: U256,
    pub wallet: U256,
    /// What the Vault may take out of the wallet.
    pub allowance: U256,
    /// The chain's coin, where the token is it wrapped.
    pub coin: Option<U256>,
}

impl Purse {
    /// Each source and what it has.
    #[must_use]
    pub fn show(&self, token: &Token) -> String {
        let mut parts = vec![
            format!("the vault balance has {}", token.show(self.vault)),
            format!(
                "the wallet has {} (the Vault may take {})",
                token.show(self.wallet),
                token.show(self.allowance)
            ),
        ];
        if let Some(coin) = self.coin {
            parts.push(format!("and {} of the chain's coin", format_units(coin, ETHER_DECIMALS)));
        }
        parts.join(", ")
    }
}

impl Session {
    /// What an account has of a token, and where.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn purse(&self, account: Address, token: &Token) -> anyhow::Result<Purse> {
        let id = U256::from_be_slice(token.address.as_slice());
        let (vault, contract) = (&self.contracts.vault, self.contracts.token(token.address));
        let is_coin = vault.weth().call().await? == token.address;
        Ok(Purse {
            vault: vault.balanceOf(account, id).call().await?,
            wallet: contract.balanceOf(account).call().await?,
            allowance: contract.allowance(account, *vault.address()).call().await?,
            coin: if is_coin { Some(self.provider.get_balance(account).await?) } else { None },
        })
    }

    /// Asks the paid contract whether it would take the payment, as the Vault asks it. So an answer about the order
    /// comes before any question of money, and before an allowance is given.
    ///
    /// # Errors
    /// With the contract's reason.
    pub async fn ask_target(&self, payment: &Payment, from: Address, witness: B256) -> anyhow::Result<()> {
        let (token, received, data) = (payment.token.address, payment.amount, payment.data.clone());
        let call = Market::onPayCall { from, token, received, data, witness };
        let step = Step::new(&payment.what, payment.target, &call);
        self.try_as(*self.contracts.vault.address(), &step).await
    }

    /// The transactions that make a payment, from the named source or the first that serves: vault balance, standing
    /// allowance, authorization, permit, new allowance, coin.
    ///
    /// # Errors
    /// When the payment would be refused, or no source has enough.
    pub async fn pay(&self, payment: &Payment, from: Option<Source>) -> anyhow::Result<(Source, Vec<Step>)> {
        let account = self.account()?;
        self.ask_target(payment, account, B256::ZERO).await?;
        let purse = self.purse(account, &payment.token).await?;
        if let Some(source) = from {
            purse.check(payment, source)?;
            return Ok((source, self.pay_from(payment, source, &purse).await?));
        }
        let amount = payment.amount;
        if purse.vault >= amount {
            return Ok((Source::Balance, vec![self.plain(payment, Source::Balance)]));
        }
        if purse.wallet < amount {
            if purse.coin.is_some_and(|coin| coin > amount) {
                return Ok((Source::Native, vec![self.plain(payment, Source::Native)]));
            }
            return Err(payment.refused(payment.lack(&purse)));
        }
        if purse.allowance < amount {
            for source in [Source::Authorization, Source::Permit] {
                if let Some(step) = self.by_grant(payment, source).await?
                    && self.try_as(account, &step).await.is_ok()
                {
                    return Ok((source, vec![step]));
                }
            }
        }
        Ok((Source::Allowance, self.by_allowance(payment, &purse).await?))
    }

    async fn pay_from(&self, payment: &Payment, source: Source, purse: &Purse) -> anyhow::Result<Vec<Step>> {
        match source {
            Source::Balance | Source::Native => Ok(vec![self.plain(payment, source)]),
            Source::Allowance => self.by_allowance(payment, purse).await,
            Source::Permit | Source::Authorization => {
                let step = self.by_grant(payment, source).await?;
                Ok(vec![step.ok_or_else(|| payment.refused(payment.takes_no(source)))?])
            }
        }
    }

    /// The payment by `Vault.pay`.
    fn plain(&self, payment: &Payment, source: Source) -> Step {
        let call = Vault::payCall {
            target: payment.target,
            token: payment.token.address,
            amount: payment.amount,
            funding: source as u8,
            data: payment.data.clone(),
        };
        let value = if source == Source::Native { payment.amount } else { U256::ZERO };
        payment.step(*self.contracts.vault.address(), &call, source).with_value(value)
    }

    async fn by_allowance(&self, payment: &Payment, purse: &Purse) -> anyhow::Result<Vec<Step>> {
        let mut steps = self.allow(&payment.token, payment.amount, purse.allowance).await?;
        steps.push(self.plain(payment, Source::Allowance));
        Ok(steps)
    }

    /// What lets the Vault take an amount out of the wallet, which may take `allowed` now: nothing where that is enough.
    ///
    /// # Errors
    /// When nobody signs.
    pub async fn allow(&self, token: &Token, amount: U256, allowed: U256) -> anyhow::Result<Vec<Step>> {
        if allowed >= amount {
            return Ok(Vec::new());
        }
        let spender = *self.contracts.vault.address();
        let allow = |value| {
            let what = format!("allowing the Vault to take {}", token.show(value));
            Step::new(what, token.address, &StoaToken::approveCall { spender, value })
        };
        let step = allow(amount);
        // Some tokens, USDT for one, change an allowance only from or to zero.
        if !allowed.is_zero() && self.try_as(self.account()?, &step).await.is_err() {
            return Ok(vec![allow(U256::ZERO), step]);
        }
        Ok(vec![step])
    }

    async fn by_grant(&self, payment: &Payment, source: Source) -> anyhow::Result<Option<Step>> {
        let (token, amount) = (payment.token.address, payment.amount);
        let transfer = Transfer { token, amount, deadline: self.now().await? + GOOD_FOR };
        let grant = match source {
            Source::Authorization => {
                self.authorization(transfer, rand::random::<[u8; 32]>().into(), false).await?
            }
            _ => self.permit(transfer).await?,
        };
        let Some(grant) = grant else { return Ok(None) };
        let (target, data, funding) = (payment.target, payment.data.clone(), source as u8);
        let call = Vault::payWithGrantCall { target, token, amount, funding, grant, data };
        Ok(Some(payment.step(*self.contracts.vault.address(), &call, source)))
    }
}

impl Purse {
    /// Checks that a source which was named has enough.
    fn check(&self, payment: &Payment, source: Source) -> anyhow::Result<()> {
        let has = match source {
            Source::Balance => self.vault,
            Source::Allowance | Source::Permit | Source::Authorization => self.wallet,
            Source::Native => match self.coin {
                Some(coin) => coin,
                None => {
                    let reason = format!("{} is not the chain's wrapped coin", payment.token.symbol);
                    return Err(payment.refused(reason));
                }
            },
        };
        if has < payment.amount { Err(payment.refused(payment.lack(self))) } else { Ok(()) }
    }
}

impl Payment {
    fn step(&self, vault: Address, call: &impl alloy::sol_types::SolCall, source: Source) -> Step {
        let step = Step::new(&self.what, vault, call);
        let step = self.rows.iter().fold(step, |step, (name, value)| step.with_row(name, value));
        step.with_row("paid from", source.show()).with_row("at most leaves you", self.token.show(self.amount))
    }

    /// That it cannot be, for this reason.
    #[must_use]
    pub fn refused(&self, reason: String) -> anyhow::Error {
        Failure::Refused { what: self.what.clone(), reason }.into()
    }

    /// That the token knows no such signature.
    #[must_use]
    pub fn takes_no(&self, source: Source) -> String {
        let kind = if source == Source::Permit { "permits (ERC-2612)" } else { "authorizations (ERC-3009)" };
        format!("{} takes no {kind}", self.token.symbol)
    }

    /// What is needed, and what each source has.
    #[must_use]
    pub fn lack(&self, purse: &Purse) -> String {
        let needed = self.token.show(self.amount);
        format!("it takes {needed} from one source, and {}", purse.show(&self.token))
    }
}
