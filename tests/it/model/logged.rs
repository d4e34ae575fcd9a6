//! What the contracts log, held against what the model tells.

use alloy::primitives::Log;
use stoa_tests::logs;
use stoa_tests::model::{Action, Event, Model};

use super::Pair;
use super::chain::Chain;

/// What was logged before anybody acted.
pub(super) async fn compare_birth(chain: &Chain, model: &Model) {
    let birth = model.birth().map(|told| logs::logs(&chain.book, &told));
    assert_eq!(chain.all_logs().await, birth, "logs of the birth: contracts (left) and model (right)");
}

impl Pair {
    /// To the byte, and in their order.
    pub(super) fn compare_logs(&mut self, sent: Vec<Log>, told: &[Event], action: &Action) {
        let (found, expected) = (self.chain.of_ours(sent), logs::logs(&self.chain.book, told));
        let wrong = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        let wrong = wrong.or((found.len() != expected.len()).then_some(found.len().min(expected.len())));
        assert!(
            wrong.is_none(),
            "log {wrong:?} of {action:?}\ncontracts: {found:#?}\nmodel: {expected:#?}\nwhich tells {told:#?}"
        );
        self.logs += found.len();
        for event in told {
            *self.tables.entry(logs::table(event)).or_default() += 1;
        }
    }
}
