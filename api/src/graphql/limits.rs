//! What a document may cost. Looked at before anything is executed: a document that costs too much runs no SQL.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Pos, Positioned, Value, Variables};
use serde_json::json;

use super::errors::Refusal;
use crate::access::cost_of_reading;

/// A document's length in bytes.
const QUERY_BYTES: usize = 32 * 1024;
/// Brackets inside of brackets, whatever they mean: parsers descend by them.
const BRACKETS: usize = 64;
/// Fields inside of fields.
const DEPTH: usize = 12;
/// The same of questions about the schema, which tools ask that deep.
const SCHEMA_DEPTH: usize = 20;
/// Lists of the schema inside of such lists.
const SCHEMA_LISTS: usize = 3;
/// Values of an answer at most, where pages are full.
const COST: u64 = 60_000;
const ALIASES: usize = 50;
/// Fields of the root.
const ROOTS: usize = 20;
/// Selections, those of fragments counted wherever they are spread.
const SELECTIONS: usize = 2_000;
/// What a list without `first` counts for.
const USUAL: u64 = 10;

/// Fields that take `first`.
pub(super) const PAGED: &[&str] = &[
    "listings",
    "purchases",
    "payments",
    "spendings",
    "versions",
    "plans",
    "children",
    "leaders",
    "ancestors",
    "descendants",
    "flow",
    "owners",
    "history",
];
const LISTS: &[&str] = &[
    "chains",
    "market",
    "turnover",
    "series",
    "staking",
    "tokens",
    "tiers",
    "balances",
    "passes",
    "shares",
    "operators",
    "allowances",
    "claimable",
    "parents",
    "revenue",
    "shareSales",
    "links",
    "royalties",
    "priceHistory",
    "yields",
    "windows",
    "ignored",
    "attribution",
    "retention",
    "again",
    "facets",
    "values",
];
/// Fields of the root, each with the route that answers the same: a field costs of the quota what the route does.
pub(super) const ROUTES: &[(&str, &str)] = &[
    ("listing", "/v1/listings/{id}"),
    ("listings", "/v1/listings"),
    ("facets", "/v1/listings"),
    ("purchases", "/v1/purchases"),
    ("payments", "/v1/payments"),
    ("spendings", "/v1/spendings"),
    ("chains", "/v1/status"),
    ("account", "/v1/accounts/{address}"),
    ("history", "/v1/accounts/{address}/history"),
    ("access", "/v1/access"),
    ("staking", "/v1/staking"),
    ("market", "/v1/market"),
    ("series", "/v1/market/series"),
    ("leaders", "/v1/market/leaders"),
    ("retention", "/v1/market/retention"),
    ("attribution", "/v1/market/attribution"),
    ("ancestors", "/v1/listings/{id}/ancestors"),
    ("descendants", "/v1/listings/{id}/descendants"),
    ("flow", "/v1/listings/{id}/flow"),
    ("owners", "/v1/listings/{id}/owners"),
    ("priceHistory", "/v1/listings/{id}/prices"),
    ("yields", "/v1/listings/{id}/yield"),
    ("grades", "/v1/listings/{id}/grades"),
];
/// So many values of an answer cost one more: about what a full page of a route holds.
const VALUES: u64 = 1_000;

/// Brackets inside of each other, outside of strings and comments.
pub(super) fn check_text(query: &str) -> Result<(), Refusal> {
    if query.len() > QUERY_BYTES {
        return Err(refuse("length of the document in bytes", query.len(), QUERY_BYTES));
    }
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = query.bytes();
    let mut quoted = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' if quoted => {
                bytes.next();
            }
            // A string ends with its line; what is wrong with it is the parser's to say.
            b'\n' => quoted = false,
            b'#' if !quoted => while bytes.next().is_some_and(|byte| byte != b'\n' && byte != b'\r') {},
            _ => {}
        }
        // Inside of strings brackets are counted too: who quotes so many is refused as well.
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > BRACKETS {
        return Err(refuse("brackets inside of brackets", deepest, BRACKETS));
    }
    Ok(())
}

/// Everything else, of each operation of the document. Tells what the dearest of them costs of the quota.
pub(super) fn check(document: &ExecutableDocument, variables: &Variables) -> Result<i64, Refusal> {
    let (mut selections, mut dearest) = (0, 1);
    let operations = document.operations.iter().map(|(_, operation)| &operation.node);
    for operation in operations {
        let defaults = operation.variable_definitions.iter().filter_map(|variable| {
            Some((variable.node.name.node.clone(), variable.node.default_value.as_ref()?.node.clone()))
        });
        let mut walk = Walk {
            document,
            variables,
            defaults: defaults.collect(),
            cost: 0,
            aliases: 0,
            roots: 0,
            routes: 0,
            selections: &mut selections,
        };
        walk.visit(
            &operation.selection_set.node,
            At { times: 1, depth: 1, schema: false, lists: 0, spreads: 0 },
        )?;
        dearest =
            dearest.max(walk.routes.saturating_add((walk.cost / VALUES).try_into().unwrap_or(i64::MAX)));
    }
    Ok(dearest)
}

/// The arguments of a document by where their values stand: errors name places.
pub(super) fn arguments(document: &ExecutableDocument) -> HashMap<Pos, String> {
    let mut found = HashMap::new();
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut left: Vec<&SelectionSet> = operations.chain(fragments).collect();
    while let Some(set) = left.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    for (name, value) in &field.node.arguments {
                        found.insert(value.pos, name.node.to_string());
                    }
                    left.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(fragment) => left.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    found
}

struct Walk<'d> {
    document: &'d ExecutableDocument,
    variables: &'d Variables,
    defaults: HashMap<Name, Value>,
    cost: u64,
    aliases: usize,
    roots: usize,
    /// What the routes of the root's fields cost.
    routes: i64,
    selections: &'d mut usize,
}

/// Where the walk is.
#[derive(Clone, Copy)]
struct At {
    /// How often what is selected here stands in the answer.
    times: u64,
    depth: usize,
    schema: bool,
    lists: usize,
    /// Fragments inside of fragments: one that spreads itself never ends.
    spreads: usize,
}

impl Walk<'_> {
    fn visit(&mut self, set: &SelectionSet, at: At) -> Result<(), Refusal> {
        for item in &set.items {
            *self.selections += 1;
            if *self.selections > SELECTIONS {
                return Err(refuse("selections, with those of fragments", *self.selections, SELECTIONS));
            }
            match &item.node {
                Selection::Field(field) => self.field(field, at)?,
                Selection::InlineFragment(fragment) => {
                    self.visit(&fragment.node.selection_set.node, self.deeper(at)?)?;
                }
                Selection::FragmentSpread(spread) => {
                    // One that is not declared is told of by the validation.
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        self.visit(&fragment.node.selection_set.node, self.deeper(at)?)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn deeper(&self, at: At) -> Result<At, Refusal> {
        if at.spreads >= DEPTH {
            return Err(refuse("fragments inside of fragments", at.spreads + 1, DEPTH));
        }
        Ok(At { spreads: at.spreads + 1, ..at })
    }

    fn field(&mut self, field: &Positioned<Field>, at: At) -> Result<(), Refusal> {
        let name = field.node.name.node.as_str();
        self.aliases += usize::from(field.node.alias.is_some());
        if self.aliases > ALIASES {
            return Err(refuse("aliases", self.aliases, ALIASES));
        }
        if at.depth == 1 {
            self.roots += 1;
            if self.roots > ROOTS {
                return Err(refuse("fields of the root", self.roots, ROOTS));
            }
            let route = ROUTES.iter().find(|(field, _)| *field == name);
            self.routes += route.map_or(0, |(_, path)| cost_of_reading(path));
        }
        let schema = at.schema || name.starts_with("__");
        let most = if schema { SCHEMA_DEPTH } else { DEPTH };
        if at.depth > most {
            return Err(refuse("fields inside of fields", at.depth, most));
        }
        let listed = schema && matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes");
        let lists = at.lists + usize::from(listed);
        if lists > SCHEMA_LISTS {
            return Err(refuse("lists of the schema inside of each other", lists, SCHEMA_LISTS));
        }
        if !schema {
            self.cost = self.cost.saturating_add(at.times);
            if self.cost > COST {
                return Err(refuse("values of the answer, where pages are full", self.cost, COST));
            }
        }
        let times = at.times.saturating_mul(if schema { 1 } else { self.page(&field.node) });
        let inside = At { times, depth: at.depth + 1, schema, lists, spreads: at.spreads };
        self.visit(&field.node.selection_set.node, inside)
    }

    /// How many of its kind a field gives.
    fn page(&self, field: &Field) -> u64 {
        let name = field.name.node.as_str();
        if LISTS.contains(&name) {
            return USUAL;
        }
        if !PAGED.contains(&name) {
            return 1;
        }
        let given = |name: Name| {
            let given = self.variables.get(&name).or_else(|| self.defaults.get(&name));
            Ok::<Value, ()>(given.cloned().unwrap_or_default())
        };
        let first = field.get_argument("first").map(|first| first.node.clone().into_const_with(given));
        // What is no number from 1 to 100 is refused when it is read.
        match first {
            Some(Ok(Value::Number(number))) => number.as_u64().unwrap_or(1).clamp(1, 100),
            _ => 25,
        }
    }
}

fn refuse(what: &str, read: impl Into<serde_json::Value>, allowed: impl Into<serde_json::Value>) -> Refusal {
    let (read, allowed) = (read.into(), allowed.into());
    Refusal {
        code: "TOO_COSTLY",
        message: format!("The query has {read} {what}; at most {allowed} are allowed. Ask for less at once."),
        beside: json!({ "limit": what, "read": read, "allowed": allowed }),
    }
}
