//! `/graphql`: the model of the REST routes as a graph.
//!
//! - [`http`]: the handler; [`persisted`]: documents that are named by their hash;
//! - [`limits`]: what is refused before any SQL is run; [`errors`]: how refusals are told;
//! - [`read`]: one snapshot for all of a request, and batches for what stands inside of collections;
//! - [`query`], [`figures`], [`detail`]: the root; [`nodes`], [`listing`], [`parts`], [`connection`]: what hangs from it.
//!
//! Documents are those of the REST routes, and so are the questions that fill them.

mod connection;
mod detail;
mod errors;
mod figures;
mod http;
mod limits;
mod listing;
mod nodes;
mod parts;
mod persisted;
mod query;
mod read;
mod scalars;

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject};

pub(crate) use http::router;

/// All that can be asked.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "Query")]
struct Root(query::Collections, figures::Figures, detail::Details);

type Schema = async_graphql::Schema<Root, EmptyMutation, EmptySubscription>;

fn schema() -> Schema {
    Schema::build(Root::default(), EmptyMutation, EmptySubscription).finish()
}

/// The schema as committed in `api/schema.graphql`.
pub fn sdl() -> String {
    let options =
        async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items().sorted_arguments();
    schema().sdl_with_options(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
        if std::env::var_os("STOA_BLESS").is_some() {
            std::fs::write(path, sdl()).expect("the schema is writable");
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(
            committed == sdl(),
            "api/schema.graphql is stale: run `STOA_BLESS=1 cargo test -p stoa-api --lib`"
        );
    }

    #[test]
    fn every_paged_field_costs_as_many_as_its_page() {
        for (name, rest) in sdl().lines().filter_map(|line| line.trim().split_once('(')) {
            if rest.contains("first:") {
                assert!(limits::PAGED.contains(&name), "`{name}` takes `first` and is not in limits::PAGED");
            }
        }
    }

    #[test]
    fn every_field_of_the_root_costs_what_a_route_does() {
        let schema = sdl();
        let root = schema.split_once("type Query {").and_then(|(_, rest)| rest.split_once("\n}"));
        let lines = root.expect("a root").0.lines().filter_map(|line| line.strip_prefix('\t'));
        let mut inside = false;
        let mut names: Vec<&str> = Vec::new();
        for line in lines {
            if line.starts_with("\"\"\"") {
                inside = !inside;
            } else if !inside {
                names.extend(line.split(['(', ':']).next());
            }
        }
        names.retain(|name| *name != "meta");
        assert_eq!(names.len(), limits::ROUTES.len(), "{names:?}");
        for name in names {
            let route = limits::ROUTES.iter().find(|(field, _)| *field == name);
            let cost = route.map_or(0, |(_, path)| crate::access::cost_of_reading(path));
            assert!(cost > 0, "`{name}` has no route in limits::ROUTES");
        }
    }
}
