//! `stoa deploy verify`

use alloy::primitives::Address;
use anyhow::Context as _;
use serde::Serialize;
use stoa_scripts::{
    cli::{Output, Table},
    deploy::{self, Check, Deployment},
};

use super::ChainArgs;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  stoa deploy verify --network base
  stoa deploy verify --network base --guardian 0x… --json")]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    chain: ChainArgs,
    /// Who is expected to be the guardian, who may pause sales; nobody by default.
    #[arg(long, value_name = "ADDRESS")]
    guardian: Option<Address>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    chain_id: u64,
    file: String,
    ok: bool,
    checks: Vec<Check>,
}

pub(super) async fn run(args: &VerifyArgs) -> anyhow::Result<()> {
    let (chain, _) = args.chain.connect().await?;
    let path = args.chain.file(chain.id).unwrap_or_else(|| deploy::default_path(chain.id));
    let deployment = Deployment::read(&path)?
        .with_context(|| format!("{} does not exist: nothing says what is deployed", path.display()))?;
    if deployment.chain_id != chain.id {
        let (expected, found) = (deployment.chain_id, chain.id);
        return Err(deploy::Error::OtherChain { file: path, expected, found }.into());
    }
    let checks = deploy::verify(&chain, &deployment, args.guardian).await?;
    let problems: usize = checks.iter().map(|check| check.problems.len()).sum();
    let record = Record { chain_id: chain.id, file: path.display().to_string(), ok: problems == 0, checks };
    Output { json: args.chain.json }.answer(&record, || {
        let mut table = Table::new(&[]);
        for check in &record.checks {
            let mut problems = check.problems.iter().cloned();
            let first = problems.next().unwrap_or_else(|| "as the file says".to_owned());
            table.row([check.what.clone(), first]);
            for problem in problems {
                table.row([String::new(), problem]);
            }
        }
        table.to_string()
    })?;
    anyhow::ensure!(
        problems == 0,
        "{problems} things on chain {} are not as {} says",
        chain.id,
        path.display()
    );
    Ok(())
}
