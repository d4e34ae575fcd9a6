//! Listings.

use serde_json::Value;

use super::Told;

impl Told<'_> {
    pub(super) fn of_listings(&self, table: &str) -> Option<String> {
        const KINDS: [&str; 5] = ["model", "dataset", "compute", "agent", "service"];
        const STATUS: [&str; 3] = ["active", "paused", "retired"];
        let word = |words: &[&'static str], name: &str| {
            let at = self.args.get(name).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok());
            at.and_then(|at| words.get(at).copied()).unwrap_or("unknown")
        };
        let listing = self.listing("listing");
        Some(match table {
            "listings_listing_created" => format!(
                "{} created listing {listing}, a {}{}.",
                self.who("owner"),
                word(&KINDS, "kind"),
                match self.args.get("parents").and_then(Value::as_array).map_or(0, Vec::len) {
                    0 => String::new(),
                    1 => ", which derives from one other".to_owned(),
                    more => format!(", which derives from {more} others"),
                }
            ),
            "listings_version_published" => {
                format!("Listing {listing} published version {}.", self.text("version"))
            }
            "listings_uri_changed" => format!("The metadata of listing {listing} moved."),
            "listings_status_changed" => {
                format!("Listing {listing} is {} from now on.", word(&STATUS, "status"))
            }
            "listings_transfer" => {
                format!("Listing {listing} went from {} to {}.", self.who("sender"), self.who("receiver"))
            }
            "listings_metadata_update" => format!("The metadata of listing {listing} should be read anew."),
            "listings_revenue_bound" => {
                format!("Listing {listing} earns for its share contract {} from now on.", self.who("share"))
            }
            _ => return None,
        })
    }
}
