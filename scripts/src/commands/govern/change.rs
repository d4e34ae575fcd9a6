//! The owner's calls, as options and in words.

use alloy::{
    primitives::{Address, Bytes},
    sol_types::SolCall as _,
};
use anyhow::Context as _;
use clap::ValueEnum;
use stoa_contracts::{Revenue, Staking};
use stoa_scripts::cli::{Session, parse_units};

/// What is to change.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct ChangeArgs {
    /// The protocol fee in percent, at most 5.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    fee: Option<u16>,
    /// Pay out fees in this token too, for good: its symbol, where the network names it, or its address.
    #[arg(long, value_name = "TOKEN")]
    list_token: Option<String>,
    /// Scores at which the four tiers begin, in whole STOA.
    #[arg(long, value_name = "A,B,C,D", value_parser = tiers)]
    tiers: Option<[u32; 4]>,
    /// Who may pause sales, once from then on; also the same again. `none` for nobody.
    #[arg(long, value_name = "ADDRESS", value_parser = account)]
    guardian: Option<Address>,
    /// End a pause of sales.
    #[arg(long)]
    resume_sales: bool,
    /// Offer a contract to a new owner, who has to accept it.
    #[arg(long, value_name = "CONTRACT=ADDRESS", value_parser = hand_over)]
    hand_over: Option<(Owned, Address)>,
    /// Accept a contract that is offered to the Timelock.
    #[arg(long, value_name = "CONTRACT", value_enum)]
    accept: Option<Owned>,
}

/// What has an owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Owned {
    Revenue,
    Staking,
}

impl Owned {
    pub(super) fn address(self, session: &Session) -> Address {
        match self {
            Self::Revenue => *session.contracts.revenue.address(),
            Self::Staking => *session.contracts.staking.address(),
        }
    }
}

fn percent(text: &str) -> Result<u16, String> {
    let bps = parse_units(text.trim_end_matches('%'), 2)?;
    u16::try_from(bps).ok().filter(|bps| *bps <= 500).ok_or_else(|| "it is more than 5 %".to_owned())
}

fn tiers(text: &str) -> Result<[u32; 4], String> {
    let bounds: Result<Vec<u32>, _> = text.split(',').map(|bound| bound.trim().parse()).collect();
    let bounds = bounds.ok().and_then(|bounds| <[u32; 4]>::try_from(bounds).ok());
    let bounds =
        bounds.ok_or_else(|| "write four whole numbers, such as 1000,10000,100000,1000000".to_owned())?;
    if bounds[0] > 0 && bounds.is_sorted_by(|one, next| one < next) {
        return Ok(bounds);
    }
    Err("each tier begins above the one before, the first above 0".to_owned())
}

fn account(text: &str) -> Result<Address, String> {
    match text {
        "none" => Ok(Address::ZERO),
        _ => text.parse().map_err(|_| "write an address, or none".to_owned()),
    }
}

fn hand_over(text: &str) -> Result<(Owned, Address), String> {
    let malformed = || "write a contract and its new owner, such as staking=0x…".to_owned();
    let (name, owner) = text.split_once('=').ok_or_else(malformed)?;
    Ok((Owned::from_str(name, false)?, owner.parse().map_err(|_| malformed())?))
}

impl ChangeArgs {
    /// The contract, and the call.
    pub(super) async fn call(&self, session: &Session) -> anyhow::Result<(Address, Bytes)> {
        let (revenue, staking) = (Owned::Revenue.address(session), Owned::Staking.address(session));
        if let Some(bps) = self.fee {
            return Ok((revenue, Revenue::setFeeCall { bps }.abi_encode().into()));
        }
        if let Some(name) = &self.list_token {
            let token = session.token(name).await?.address;
            return Ok((staking, Staking::listTokenCall { token }.abi_encode().into()));
        }
        if let Some(scores) = self.tiers {
            return Ok((staking, Staking::setTiersCall { scores }.abi_encode().into()));
        }
        if let Some(guardian_) = self.guardian {
            return Ok((revenue, Revenue::setGuardianCall { guardian_ }.abi_encode().into()));
        }
        if self.resume_sales {
            return Ok((revenue, Revenue::resumeSalesCall {}.abi_encode().into()));
        }
        if let Some((contract, owner)) = self.hand_over {
            let call = Revenue::transferOwnershipCall { newOwner: owner };
            return Ok((contract.address(session), call.abi_encode().into()));
        }
        let contract = self.accept.context("nothing is to change: see --help")?;
        Ok((contract.address(session), Revenue::acceptOwnershipCall {}.abi_encode().into()))
    }
}

/// What a call does, as said after "to". One that is none of these is shown as it is.
pub(super) fn words(session: &Session, target: Address, data: &[u8]) -> String {
    known(session, target, data)
        .unwrap_or_else(|| format!("call {target} with 0x{}", alloy::hex::encode(data)))
}

fn known(session: &Session, target: Address, data: &[u8]) -> Option<String> {
    let (revenue, staking) = (Owned::Revenue.address(session), Owned::Staking.address(session));
    let name = match target {
        _ if target == revenue => "Revenue",
        _ if target == staking => "Staking",
        _ => return None,
    };
    if let Ok(call) = Revenue::transferOwnershipCall::abi_decode(data) {
        return Some(format!("offer {name} to the owner {}", call.newOwner));
    }
    if Revenue::acceptOwnershipCall::abi_decode(data).is_ok() {
        return Some(format!("accept {name}"));
    }
    if name == "Staking" {
        if let Ok(call) = Staking::listTokenCall::abi_decode(data) {
            return Some(format!("list the fee token {}", call.token));
        }
        let call = Staking::setTiersCall::abi_decode(data).ok()?;
        let bounds: Vec<String> = call.scores.iter().map(ToString::to_string).collect();
        return Some(format!("begin the tiers at {} STOA", bounds.join(", ")));
    }
    if let Ok(call) = Revenue::setFeeCall::abi_decode(data) {
        return Some(format!("set the protocol fee to {}.{:02} %", call.bps / 100, call.bps % 100));
    }
    if let Ok(call) = Revenue::setGuardianCall::abi_decode(data) {
        return Some(match call.guardian_ {
            Address::ZERO => "name no guardian".to_owned(),
            guardian => format!("name {guardian} guardian"),
        });
    }
    Revenue::resumeSalesCall::abi_decode(data).ok().map(|_| "resume sales".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_people_write_them() {
        assert_eq!(percent("2.5"), Ok(250));
        assert_eq!(percent("5%"), Ok(500));
        assert!(percent("5.01").is_err() && percent("-1").is_err());
        assert_eq!(tiers("1, 2,3,4"), Ok([1, 2, 3, 4]));
        for wrong in ["", "1,2,3", "0,1,2,3", "1,1,2,3", "4,3,2,1", "1,2,3,4,5", "a,b,c,d"] {
            assert!(tiers(wrong).is_err(), "{wrong}");
        }
        let owner = Address::repeat_byte(7);
        assert_eq!(hand_over(&format!("staking={owner}")), Ok((Owned::Staking, owner)));
        assert!(hand_over("vault=0x12").is_err() && hand_over("staking").is_err());
        assert_eq!(account("none"), Ok(Address::ZERO));
    }
}
