//! `stoa deploy` itself.

use std::time::Duration;

use alloy::primitives::{Address, U256};
use serde::Serialize;
use stoa_scripts::{
    cli::{Network, Output, SignerArgs, Table, agree, format_units, parse_gwei},
    deploy::{self, Caps, Deployment, Forecast, Job, Outcome, Terms},
    key::Key,
};

use super::{ChainArgs, parameters::ParameterArgs};

const ETHER: u8 = 18;
const GWEI: u8 = 9;

#[derive(Debug, clap::Args)]
pub(super) struct PlaceArgs {
    /// Try everything on the chain's present state and say what would happen, what it would cost, and which addresses
    /// would come out. Sends nothing.
    #[arg(long)]
    dry_run: bool,
    /// For --dry-run without a key: the address of who would sign.
    #[arg(long, value_name = "ADDRESS", requires = "dry_run")]
    operator: Option<Address>,
    /// What whoever makes the block gets per unit of gas, in gwei [default: what the chain suggests].
    #[arg(long, value_name = "GWEI")]
    priority_fee: Option<String>,
    /// Blocks to wait for after the last transaction, its own included [default: the network's finality_depth, 1 on a
    /// local chain]. A run that ends while it waits is gone on with as any other.
    #[arg(long, value_name = "BLOCKS", value_parser = clap::value_parser!(u64).range(1..))]
    confirmations: Option<u64>,
    /// Seconds after which a transaction that waits is replaced by one with a higher fee, as far as --max-fee allows.
    #[arg(long, value_name = "SECONDS", default_value_t = 90)]
    replace_after: u64,
    #[command(flatten)]
    chain: ChainArgs,
    #[command(flatten)]
    signing: SignerArgs,
    #[command(flatten)]
    parameters: ParameterArgs,
}

#[derive(Debug, Serialize)]
struct Record<'a> {
    file: String,
    /// What explorers verify sources from; absent where sources are missing here.
    sources: Option<String>,
    placed: &'a [String],
    deployment: &'a Deployment,
}

pub(super) async fn run(args: &PlaceArgs) -> anyhow::Result<()> {
    let (chain, network) = args.chain.connect().await?;
    let file = args.chain.file(chain.id);
    let parameters = args.parameters.complete(&network)?;
    let terms = args.terms(&network)?;
    let output = Output { json: args.chain.json };
    if let Some(operator) = args.operator {
        let job = Job::new(chain, operator, file, parameters).await?;
        return show(output, &job, &job.forecast(operator, &terms.caps).await?);
    }
    let key = args.key(&network).await?;
    let job = Job::new(chain, key.address(), file, parameters).await?;
    if args.dry_run {
        return show(output, &job, &job.forecast(key.address(), &terms.caps).await?);
    }
    if !network.is_local() && !args.signing.yes {
        let forecast = job.forecast(key.address(), &terms.caps).await?;
        if !forecast.steps.is_empty() {
            agree(&format!("{}\n{}", table(&forecast), said_parameters(&job)), "Send?")?;
        }
    }
    let outcome = job.run(&key, &terms, &|step| eprintln!("  {step}")).await?;
    done(output, &outcome)
}

impl PlaceArgs {
    /// Who signs: on a local chain, where nothing is at stake, the first well-known key if nobody else does.
    async fn key(&self, network: &Network) -> anyhow::Result<Key> {
        let nobody = self.signing.wallet.is_none() && self.signing.key_env.is_none();
        match nobody && network.is_local() {
            true => Ok(stoa_scripts::anvil::signer(0).into()),
            false => self.signing.signer(network).await,
        }
    }

    fn terms(&self, network: &Network) -> anyhow::Result<Terms> {
        let gwei = |option: &str, text: &Option<String>| {
            text.as_ref().map(|text| parse_gwei(option, text)).transpose()
        };
        let caps = Caps {
            most: gwei("--max-fee", &self.signing.max_fee)?,
            tip: gwei("--priority-fee", &self.priority_fee)?,
        };
        let usual = Terms::default();
        // Where something is at stake, no block that a chain may take back is written down.
        let confirmations = if network.is_local() { 1 } else { network.finality_depth.max(1) };
        Ok(Terms {
            caps,
            confirmations: self.confirmations.unwrap_or(confirmations),
            poll: network.poll(),
            replace_after: Duration::from_secs(self.replace_after),
            give_up_after: self.signing.timeout.map_or(usual.give_up_after, Duration::from_secs),
        })
    }
}

fn show(output: Output, job: &Job, forecast: &Forecast) -> anyhow::Result<()> {
    output.answer(forecast, || {
        let parameters =
            if forecast.steps.is_empty() { String::new() } else { format!("{}\n", said_parameters(job)) };
        format!("{}\n{parameters}Nothing was sent.", table(forecast))
    })
}

fn table(forecast: &Forecast) -> String {
    let mut table = Table::new(&["step", "address", "bytes", "gas"]);
    table.right(2).right(3);
    for step in &forecast.steps {
        let address = step.address.clone().unwrap_or_default();
        let gas = step.gas.map(|gas| gas.to_string()).unwrap_or_default();
        table.row([step.what.clone(), address, step.bytes.to_string(), gas]);
    }
    let ether = |wei: U256| format!("{} ETH", format_units(wei, ETHER));
    let gwei = |wei: u128| format!("{} gwei", format_units(U256::from(wei), GWEI));
    let present = match forecast.present.len() {
        0 => "nothing".to_owned(),
        _ => forecast.present.join(", "),
    };
    let facts = Table::of_pairs([
        ("chain", forecast.chain_id.to_string()),
        ("operator", forecast.operator.clone()),
        ("there already", present),
        ("gas", forecast.gas.to_string()),
        ("cost at present", format!("{} at {} a unit", ether(forecast.cost.0), gwei(forecast.gas_price))),
        (
            "cost at most",
            format!("{} at {} a unit", ether(forecast.max_cost.0), gwei(forecast.max_gas_price)),
        ),
        ("operator has", ether(forecast.balance.0)),
    ]);
    let mut text = if forecast.steps.is_empty() { facts.to_string() } else { format!("{table}\n{facts}") };
    if forecast.steps.is_empty() {
        text.push_str("\nEverything is there: nothing would be sent.");
    } else if forecast.balance < forecast.max_cost {
        text.push_str("\nThe operator has less than it may cost.");
    }
    text.push_str("\nRollups charge for bytes besides.");
    text
}

fn said_parameters(job: &Job) -> String {
    let parameters = job.parameters();
    let list = |accounts: &[Address]| accounts.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let anyone = parameters.executors.contains(&Address::ZERO);
    let executors = if anyone { "anyone".to_owned() } else { list(&parameters.executors) };
    let weth = match parameters.weth {
        Address::ZERO => "none: no native coin".to_owned(),
        weth => weth.to_string(),
    };
    let (stoa, holder) = match parameters.bridged_stoa {
        Address::ZERO => ("minted here".to_owned(), parameters.stoa_holder.to_string()),
        bridged => (format!("bridged, as {bridged}"), "nobody: none is minted here".to_owned()),
    };
    Table::of_pairs([
        ("protocol fee", format!("{} bps", parameters.fee_bps)),
        ("Timelock's delay", format!("{} s", parameters.timelock_delay)),
        ("proposers", list(&parameters.proposers)),
        ("executors", executors),
        ("STOA", stoa),
        ("all STOA goes to", holder),
        ("WETH", weth),
    ])
    .to_string()
}

fn done(output: Output, outcome: &Outcome) -> anyhow::Result<()> {
    let sources = match deploy::write_sources(&outcome.file) {
        Ok(path) => Some(path.display().to_string()),
        Err(error) => {
            eprintln!("  no sources are written for explorers: {error}");
            None
        }
    };
    let file = outcome.file.display().to_string();
    let record = Record { file, sources, placed: &outcome.placed, deployment: &outcome.deployment };
    output.answer(&record, || {
        let mut table = Table::new(&[]);
        for (name, placed) in &outcome.deployment.contracts {
            table.row([name.clone(), placed.address.to_string(), format!("block {}", placed.block)]);
        }
        let last = match outcome.placed.len() {
            0 => format!("Everything was there already and is as {} says.", record.file),
            placed => format!("{placed} contracts placed; {} is written.", record.file),
        };
        format!("{table}\n{last}")
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use stoa_scripts::cli::Networks;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        place: PlaceArgs,
    }

    #[test]
    fn a_network_tells_how_long_and_how_often_to_wait() {
        let networks = Networks::read(None).unwrap();
        let terms = |network: &str, line: &[&str]| {
            let line = Line::parse_from([&["deploy"], line].concat());
            let terms = line.place.terms(networks.find(network).unwrap()).unwrap();
            (terms.confirmations, terms.poll.as_millis(), terms.give_up_after.as_secs())
        };
        assert_eq!(terms("local", &[]), (1, 50, 1_800));
        assert_eq!(terms("base", &[]), (900, 500, 1_800));
        assert_eq!(terms("sepolia", &[]), (64, 3_000, 1_800));
        assert_eq!(terms("base", &["--confirmations", "10", "--timeout", "60"]), (10, 500, 60));
    }
}
