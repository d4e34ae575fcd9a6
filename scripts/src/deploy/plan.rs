//! What will be where: computed without asking the chain.

use alloy::{
    primitives::{Address, B256, Bytes, U256, address, keccak256},
    sol_types::{SolCall as _, SolValue as _},
};

use stoa_contracts::Vault;

use super::{Artifact, Error, Parameters, chain::IDeployer, send::Call};

/// Nick's CREATE2 deployer, at the same address on every chain that has it.
pub const CREATE2_DEPLOYER: Address = address!("4e59b44847b379578588920cA78FbF26c0B4956C");

/// Children in the order in which they are placed.
const CHILDREN: [&str; 10] = [
    "Timelock",
    "Vault",
    "Listings",
    "Revenue",
    "Staking",
    "Market",
    "StoaToken",
    "MerkleGate",
    "TierGate",
    "TokenGate",
];

/// One contract to be placed.
#[derive(Clone, Debug)]
pub struct Item {
    pub name: String,
    pub address: Address,
    pub artifact: Artifact,
    init_code: Bytes,
    salt: B256,
}

impl Item {
    fn new(name: &str, placer: Address, salt: B256, arguments: &[u8]) -> Result<Self, Error> {
        let artifact = Artifact::read(name)?;
        let init_code: Bytes = [&artifact.bytecode, arguments].concat().into();
        let address = placer.create2(salt, keccak256(&init_code));
        Ok(Self { name: name.to_owned(), address, artifact, init_code, salt })
    }

    /// What the canonical CREATE2 deployer is to do.
    fn by_create2(&self) -> Call {
        self.placed_by(CREATE2_DEPLOYER, [self.salt.as_slice(), &self.init_code].concat().into())
    }

    /// What our Deployer is to do.
    pub(super) fn by_deployer(&self, deployer: Address) -> Call {
        let call = IDeployer::deployCall { name: self.salt, creationCode: self.init_code.clone() };
        self.placed_by(deployer, call.abi_encode().into())
    }

    fn placed_by(&self, to: Address, data: Bytes) -> Call {
        Call { what: format!("placing {}", self.name), to, data, value: U256::ZERO }
    }
}

/// A step of a deployment. All of them can be told from the chain's state to be done.
#[derive(Clone, Debug)]
pub(super) enum Step<'a> {
    Place(&'a Item, Call),
    /// Names parameters and children to the Deployer.
    Configure(Call),
    /// Has the Vault tell STOA's name once, as it tells other tokens' when they are first used.
    Describe(Call),
}

/// All contracts with their addresses.
#[derive(Clone, Debug)]
pub struct Plan {
    pub deployer: Item,
    pub children: Vec<Item>,
    /// Contracts beside the suite: the demo token of local chains.
    pub extras: Vec<Item>,
    pub parameters: Parameters,
}

impl Plan {
    /// # Errors
    /// When an artifact cannot be used.
    pub fn new(operator: Address, parameters: &Parameters, local: bool) -> Result<Self, Error> {
        let deployer =
            Item::new("Deployer", CREATE2_DEPLOYER, text_as_bytes32("Stoa"), &operator.abi_encode())?;
        let children = CHILDREN
            .iter()
            .map(|name| Item::new(name, deployer.address, text_as_bytes32(name), &[]))
            .collect::<Result<_, _>>()?;
        let extras = if local {
            vec![Item::new("DemoUSD", CREATE2_DEPLOYER, text_as_bytes32("DemoUSD"), &[])?]
        } else {
            Vec::new()
        };
        Ok(Self { deployer, children, extras, parameters: parameters.clone() })
    }

    /// All steps but that of the canonical CREATE2 deployer, in order.
    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let deployer = self.deployer.address;
        let children = self.children.iter().map(|item| Step::Place(item, item.by_deployer(deployer)));
        let extras = self.extras.iter().map(|item| Step::Place(item, item.by_create2()));
        [Step::Place(&self.deployer, self.deployer.by_create2()), Step::Configure(self.configure_call())]
            .into_iter()
            .chain(children)
            .chain(extras)
            .chain([Step::Describe(self.describe_call())])
            .collect()
    }

    /// All contracts.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        std::iter::once(&self.deployer).chain(&self.children).chain(&self.extras)
    }

    /// A contract's address; none where the plan has no such contract.
    pub(super) fn address(&self, name: &str) -> Address {
        self.items().find(|item| item.name == name).map(|item| item.address).unwrap_or_default()
    }

    /// STOA on this chain: as it was bridged here, else as it is minted here.
    pub(super) fn stoa(&self) -> Address {
        match self.parameters.bridged_stoa {
            Address::ZERO => self.address("StoaToken"),
            bridged => bridged,
        }
    }

    fn describe_call(&self) -> Call {
        let data = Vault::describeCall { token: self.stoa() }.abi_encode().into();
        Call { what: "describing STOA".to_owned(), to: self.address("Vault"), data, value: U256::ZERO }
    }

    pub(super) fn configure_call(&self) -> Call {
        let child =
            |item: &Item| IDeployer::Child { name: item.salt, initCodeHash: keccak256(&item.init_code) };
        let call = IDeployer::configureCall {
            parameters_: self.parameters.to_solidity(),
            children: self.children.iter().map(child).collect(),
        };
        let what = "configuring the Deployer".to_owned();
        Call { what, to: self.deployer.address, data: call.abi_encode().into(), value: U256::ZERO }
    }
}

/// The address that a call to the canonical CREATE2 deployer or to our Deployer creates.
pub(super) fn placed_by(to: Address, input: &[u8]) -> Option<Address> {
    if to == CREATE2_DEPLOYER {
        let (salt, init_code) = input.split_at_checked(32)?;
        return Some(to.create2(B256::from_slice(salt), keccak256(init_code)));
    }
    let call = IDeployer::deployCall::abi_decode(input).ok()?;
    Some(to.create2(call.name, keccak256(&call.creationCode)))
}

/// A short name as Solidity's `bytes32("…")`: its bytes, then zeros.
pub(super) fn text_as_bytes32(text: &str) -> B256 {
    let mut bytes = [0; 32];
    bytes[..text.len()].copy_from_slice(text.as_bytes());
    B256::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_tells_what_it_places() {
        let (deployer, code) = (Address::repeat_byte(7), Bytes::from_static(&[1, 2, 3]));
        let call = IDeployer::deployCall { name: text_as_bytes32("Vault"), creationCode: code.clone() };
        let expected = deployer.create2(text_as_bytes32("Vault"), keccak256(&code));
        assert_eq!(placed_by(deployer, &call.abi_encode()), Some(expected));
        let raw = [text_as_bytes32("Stoa").as_slice(), &code].concat();
        let expected = CREATE2_DEPLOYER.create2(text_as_bytes32("Stoa"), keccak256(&code));
        assert_eq!(placed_by(CREATE2_DEPLOYER, &raw), Some(expected));
        assert_eq!(placed_by(CREATE2_DEPLOYER, &[1]), None);
        assert_eq!(placed_by(deployer, &[1]), None);
    }

    #[test]
    fn names_are_left_aligned() {
        let name = text_as_bytes32("Vault");
        assert_eq!(&name[..6], b"Vault\0");
        assert!(name[6..].iter().all(|byte| *byte == 0));
    }
}
