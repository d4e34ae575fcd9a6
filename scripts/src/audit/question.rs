//! One row's figures, and how the chain is asked for them.

use alloy::{
    primitives::{Address, B256, Bytes, hex},
    sol_types::SolCall,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cli::explain;

/// A figure that is not the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    pub what: String,
    /// What the projections say.
    pub database: String,
    /// What the contract, the transaction's receipt, or the sum of the stored events says.
    pub contract: String,
}

/// What is asked of a node.
#[derive(Clone, Debug)]
pub(super) enum Ask {
    /// A contract's view, at the audited block.
    View { to: Address, data: Bytes },
    /// A transaction's receipt.
    Receipt(B256),
}

/// The parts of an answer, in the order of the figures; none where it cannot be read.
type Reader = Box<dyn Fn(&Value) -> Option<Vec<String>> + Send + Sync>;

pub(super) struct Question {
    what: String,
    pub(super) ask: Ask,
    /// Names of the figures, and what the projections say.
    stored: Vec<(&'static str, String)>,
    read: Reader,
}

/// A node's answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Says(Value),
    /// The view reverts, with this data.
    Reverts(Bytes),
}

impl Question {
    /// After what a view returns; `read` makes its parts of it.
    pub(super) fn view<C: SolCall>(
        what: String,
        to: Address,
        call: &C,
        read: impl Fn(C::Return) -> Vec<String> + Send + Sync + 'static,
    ) -> Self {
        let read = move |answer: &Value| {
            let bytes = hex::decode(answer.as_str()?).ok()?;
            Some(read(C::abi_decode_returns(&bytes).ok()?))
        };
        Self::new(what, Ask::View { to, data: call.abi_encode().into() }, Box::new(read))
    }

    /// After the receipt of a transaction.
    pub(super) fn receipt(
        what: String,
        transaction: B256,
        read: impl Fn(&Value) -> Option<Vec<String>> + Send + Sync + 'static,
    ) -> Self {
        Self::new(what, Ask::Receipt(transaction), Box::new(read))
    }

    /// Addresses stand in lower case, as SQL writes them.
    fn new(what: String, ask: Ask, read: Reader) -> Self {
        Self { what: what.to_ascii_lowercase(), ask, stored: Vec::new(), read }
    }

    /// The next part of the answer, by its name, must be this. Without a name the question's own says it all.
    pub(super) fn is(mut self, name: &'static str, stored: impl ToString) -> Self {
        self.stored.push((name, stored.to_string()));
        self
    }

    /// The same for several, in order.
    pub(super) fn are(mut self, names: &[&'static str], stored: Vec<String>) -> Self {
        self.stored.extend(names.iter().copied().zip(stored));
        self
    }

    pub(super) fn figures(&self) -> u64 {
        self.stored.len() as u64
    }

    pub(super) fn differences(self, answer: &Answer) -> Vec<Difference> {
        let told = match answer {
            Answer::Says(answer) => (self.read)(answer),
            Answer::Reverts(data) => {
                let why = format!("refused: {}", explain(data));
                Some(vec![why; self.stored.len()])
            }
        };
        let told = told.unwrap_or_else(|| vec!["nothing".to_owned(); self.stored.len()]);
        let figures = self.stored.into_iter().zip(told);
        figures
            .filter(|((_, stored), told)| stored != told)
            .map(|((name, database), contract)| {
                let what = if name.is_empty() { self.what.clone() } else { format!("{}: {name}", self.what) };
                Difference { what, database, contract }
            })
            .collect()
    }
}

impl std::fmt::Debug for Question {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question")
            .field("what", &self.what)
            .field("stored", &self.stored)
            .finish_non_exhaustive()
    }
}

/// One part.
pub(super) fn one(part: impl ToString) -> Vec<String> {
    vec![part.to_string()]
}

/// Postgres' text cannot hold U+0000: it stands as U+FFFD there.
pub(super) fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// As SQL writes bytes here.
pub(super) fn hexed(bytes: impl AsRef<[u8]>) -> String {
    hex::encode_prefixed(bytes)
}

#[cfg(test)]
mod tests {
    use alloy::{primitives::U256, sol_types::SolValue as _};
    use stoa_contracts::Staking;

    use super::*;

    fn lock(amount: u64) -> Question {
        let call = Staking::lockOfCall { account: Address::ZERO };
        Question::view("lock".to_owned(), Address::ZERO, &call, |lock| {
            vec![lock.amount.to_string(), lock.reinvests.to_string()]
        })
        .is("amount", amount)
        .is("reinvest", true)
    }

    fn answer(amount: u64) -> Answer {
        let words = (U256::from(amount), U256::ZERO, U256::ZERO, true).abi_encode_params();
        Answer::Says(Value::String(hexed(words)))
    }

    #[test]
    fn only_what_differs_is_told() {
        assert_eq!(lock(5).figures(), 2);
        assert_eq!(lock(5).differences(&answer(5)), []);
        let [found] = lock(5).differences(&answer(6)).try_into().unwrap();
        let (what, database, contract) = ("lock: amount".to_owned(), "5".to_owned(), "6".to_owned());
        assert_eq!(found, Difference { what, database, contract });
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_a_difference_in_each_figure() {
        let garbage = Answer::Says(Value::String("0x00".to_owned()));
        assert_eq!(lock(5).differences(&garbage).len(), 2);
        assert_eq!(lock(5).differences(&Answer::Says(Value::Null)).len(), 2);
        let refused = lock(5).differences(&Answer::Reverts(Bytes::new()));
        assert!(refused.iter().all(|found| found.contract.starts_with("refused: ")), "{refused:?}");
    }
}
