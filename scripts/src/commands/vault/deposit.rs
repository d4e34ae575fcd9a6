//! `stoa vault deposit`

use alloy::{
    primitives::{Address, B256, U256, keccak256},
    sol_types::SolValue as _,
};
use clap::ValueEnum;
use serde::Serialize;
use stoa_contracts::Vault::{self, Authorization};
use stoa_scripts::cli::{ChainArgs, Failure, Session, SignerArgs, Step, Token, Transfer};

use super::TokenArgs;

/// How long a permit or authorization that is sent at once is good, in seconds.
const GOOD_FOR: u64 = 3_600;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa vault deposit 250 --token dUSD --wallet demo:9
  stoa vault deposit 250 --token STOA --from authorization --wallet demo:9
  stoa vault deposit 0.5 --token WETH --from native --wallet demo:9
  stoa vault deposit 250 --token dUSD --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --wallet demo:9")]
pub(super) struct Args {
    /// How much, in the token's own unit, such as 12.5.
    amount: String,
    /// Whose balance grows; the signer's by default.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// How the money is taken; by default a standing allowance, else an authorization where the token takes them, else a
    /// new allowance of the amount.
    #[arg(long, value_enum)]
    from: Option<From>,
    #[command(flatten)]
    money: TokenArgs,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum From {
    /// The Vault is first allowed to take the amount, where it is not.
    Allowance,
    /// The same, by a signed permit (ERC-2612).
    Permit,
    /// A signed authorization (ERC-3009), in one transaction.
    Authorization,
    /// The chain's coin, as wrapped coin.
    Native,
}

/// What is to be deposited, whose it becomes, and what it is called.
struct Deposit<'a> {
    session: &'a Session,
    token: Token,
    amount: U256,
    to: Address,
    what: String,
}

pub(super) async fn run(args: &Args) -> anyhow::Result<()> {
    let session = &args.chain.connect_to_send(&args.signing).await?;
    let token = session.token(&args.money.token).await?;
    let amount = token.parse(&args.amount).map_err(anyhow::Error::msg)?;
    let to = match args.to {
        Some(to) => to,
        None => session.account()?,
    };
    let what = format!("depositing {}", token.show(amount));
    let deposit = Deposit { session, token, amount, to, what };
    let steps = deposit.steps(args.from).await?;
    let sent = session.send_all(&steps).await?;
    session.output.answer(&sent, || format!("{} deposited for {to}", deposit.token.show(amount)))
}

impl Deposit<'_> {
    async fn steps(&self, from: Option<From>) -> anyhow::Result<Vec<Step>> {
        let vault = &self.session.contracts.vault;
        let account = self.session.account()?;
        let from = match from {
            Some(From::Native) => return Ok(vec![self.native().await?]),
            Some(From::Authorization) => return Ok(vec![self.authorized().await?]),
            from => from,
        };
        let token = self.session.contracts.token(self.token.address);
        let allowed = token.allowance(account, *vault.address()).call().await?;
        let mut steps = match from {
            Some(From::Permit) => vec![self.permitted().await?],
            None if allowed < self.amount => match self.authorized().await {
                Ok(step) if self.session.try_as(account, &step).await.is_ok() => return Ok(vec![step]),
                _ => self.session.allow(&self.token, self.amount, allowed).await?,
            },
            _ => self.session.allow(&self.token, self.amount, allowed).await?,
        };
        let call = Vault::depositCall { token: self.token.address, amount: self.amount, to: self.to };
        steps.push(self.step(&call));
        Ok(steps)
    }

    fn step(&self, call: &impl alloy::sol_types::SolCall) -> Step {
        Step::new(&self.what, *self.session.contracts.vault.address(), call).with_row("balance of", self.to)
    }

    async fn transfer(&self) -> anyhow::Result<Transfer> {
        let deadline = self.session.now().await? + GOOD_FOR;
        Ok(Transfer { token: self.token.address, amount: self.amount, deadline })
    }

    /// An authorization of its own kind, which is of no use for anything else.
    async fn authorized(&self) -> anyhow::Result<Step> {
        let from = self.session.account()?;
        if self.to != from {
            return Err(self.refused("an authorization fills the signer's own balance only: leave --to away"));
        }
        let salt: B256 = rand::random::<[u8; 32]>().into();
        let nonce = keccak256((keccak256("Deposit(bytes32 salt)"), salt).abi_encode());
        let grant = self.session.authorization(self.transfer().await?, nonce, true).await?;
        let Some(grant) = grant else {
            return Err(self.refused(&format!("{} takes no authorizations (ERC-3009)", self.token.symbol)));
        };
        let (token, amount) = (self.token.address, self.amount);
        let authorization = Authorization::abi_decode(&grant)?;
        Ok(self.step(&Vault::depositWithAuthorizationCall { token, from, amount, salt, authorization }))
    }

    async fn permitted(&self) -> anyhow::Result<Step> {
        let permit = self.session.permit_call(self.transfer().await?).await?;
        let Some(permit) = permit else {
            return Err(self.refused(&format!("{} takes no permits (ERC-2612)", self.token.symbol)));
        };
        let what = format!("permitting the Vault to take {}", self.token.show(self.amount));
        Ok(Step::new(what, self.token.address, &permit))
    }

    async fn native(&self) -> anyhow::Result<Step> {
        super::must_be_coin(self.session, &self.token, &self.what).await?;
        Ok(self.step(&Vault::depositNativeCall { to: self.to }).with_value(self.amount))
    }

    fn refused(&self, reason: &str) -> anyhow::Error {
        Failure::Refused { what: self.what.clone(), reason: reason.to_owned() }.into()
    }
}
