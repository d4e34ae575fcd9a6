//! What the contracts log, held against what the model tells.

use alloy::primitives::{Address, B256, Log};
use stoa_tests::logs;
use stoa_tests::logs::Book;
use stoa_tests::model::{Account, Action, Amount, Event, Model, Token, VaultEvent};

use super::Pair;
use super::chain::Chain;

/// What was logged before anybody acted.
pub(super) async fn compare_birth(chain: &Chain, model: &Model) {
    let birth = model.birth().map(|told| logs::logs(&chain.book, &told));
    assert_eq!(chain.all_logs().await, birth, "logs of the birth: contracts (left) and model (right)");
}

/// The place of the first log that is not the same.
fn first_difference(found: &[Log], expected: &[Log]) -> Option<usize> {
    let wrong = found.iter().zip(expected).position(|(found, expected)| found != expected);
    wrong.or((found.len() != expected.len()).then_some(found.len().min(expected.len())))
}

impl Pair {
    /// To the byte, and in their order.
    pub(super) fn compare_logs(&mut self, sent: Vec<Log>, told: &[Event], action: &Action) {
        let (found, expected) = (self.chain.of_ours(sent), logs::logs(&self.chain.book, told));
        let wrong = first_difference(&found, &expected);
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

#[test]
fn a_changed_log_is_noticed() {
    let book = Book::invented(3);
    let transfer = |amount: u64| {
        let (caller, from, to) = (Account::User(0), Account::User(1), Account::User(2));
        VaultEvent::Transfer { caller, from, to, token: Token::Dollar, amount: Amount::from(amount) }.into()
    };
    let right = logs::logs(&book, &[transfer(1), transfer(2)]);
    assert_eq!(first_difference(&right, &right), None);
    let wrong = |change: fn(&mut Vec<Log>)| {
        let mut logs = right.clone();
        change(&mut logs);
        first_difference(&logs, &right)
    };
    assert_eq!(wrong(|logs| logs.swap(0, 1)), Some(0), "another order");
    assert_eq!(wrong(|logs| drop(logs.pop())), Some(1), "one missing");
    assert_eq!(wrong(|logs| logs.push(logs[0].clone())), Some(2), "one more");
    assert_eq!(wrong(|logs| logs[1].address = Address::ZERO), Some(1), "another address");
    assert_eq!(wrong(|logs| logs[1].data.topics_mut_unchecked()[2] = B256::ZERO), Some(1), "another topic");
    let one_wei = |logs: &mut Vec<Log>| {
        let mut data = logs[1].data.data.to_vec();
        data[63] ^= 1;
        logs[1].data.data = data.into();
    };
    assert_eq!(wrong(one_wei), Some(1), "one wei");
}
