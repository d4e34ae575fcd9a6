//! Carries a deployment out.

use std::{collections::BTreeMap, time::Duration};

use alloy::primitives::{B256, keccak256};

use super::{
    Deployment, Error, Job, Outcome, Placed, Terms, birth,
    journal::{self, Journal},
    plan::{Item, Step},
    powers,
    send::{Call, Sender},
};
use crate::key::Key;

/// A chain that reorganises more often than this while it is deployed to is not worth waiting for.
const PASSES: u32 = 5;

type Contracts = BTreeMap<String, Placed>;

/// What one walk over all steps found and did.
#[derive(Default)]
struct Pass {
    contracts: Contracts,
    placed: Vec<String>,
    sent: bool,
    /// The newest block that holds a transaction of this deployment, if this pass sent any.
    newest: Option<u64>,
}

impl Job {
    /// Deploys, or verifies what is deployed, and writes the deployment file. `report` hears of each step.
    ///
    /// # Errors
    /// See [`Error`]; nothing that was placed needs to be undone, running again continues.
    pub async fn run(
        &self,
        key: &Key,
        terms: &Terms,
        report: &(dyn Fn(&str) + Sync),
    ) -> Result<Outcome, Error> {
        if self.outdated {
            report(&format!("the chain is new: {} is written again", self.path.display()));
        }
        let journal = Journal::open(journal::path_of(&self.path))?;
        let sender = Sender { chain: &self.chain, key, terms, journal: &journal, report };
        let (contracts, placed) = self.place_for_good(&sender).await?;
        let block = contracts.values().map(|placed| placed.block).min().unwrap_or_default();
        let parameters = self.plan.parameters.clone();
        let deployment = Deployment { chain_id: self.chain.id, block, contracts, parameters };
        if self.known.is_none() {
            report("checking who holds powers");
            let problems = powers::problems(&self.chain, &self.plan, &deployment, None).await?;
            if !problems.is_empty() {
                return Err(Error::Powers { problems });
            }
        }
        if self.known.as_ref() != Some(&deployment) {
            deployment.write(&self.path)?;
        }
        journal.remove()?;
        Ok(Outcome { deployment, file: self.path.clone(), placed })
    }

    /// Walks over all steps until a walk finds everything done, and deep enough under the head.
    async fn place_for_good(&self, sender: &Sender<'_>) -> Result<(Contracts, Vec<String>), Error> {
        let mut placed = Vec::new();
        let mut last = Contracts::new();
        for _ in 0..PASSES {
            let pass = self.pass(sender).await?;
            let nothing_new = !pass.sent && pass.contracts == last;
            placed.extend(pass.placed.into_iter().filter(|name| !placed.contains(name)).collect::<Vec<_>>());
            let Some(newest) = pass.newest.filter(|_| !nothing_new) else {
                return Ok((pass.contracts, placed));
            };
            last = pass.contracts;
            if sender.terms.confirmations <= 1 {
                return Ok((last, placed));
            }
            self.wait_until_deep(sender, newest).await?;
        }
        Err(Error::Unsettled)
    }

    async fn wait_until_deep(&self, sender: &Sender<'_>, newest: u64) -> Result<(), Error> {
        let needed = newest.saturating_add(sender.terms.confirmations - 1);
        let mut head = self.chain.head().await?;
        if head < needed {
            (sender.report)(&format!("waiting for block {needed}, which confirms the last one"));
        }
        while head < needed {
            tokio::time::sleep(sender.terms.poll.max(Duration::from_millis(50))).await;
            head = self.chain.head().await?;
        }
        Ok(())
    }

    async fn pass(&self, sender: &Sender<'_>) -> Result<Pass, Error> {
        let mut pass = Pass::default();
        sender.ensure_create2_deployer().await?;
        for step in self.plan.steps() {
            match step {
                Step::Place(item, call) => self.place(sender, item, &call, &mut pass).await?,
                Step::Configure(call) => self.configure(sender, &call).await?,
                Step::Describe(call) => self.describe(sender, &call, &mut pass).await?,
            }
        }
        Ok(pass)
    }

    /// Sees to it that one contract is there with the right code, and notes where it came from.
    async fn place(
        &self,
        sender: &Sender<'_>,
        item: &Item,
        call: &Call,
        pass: &mut Pass,
    ) -> Result<(), Error> {
        let (name, address) = (item.name.clone(), item.address);
        let known = self.known.as_ref().and_then(|known| known.contracts.get(&name));
        if let Some(known) = known
            && known.address != address
        {
            let (file, recorded) = (self.path.clone(), known.address);
            return Err(Error::AddressDiffers { name, file, recorded, expected: address });
        }
        let (transaction, block) = match (self.chain.has_code(address).await?, known) {
            (true, Some(known)) => (known.transaction, known.block),
            (true, None) => self.birth_of(sender, item, call, pass).await?,
            (false, Some(_)) => return Err(Error::CodeGone { name, address }),
            (false, None) => {
                (sender.report)(&format!("placing {name} at {address}"));
                let receipt = sender.send(call).await?;
                pass.placed.push(name.clone());
                pass.sent = true;
                let block = receipt.block_number.unwrap_or_default();
                pass.newest = pass.newest.max(Some(block));
                (receipt.transaction_hash, block)
            }
        };
        let code = self.chain.code(address).await?;
        let code_hash = keccak256(&code);
        let as_recorded = known.is_none_or(|known| known.code_hash == code_hash);
        if !item.artifact.matches(&code) || !as_recorded {
            return Err(Error::CodeDiffers { name, address });
        }
        pass.contracts.insert(name, Placed { address, transaction, block, code_hash });
        Ok(())
    }

    /// Where a contract came from that an earlier pass or run placed.
    async fn birth_of(
        &self,
        sender: &Sender<'_>,
        item: &Item,
        call: &Call,
        pass: &mut Pass,
    ) -> Result<(B256, u64), Error> {
        let attempts = sender.journal.attempts(call.to, &call.data);
        if let Some(receipt) = sender.mined(&attempts).await?.filter(|receipt| receipt.status()) {
            let block = receipt.block_number.unwrap_or_default();
            pass.newest = pass.newest.max(Some(block));
            return Ok((receipt.transaction_hash, block));
        }
        birth::find(&self.chain, item.address, &item.name).await
    }

    /// Has STOA's name told, unless it was.
    async fn describe(&self, sender: &Sender<'_>, call: &Call, pass: &mut Pass) -> Result<(), Error> {
        let block = if self.chain.is_described(call.to, self.plan.stoa()).await? {
            let receipt = sender.mined(&sender.journal.attempts(call.to, &call.data)).await?;
            receipt.and_then(|receipt| receipt.block_number)
        } else {
            (sender.report)(&call.what);
            pass.sent = true;
            sender.send(call).await?.block_number
        };
        pass.newest = pass.newest.max(block);
        Ok(())
    }

    /// Names parameters and children to the Deployer, or checks that those it has are these.
    async fn configure(&self, sender: &Sender<'_>, call: &Call) -> Result<(), Error> {
        let (plan, deployer) = (&self.plan, self.plan.deployer.address);
        if !self.chain.is_configured(deployer, &plan.children[0].name).await? {
            (sender.report)(&call.what);
            sender.send(call).await?;
        }
        for child in &plan.children {
            let announced = self.chain.address_of(deployer, &child.name).await?;
            if announced != child.address {
                let (name, expected) = (child.name.clone(), child.address);
                return Err(Error::OtherCode { name, announced, expected });
            }
        }
        if self.chain.parameters(deployer).await? != plan.parameters.to_solidity() {
            return Err(Error::OtherParameters { deployer });
        }
        Ok(())
    }
}
