//! `stoa wallet`

use alloy::signers::local::PrivateKeySigner;
use clap::Subcommand;
use serde::Serialize;
use stoa_scripts::{
    cli::{Output, Secret, Table},
    keystore::{self, LEAST_PASSWORD, Wallet, Wallets},
};

/// Wallets: keys in encrypted files, in the folder that STOA_WALLETS names or ~/.stoa/wallets.
///
/// The files are Web3 Secret Storage, version 3, as Foundry and geth write and read them; only their owner may read
/// them. A password has at least 10 characters. Passwords and keys are typed or come from a file descriptor, never from
/// the command line, where everybody on the machine could see them. Who loses file or password loses the key: keep
/// copies of both.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa wallet new provider
  stoa wallet import buyer --key-fd 3 --password-fd 4 3< key.txt 4< password.txt
  stoa wallet list
  stoa wallet address provider
  stoa vault deposit 10 --token USDC --network base --wallet provider")]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make a new key.
    New {
        #[command(flatten)]
        made: MadeArgs,
    },
    /// Encrypt a key that you have.
    Import {
        /// Read the private key (32 bytes in hex) from this file descriptor instead of asking for it.
        #[arg(long, value_name = "FD")]
        key_fd: Option<u32>,
        #[command(flatten)]
        made: MadeArgs,
    },
    /// All wallets in the folder.
    List {
        /// Answer with one JSON document instead of tables.
        #[arg(long)]
        json: bool,
    },
    /// The address of a wallet. Where its file does not name one, the password is asked for.
    Address {
        /// Its name, or the path of a keystore.
        wallet: String,
        /// Read the password from this file descriptor instead of asking for it.
        #[arg(long, value_name = "FD")]
        password_fd: Option<u32>,
        /// Answer with one JSON document instead of tables.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, clap::Args)]
struct MadeArgs {
    /// What it is called from now on: letters, digits, - and _.
    name: String,
    /// Read the password from this file descriptor instead of asking for it twice.
    #[arg(long, value_name = "FD")]
    password_fd: Option<u32>,
    /// Answer with one JSON document instead of tables.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Serialize)]
struct Record {
    name: String,
    /// As people read it, with its checksum in the letters' case.
    address: Option<String>,
    path: String,
}

impl From<Wallet> for Record {
    fn from(wallet: Wallet) -> Self {
        let path = wallet.path.display().to_string();
        Self { name: wallet.name, address: wallet.address.map(|at| at.to_string()), path }
    }
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    match &args.action {
        Action::New { made } => create(made, || Ok(PrivateKeySigner::random())),
        Action::Import { key_fd, made } => {
            let secret = Secret { what: "the key", option: "--key-fd", descriptor: *key_fd };
            create(made, || key_of(&secret.read("Private key (not shown): ")?))
        }
        Action::List { json } => list(*json),
        Action::Address { wallet, password_fd, json } => address(wallet, *password_fd, *json),
    }
}

/// The parser's own message is dropped: it may repeat parts of the key.
fn key_of(text: &str) -> anyhow::Result<PrivateKeySigner> {
    text.trim().parse().map_err(|_| anyhow::anyhow!("that is no private key (32 bytes in hex)"))
}

fn create(made: &MadeArgs, signer: impl FnOnce() -> anyhow::Result<PrivateKeySigner>) -> anyhow::Result<()> {
    let wallets = Wallets::of_user()?;
    // Before anybody types a password for nothing.
    let path = wallets.path(&made.name)?;
    anyhow::ensure!(!path.exists(), keystore::Error::Exists { path });
    let signer = signer()?;
    let secret = Secret { what: "a password", option: "--password-fd", descriptor: made.password_fd };
    let password = secret.read_new(&format!("New password, at least {LEAST_PASSWORD} characters: "))?;
    let wallet = wallets.create(&made.name, &signer, &password)?;
    let record = Record::from(wallet);
    Output { json: made.json }
        .answer(&record, || format!("{} is {}, encrypted in {}", record.name, signer.address(), record.path))
}

fn list(json: bool) -> anyhow::Result<()> {
    let wallets = Wallets::of_user()?;
    let records: Vec<Record> = wallets.list()?.into_iter().map(Record::from).collect();
    Output { json }.answer(&records, || {
        if records.is_empty() {
            return format!("no wallets in {}: `stoa wallet new NAME` makes one", wallets.folder().display());
        }
        let mut table = Table::new(&["name", "address"]);
        for record in &records {
            let address = record.address.clone().unwrap_or_else(|| "not in the file".to_owned());
            table.row([record.name.clone(), address]);
        }
        table.to_string()
    })
}

fn address(name: &str, descriptor: Option<u32>, json: bool) -> anyhow::Result<()> {
    let path = Wallets::of_user()?.find(name)?;
    let address = match keystore::address(&path)? {
        Some(address) => address,
        None => {
            let secret = Secret { what: "a password", option: "--password-fd", descriptor };
            let password = secret.read(&format!("Password of {}: ", path.display()))?;
            keystore::open(&path, &password)?.address()
        }
    };
    let record = Record {
        name: name.to_owned(),
        address: Some(address.to_string()),
        path: path.display().to_string(),
    };
    Output { json }.answer(&record, || address.to_string())
}
