//! The Vault, revenue and its shares.

use serde_json::Value;

use super::amount::cut;
use super::{Told, ZERO};

impl Told<'_> {
    pub(super) fn of_money(&self, table: &str) -> Option<String> {
        let token = self.text("token");
        Some(match table {
            "vault_transfer" if self.text("sender") == ZERO => {
                format!("{} deposited {}.", self.who("receiver"), self.money("amount", &token))
            }
            "vault_transfer" if self.text("receiver") == ZERO => {
                format!("{} withdrew {}.", self.who("sender"), self.money("amount", &token))
            }
            "vault_transfer" => format!(
                "{} went from {} to {}.",
                self.money("amount", &token),
                self.who("sender"),
                self.who("receiver")
            ),
            "vault_token_described" => {
                format!("The Vault described token {} as {}.", self.who("token"), cut(&self.text("symbol")))
            }
            "revenue_settled" => format!(
                "Revenue of listing {} was split: {} to {}, the rest to {}.",
                self.listing("listing"),
                self.money("beneficiary_amount", &token),
                self.who("beneficiary"),
                match self.args.get("parents").and_then(Value::as_array).map_or(0, Vec::len) {
                    0 => "nobody else".to_owned(),
                    1 => "one parent".to_owned(),
                    more => format!("{more} parents"),
                }
            ),
            "revenue_listing_paid" => format!(
                "{} paid {} to listing {}.",
                self.who("payer"),
                self.money("amount", &token),
                self.listing("listing")
            ),
            "revenue_shares_created" => format!(
                "Listing {} was divided into {} shares {}, all of them {}'s.",
                self.listing("listing"),
                self.whole("supply"),
                cut(&self.text("symbol")),
                self.who("holder")
            ),
            "share_transfer" => format!(
                "{} shares of {} went from {} to {}.",
                self.whole("amount"),
                self.who("share"),
                self.who("sender"),
                self.who("receiver")
            ),
            "share_revenue_claimed" => format!(
                "{} was paid {} that its shares of {} earned.",
                self.who("account"),
                self.money("amount", &token),
                self.who("share")
            ),
            _ => return None,
        })
    }
}
