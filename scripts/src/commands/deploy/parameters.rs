//! What the constructors read, as options.

use alloy::primitives::Address;
use anyhow::bail;
use stoa_scripts::{cli::Network, deploy::Parameters};

/// What the constructors read; needed at the first deployment to a chain that is not local.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Parameters, needed at the first deployment to a chain that is not local")]
#[group(multiple = true)]
pub(super) struct ParameterArgs {
    /// Protocol fee in bps, at most 500.
    #[arg(long, value_parser = clap::value_parser!(u16).range(0..=500))]
    fee_bps: Option<u16>,
    /// Seconds between a proposal and its execution.
    #[arg(long, value_name = "SECONDS")]
    timelock_delay: Option<u64>,
    /// Who may propose in the Timelock; may be given several times.
    #[arg(long = "proposer", value_name = "ADDRESS")]
    proposers: Vec<Address>,
    /// Who may execute in the Timelock; may be given several times; none means anyone.
    #[arg(long = "executor", value_name = "ADDRESS")]
    executors: Vec<Address>,
    /// Who receives the whole supply of STOA.
    #[arg(long, value_name = "ADDRESS")]
    stoa_holder: Option<Address>,
    /// The chain's wrapped native token, under whose id the Vault keeps native coin [default: the network's, else none].
    #[arg(long, value_name = "ADDRESS")]
    weth: Option<Address>,
    /// The token as which STOA was bridged to this chain. None by default: then this is the chain where it is minted.
    #[arg(long, value_name = "ADDRESS")]
    bridged_stoa: Option<Address>,
}

impl ParameterArgs {
    /// All or none: a half-given set would silently be filled with something else.
    pub(super) fn complete(&self, network: &Network) -> anyhow::Result<Option<Parameters>> {
        match (self.fee_bps, self.timelock_delay, self.stoa_holder) {
            (Some(fee_bps), Some(timelock_delay), Some(stoa_holder)) if !self.proposers.is_empty() => {
                let anyone = vec![Address::ZERO];
                let executors = if self.executors.is_empty() { anyone } else { self.executors.clone() };
                let proposers = self.proposers.clone();
                let weth = self.weth.or(network.weth).unwrap_or_default();
                Ok(Some(Parameters {
                    timelock_delay,
                    proposers,
                    executors,
                    fee_bps,
                    stoa_holder,
                    weth,
                    bridged_stoa: self.bridged_stoa.unwrap_or_default(),
                }))
            }
            (None, None, None)
                if self.proposers.is_empty()
                    && self.executors.is_empty()
                    && self.weth.is_none()
                    && self.bridged_stoa.is_none() =>
            {
                Ok(None)
            }
            _ => bail!(
                "parameters are given all together: --fee-bps, --timelock-delay, --proposer, --stoa-holder \
                 (and --executor, unless anyone may execute; and --weth, unless the network's is right; and --bridged-stoa, unless STOA is minted here)"
            ),
        }
    }
}
