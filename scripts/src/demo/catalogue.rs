//! What the demo providers offer.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// What a plan is priced in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Money {
    Dollar,
    Stoa,
}

use Money::{Dollar, Stoa};

/// What a plan sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sells {
    /// So many; 0 is no limit.
    Licence { cap: u64 },
    /// Periods of 30 days.
    Month,
    /// Packs of units.
    Credits { units: u32, unit: &'static str },
    /// Free to those who stake enough for the first tier.
    ForStakers,
}

/// One way to buy.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlanTemplate {
    pub(super) money: Money,
    /// In whole tokens; "0" is free.
    pub(super) price: &'static str,
    pub(super) sells: Sells,
}

const fn licence(money: Money, price: &'static str) -> PlanTemplate {
    limited(money, price, 0)
}

const fn limited(money: Money, price: &'static str, cap: u64) -> PlanTemplate {
    PlanTemplate { money, price, sells: Sells::Licence { cap } }
}

const fn monthly(money: Money, price: &'static str) -> PlanTemplate {
    PlanTemplate { money, price, sells: Sells::Month }
}

const fn credits(money: Money, price: &'static str, units: u32, unit: &'static str) -> PlanTemplate {
    PlanTemplate { money, price, sells: Sells::Credits { units, unit } }
}

const FOR_STAKERS: PlanTemplate = PlanTemplate { money: Stoa, price: "0", sells: Sells::ForStakers };

/// `Kind` of the Listings contract.
const MODEL: u8 = 0;
const DATASET: u8 = 1;
const COMPUTE: u8 = 2;
const AGENT: u8 = 3;
const SERVICE: u8 = 4;

/// One listing with its plans.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    pub(super) kind: u8,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    pub(super) tags: &'static [&'static str],
    pub(super) licence: &'static str,
    /// What children owe of their revenue; `None` allows no children.
    pub(super) derivative_bps: Option<u16>,
    /// Positions in the catalogue, ascending, with the bps granted.
    pub(super) parents: &'static [(usize, u16)],
    pub(super) plans: &'static [PlanTemplate],
    /// Symbol of the shares in its revenue, if it is divided.
    pub(super) shares: Option<&'static str>,
}

/// Where derivatives are used.
#[derive(Debug)]
pub(super) struct Sector {
    pub(super) name: &'static str,
    pub(super) tag: &'static str,
    pub(super) data: &'static str,
}

pub(super) const SECTORS: [Sector; 8] = [
    Sector { name: "Legal", tag: "legal", data: "court decisions and contracts" },
    Sector { name: "Clinical", tag: "health", data: "de-identified clinical notes" },
    Sector { name: "Claims", tag: "insurance", data: "insurance claims and their outcomes" },
    Sector { name: "Support", tag: "support", data: "resolved customer conversations" },
    Sector { name: "Maritime", tag: "logistics", data: "ship logs and port records" },
    Sector { name: "Energy", tag: "energy", data: "grid load and weather records" },
    Sector { name: "Retail", tag: "retail", data: "product catalogues and returns" },
    Sector { name: "Geo", tag: "earth", data: "aerial images with land-use labels" },
];

pub(super) const CATALOGUE: [Template; 16] = [
    Template {
        kind: DATASET,
        name: "Open Web Corpus 2026",
        description: "1.2 trillion tokens of filtered web text in 41 languages, deduplicated, with source and licence per document.",
        tags: &["text", "pretraining", "multilingual"],
        licence: "CC-BY-4.0",
        derivative_bps: Some(200),
        parents: &[],
        plans: &[licence(Dollar, "0"), limited(Dollar, "1200", 40)],
        shares: None,
    },
    Template {
        kind: DATASET,
        name: "Sentinel Field Tiles",
        description: "4 million satellite tiles of farmland, labelled by crop and growth stage, weekly since 2021.",
        tags: &["vision", "earth", "labelled"],
        licence: "CC-BY-SA-4.0",
        derivative_bps: Some(500),
        parents: &[],
        plans: &[licence(Dollar, "85"), licence(Stoa, "900")],
        shares: None,
    },
    Template {
        kind: MODEL,
        name: "Lyceum 8B",
        description: "General language model with 8 billion parameters and 128k tokens of context. Runs on one 24 GB card.",
        tags: &["language", "8b", "instruct"],
        licence: "Apache-2.0",
        derivative_bps: Some(500),
        parents: &[(0, 200)],
        plans: &[licence(Dollar, "0"), licence(Dollar, "49"), credits(Dollar, "2", 1_000, "1k-input-tokens")],
        shares: None,
    },
    Template {
        kind: MODEL,
        name: "Lyceum 70B",
        description: "The large sibling: 70 billion parameters, tool use, structured output, 41 languages.",
        tags: &["language", "70b", "tool-use"],
        licence: "Stoa Commercial 1.0",
        derivative_bps: Some(800),
        parents: &[(0, 200)],
        plans: &[
            licence(Dollar, "320"),
            licence(Stoa, "4000"),
            credits(Dollar, "9", 1_000, "1k-input-tokens"),
        ],
        shares: Some("LYC70"),
    },
    Template {
        kind: MODEL,
        name: "Meridian Embed",
        description: "Text embeddings with 1,024 dimensions, trained for retrieval in long technical documents.",
        tags: &["embedding", "retrieval", "text"],
        licence: "MIT",
        derivative_bps: Some(300),
        parents: &[(0, 200)],
        plans: &[licence(Dollar, "0"), licence(Dollar, "15"), FOR_STAKERS],
        shares: None,
    },
    Template {
        kind: MODEL,
        name: "Harvest Vision",
        description: "Segments fields and estimates yield from satellite tiles; mean error 6 % on held-out regions.",
        tags: &["vision", "agriculture", "segmentation"],
        licence: "Stoa Commercial 1.0",
        derivative_bps: Some(700),
        parents: &[(1, 500)],
        plans: &[licence(Dollar, "140"), monthly(Dollar, "18")],
        shares: None,
    },
    Template {
        kind: COMPUTE,
        name: "H200 Hours, Frankfurt",
        description: "Reserved H200 hours with 141 GB memory each, InfiniBand, billed by the second.",
        tags: &["gpu", "h200", "eu"],
        licence: "Terms of service",
        derivative_bps: None,
        parents: &[],
        plans: &[credits(Dollar, "3.40", 3_600, "gpu-second"), credits(Stoa, "38", 3_600, "gpu-second")],
        shares: None,
    },
    Template {
        kind: COMPUTE,
        name: "Spot Inference Pool",
        description: "Shared inference on idle cards in 9 regions. Cheap, may be interrupted, results are cached.",
        tags: &["gpu", "inference", "spot"],
        licence: "Terms of service",
        derivative_bps: None,
        parents: &[],
        plans: &[credits(Dollar, "0.90", 500, "call")],
        shares: None,
    },
    Template {
        kind: AGENT,
        name: "Ledger Clerk",
        description: "Reads invoices, matches them with orders and books them; asks a person when it is unsure.",
        tags: &["accounting", "documents", "automation"],
        licence: "Stoa Commercial 1.0",
        derivative_bps: Some(600),
        parents: &[(3, 800)],
        plans: &[monthly(Dollar, "75"), monthly(Stoa, "820")],
        shares: Some("CLERK"),
    },
    Template {
        kind: AGENT,
        name: "Paper Scout",
        description: "Follows new papers in your field, checks the claims against the data and writes a weekly brief.",
        tags: &["research", "retrieval", "weekly"],
        licence: "Stoa Commercial 1.0",
        derivative_bps: None,
        parents: &[(2, 500), (4, 300)],
        plans: &[monthly(Dollar, "12"), limited(Dollar, "0", 500)],
        shares: None,
    },
    Template {
        kind: SERVICE,
        name: "Red Team Review",
        description: "Two specialists attack your model for a week: jailbreaks, data leaks, tool abuse. Written report.",
        tags: &["security", "evaluation", "report"],
        licence: "Terms of service",
        derivative_bps: None,
        parents: &[],
        plans: &[limited(Dollar, "2400", 24)],
        shares: None,
    },
    Template {
        kind: DATASET,
        name: "Call Centre Voices",
        description: "9,000 hours of consented service calls in 12 languages with transcripts and turn labels.",
        tags: &["audio", "speech", "consented"],
        licence: "Stoa Data 1.0",
        derivative_bps: Some(900),
        parents: &[],
        plans: &[licence(Dollar, "260")],
        shares: None,
    },
    Template {
        kind: MODEL,
        name: "Echo Transcribe",
        description: "Speech to text for telephone audio, with speakers told apart; 7.1 % word error in noisy calls.",
        tags: &["speech", "transcription", "audio"],
        licence: "Stoa Commercial 1.0",
        derivative_bps: Some(400),
        parents: &[(11, 900)],
        plans: &[licence(Dollar, "38"), licence(Stoa, "410"), credits(Dollar, "4", 3_600, "audio-second")],
        shares: None,
    },
    Template {
        kind: AGENT,
        name: "Night Desk",
        description: "Answers service calls outside of office hours, opens tickets and hands over in the morning.",
        tags: &["support", "voice", "automation"],
        licence: "Stoa Commercial 1.0",
        derivative_bps: None,
        parents: &[(3, 800), (12, 400)],
        plans: &[monthly(Dollar, "110")],
        shares: None,
    },
    Template {
        kind: MODEL,
        name: "Tabular Forecast",
        description: "Zero-shot forecasts for time series with up to 200 covariates, with calibrated intervals.",
        tags: &["forecasting", "time-series", "tabular"],
        licence: "Apache-2.0",
        derivative_bps: Some(250),
        parents: &[],
        plans: &[licence(Dollar, "0"), licence(Dollar, "29"), FOR_STAKERS],
        shares: None,
    },
    Template {
        kind: SERVICE,
        name: "Licence Clearing Desk",
        description: "A lawyer checks the licences behind your training data and signs a statement within five days.",
        tags: &["licensing", "legal", "audit"],
        licence: "Terms of service",
        derivative_bps: None,
        parents: &[],
        plans: &[licence(Dollar, "640")],
        shares: None,
    },
];

/// Metadata small enough to live on the chain itself.
pub(super) fn metadata_uri(name: &str, description: &str, tags: &[&str]) -> String {
    let metadata = serde_json::json!({ "name": name, "description": description, "tags": tags });
    format!("data:application/json;base64,{}", STANDARD.encode(metadata.to_string()))
}

/// The name in metadata that is on the chain itself.
pub(super) fn metadata_name(uri: &str) -> Option<String> {
    let encoded = uri.strip_prefix("data:application/json;base64,")?;
    let metadata: serde_json::Value = serde_json::from_slice(&STANDARD.decode(encoded).ok()?).ok()?;
    Some(metadata["name"].as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_keeps_the_contract_s_rules() {
        for (n, template) in CATALOGUE.iter().enumerate() {
            let name = template.name;
            let uri = metadata_uri(name, template.description, template.tags);
            assert!(uri.len() <= 512, "{name}: {} bytes", uri.len());
            let granted: u16 = template.parents.iter().map(|(_, bps)| *bps).sum();
            assert!(granted <= 5_000, "{name}");
            assert!(template.parents.is_sorted_by(|a, b| a.0 < b.0), "{name}");
            for (parent, bps) in template.parents {
                assert!(*parent < n, "{name} comes before its parent");
                assert!(CATALOGUE[*parent].derivative_bps.is_some_and(|asked| *bps >= asked), "{name}");
            }
            for plan in template.plans {
                assert!(
                    alloy::primitives::utils::parse_units(plan.price, 6).is_ok(),
                    "{name}: {}",
                    plan.price
                );
            }
        }
    }

    #[test]
    fn names_are_read_again() {
        let uri = metadata_uri("Lyceum 8B", "A model", &["language"]);
        assert_eq!(metadata_name(&uri).as_deref(), Some("Lyceum 8B"));
        assert_eq!(metadata_name("https://assets.example/1"), None);
    }
}
