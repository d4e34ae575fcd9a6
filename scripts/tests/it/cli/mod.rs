//! The commands for providers, buyers, stakers and operators, on a real chain.

mod buy;
mod buy_gates;
mod crashes;
mod deploy_placed;
mod deploy_resumed;
mod deploy_verified;
mod govern;
mod listing;
mod market;
mod network;
mod order;
mod order_others;
mod passes;
mod plan;
mod provider;
mod publish;
mod readme;
mod revenue;
mod seed;
mod servers;
mod shares;
mod shop;
mod stake;
mod stores;
mod tokens;
mod vault;
mod wallet;

use std::{
    collections::BTreeMap,
    process::{Command, Output},
};

use serde_json::Value;
use stoa_scripts::{
    deploy::{self, Deployment, Options, Parameters},
    testing::{Anvil, AnvilOptions, Bin},
};
use tempfile::TempDir;

/// A chain with the suite on it, and the `stoa` command.
pub(crate) struct Desk {
    pub(crate) chain: Anvil,
    pub(crate) folder: TempDir,
    pub(crate) deployment: Deployment,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// Contracts, and nothing else.
    pub(crate) async fn open() -> Self {
        Self::on(Anvil::start().await).deploy(None).await
    }

    /// On a chain that began at this time.
    pub(crate) async fn born(time: &str) -> Self {
        let args = vec!["--timestamp".to_owned(), time.to_owned()];
        let chain = Anvil::start_with(AnvilOptions { args, ..AnvilOptions::default() }).await;
        Self::on(chain).deploy(None).await
    }

    /// An empty chain.
    async fn closed() -> Self {
        Self::on(Anvil::start().await)
    }

    fn on(chain: Anvil) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let parameters = Parameters::local(Anvil::signer(0).address());
        let deployment = Deployment { chain_id: 31_337, block: 0, contracts: BTreeMap::new(), parameters };
        Self { chain, folder, deployment }
    }

    async fn deploy(self, parameters: Option<Parameters>) -> Self {
        let options = Options {
            rpc_url: self.chain.rpc_url().parse().unwrap(),
            signer: Anvil::signer(0),
            file: Some(self.folder.path().join("deployment.json")),
            chain_id: None,
            parameters,
        };
        let deployment = deploy::deploy(&options, &|_| {}).await.unwrap().deployment;
        Self { deployment, ..self }
    }

    /// The command, not yet run: with this chain and its deployment in the environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(Bin::path("stoa"));
        command
            .args(args)
            .env("STOA_RPC_URL", self.chain.rpc_url())
            .env("STOA_DEPLOYMENT", self.folder.path().join("deployment.json"))
            .env("STOA_WALLETS", self.folder.path().join("wallets"))
            .env("STOA_CONTENT", self.folder.path().join("content"))
            .env("STOA_GATEWAYS", "http://127.0.0.1:9")
            .env_remove("STOA_IPFS_API")
            .env_remove("STOA_STORES")
            .env_remove("STOA_STORE_TOKEN")
            .env_remove("STOA_PUBLIC_URL")
            .env_remove("STOA_WALLET")
            .env_remove("STOA_NETWORK");
        command
    }

    /// Runs it as it is typed: words apart by one space.
    pub(crate) fn says(&self, line: &str) -> Said {
        self.run(&line.split(' ').collect::<Vec<_>>())
    }

    pub(crate) fn run(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    /// As wallet demo:N, without being asked; it must work.
    pub(crate) fn does(&self, wallet: usize, line: &str) -> Value {
        let said = self.says(&format!("{line} --wallet demo:{wallet} --yes --json"));
        assert_eq!(said.code, 0, "{line}: {}", said.err);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", said.out))
    }

    /// As wallet demo:N, without being asked; the contracts must refuse it, and this is what it says.
    pub(crate) fn refuses(&self, wallet: usize, line: &str) -> String {
        let said = self.says(&format!("{line} --wallet demo:{wallet} --yes"));
        assert_eq!(said.code, 3, "{line}: {} {}", said.out, said.err);
        said.err.trim().to_owned()
    }

    /// An answer about the chain.
    pub(crate) fn asks(&self, line: &str) -> Value {
        let said = self.says(&format!("{line} --json"));
        assert_eq!(said.code, 0, "{line}: {}", said.err);
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{line}: {error}: {}", said.out))
    }

    /// An account of the demo.
    pub(crate) fn address(&self, wallet: usize) -> String {
        Anvil::signer(wallet).address().to_string()
    }
}

pub(crate) fn said(output: Output) -> Said {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let code = output.status.code().unwrap_or(-1);
    Said { code, out: text(output.stdout), err: text(output.stderr) }
}
