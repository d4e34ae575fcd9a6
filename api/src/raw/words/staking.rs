//! Locked STOA and the fees that it earns.

use super::Told;

impl Told<'_> {
    pub(super) fn of_staking(&self, table: &str) -> Option<String> {
        Some(match table {
            "staking_lock_changed" => format!(
                "{} locks {} STOA{}: {} STOA came in.",
                self.who("account"),
                self.whole("amount"),
                self.until("lock_end", " until "),
                self.whole("added")
            ),
            "staking_principal_withdrawn" => {
                format!("{} withdrew {} STOA from its lock.", self.who("account"), self.whole("amount"))
            }
            "staking_fees_distributed" => {
                format!("{} of fees was divided among stakers.", self.money("amount", &self.text("token")))
            }
            "staking_fees_claimed" => format!(
                "{} was paid {} of fees.",
                self.who("account"),
                self.money("amount", &self.text("token"))
            ),
            _ => return None,
        })
    }
}
