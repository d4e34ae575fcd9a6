//! `stoa vault`

mod deposit;

use alloy::primitives::{Address, U256};
use clap::Subcommand;
use serde::Serialize;
use stoa_contracts::Vault;
use stoa_scripts::cli::{ChainArgs, Failure, Session, SignerArgs, Step, Table, Token};

/// Money in the Vault: what an account has there, and the way in and out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa vault show 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --token dUSD
  stoa vault deposit 250 --token dUSD --wallet demo:9
  stoa vault transfer 10 --token dUSD --wallet demo:9 --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
  stoa vault withdraw 12.5 --token dUSD --wallet demo:9 --to 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// What an account has in the Vault and in its wallet.
    Show {
        /// The account.
        account: Address,
        #[command(flatten)]
        money: TokenArgs,
        #[command(flatten)]
        chain: ChainArgs,
    },
    /// Puts tokens from the wallet into the Vault. Where the Vault is not allowed to take them, allows it that amount first.
    Deposit(Box<deposit::Args>),
    /// Takes tokens out of the Vault into a wallet.
    Withdraw {
        /// How much, in the token's own unit, such as 12.5.
        amount: String,
        /// The wallet that gets them; the signer's by default.
        #[arg(long, value_name = "ADDRESS")]
        to: Option<Address>,
        /// As the chain's coin: unwraps wrapped coin.
        #[arg(long)]
        native: bool,
        #[command(flatten)]
        money: TokenArgs,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
    /// Gives tokens to another balance in the Vault. Nothing leaves the Vault, and no token contract is asked.
    Transfer {
        /// How much, in the token's own unit, such as 12.5.
        amount: String,
        /// Whose balance grows.
        #[arg(long, value_name = "ADDRESS")]
        to: Address,
        #[command(flatten)]
        money: TokenArgs,
        #[command(flatten)]
        chain: ChainArgs,
        #[command(flatten)]
        signing: SignerArgs,
    },
}

#[derive(Debug, clap::Args)]
struct TokenArgs {
    /// The token: its symbol, where the network names it, or its address.
    #[arg(long, value_name = "TOKEN")]
    token: String,
}

#[derive(Debug, Serialize)]
struct Balances {
    account: Address,
    token: Address,
    symbol: String,
    decimals: u8,
    /// In base units.
    vault: String,
    wallet: String,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::Show { account, money, chain } => {
            let session = chain.connect().await?;
            let token = session.token(&money.token).await?;
            show(&session, *account, &token).await
        }
        Action::Deposit(args) => deposit::run(args).await,
        Action::Withdraw { amount, to, native, money, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let token = session.token(&money.token).await?;
            withdraw(&session, &token, amount, *to, *native).await
        }
        Action::Transfer { amount, to, money, chain, signing } => {
            let session = chain.connect_to_send(signing).await?;
            let token = session.token(&money.token).await?;
            transfer(&session, &token, amount, *to).await
        }
    }
}

async fn show(session: &Session, account: Address, token: &Token) -> anyhow::Result<()> {
    let vault = session.contracts.vault.balanceOf(account, id_of(token)).call().await?;
    let wallet = session.contracts.token(token.address).balanceOf(account).call().await?;
    let record = Balances {
        account,
        token: token.address,
        symbol: token.symbol.clone(),
        decimals: token.decimals,
        vault: vault.to_string(),
        wallet: wallet.to_string(),
    };
    session.output.answer(&record, || {
        Table::of_pairs([("vault", token.show(vault)), ("wallet", token.show(wallet))]).to_string()
    })
}

async fn withdraw(
    session: &Session,
    token: &Token,
    amount: &str,
    to: Option<Address>,
    native: bool,
) -> anyhow::Result<()> {
    let value = token.parse(amount).map_err(anyhow::Error::msg)?;
    let to = match to {
        Some(to) => to,
        None => session.account()?,
    };
    let (what, vault) = (format!("withdrawing {}", token.show(value)), *session.contracts.vault.address());
    let step = if native {
        must_be_coin(session, token, &what).await?;
        Step::new(what, vault, &Vault::withdrawNativeCall { amount: value, to })
            .with_row("as", "the chain's coin")
    } else {
        Step::new(what, vault, &Vault::withdrawCall { token: token.address, amount: value, to })
    };
    let sent = session.send(step.with_row("to wallet", to)).await?;
    session.output.answer(&[sent], || format!("{} withdrawn to {to}", token.show(value)))
}

async fn transfer(session: &Session, token: &Token, amount: &str, to: Address) -> anyhow::Result<()> {
    let value = token.parse(amount).map_err(anyhow::Error::msg)?;
    let call = Vault::transferCall { receiver: to, id: id_of(token), amount: value };
    let what = format!("giving {}", token.show(value));
    let step = Step::new(what, *session.contracts.vault.address(), &call).with_row("to the balance of", to);
    let sent = session.send(step).await?;
    session.output.answer(&[sent], || format!("{} of {to} in the Vault now", token.show(value)))
}

/// The token's number in the Vault.
fn id_of(token: &Token) -> U256 {
    U256::from_be_slice(token.address.as_slice())
}

/// Only one token is the chain's coin.
async fn must_be_coin(session: &Session, token: &Token, what: &str) -> anyhow::Result<()> {
    if session.contracts.vault.weth().call().await? == token.address {
        return Ok(());
    }
    let reason = format!("{} is not the chain's wrapped coin", token.symbol);
    Err(Failure::Refused { what: what.to_owned(), reason }.into())
}
