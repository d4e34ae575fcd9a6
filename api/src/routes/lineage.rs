//! `GET /v1/listings/{id}/ancestors` and `…/descendants`: a listing's family to any depth.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::listing::{must_exist, named};
use crate::app::App;
use crate::cursor::{Binding, Cursor};
use crate::db::listing::listing_names;
use crate::db::listing_parent::{Direction, LineageRow, lineage_of};
use crate::error::ApiError;
use crate::meta::Meta;
use crate::model::{Edge, PublicId};
use crate::params::{Limit, Params};
use crate::problem::Problem;
use crate::reply::Reply;
use crate::snapshot::{Question, Snapshot, ask};

/// A family with more edges is told to be too large, rather than told in part.
const MAX_EDGES: i64 = 200_000;
/// The whole of a listing's revenue, in the fractions that are reckoned with.
const WHOLE: u128 = 1_000_000_000_000_000_000;
const BPS: u128 = 10_000;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/listings/{id}/ancestors", get(ancestors))
        .route("/listings/{id}/descendants", get(descendants))
}

/// The parameters of `GET /v1/listings/{id}/ancestors` and `…/descendants`.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LineageParams {
    /// How many listings a page has at most.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 25)]
    pub(crate) limit: Option<Limit>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    pub(crate) cursor: Option<Cursor>,
}

/// A member of a listing's family.
#[derive(Debug, Serialize, ToSchema, async_graphql::SimpleObject)]
#[graphql(name = "FamilyMember")]
pub struct Relative {
    /// Public id of the member.
    #[schema(value_type = String, example = "31337-1")]
    pub id: PublicId,
    /// Its name, where its metadata says one; null otherwise.
    #[schema(example = "Llama fine-tune for contracts", required = true)]
    pub name: Option<String>,
    /// How many steps it is away, by the shortest way.
    #[schema(example = 2, minimum = 1)]
    pub depth: i32,
    /// What of the descendant's revenue reaches the ancestor by all ways together, once all is settled, in millionths,
    /// rounded down.
    #[schema(example = 3500, minimum = 0, maximum = 1_000_000)]
    pub revenue_ppm: i64,
    /// The members that it is linked with towards the listing asked for, with what the parent of each link is granted.
    pub links: Vec<Edge>,
}

/// The answer of `GET /v1/listings/{id}/ancestors` and `…/descendants`.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineageAnswer {
    pub data: Vec<Relative>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "AYvQJ1lkZ2wAAAAAAAB6aQAAAAAAAAMsAAAABA", required = true)]
    pub next: Option<String>,
    pub meta: Meta,
}

/// All listings that a listing derives from, the nearest first.
#[utoipa::path(get, path = "/v1/listings/{id}/ancestors", tag = "listings", operation_id = "getAncestors",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$"), LineageParams),
    responses(
        (status = 200, description = "A page of ancestors.", body = LineageAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn ancestors(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let question = LineageQuery::parse(path, query.as_deref(), Direction::Ancestors)?;
    ask(&app.pool, &question).await?.respond(&headers)
}

/// All listings that derive from a listing, the nearest first.
#[utoipa::path(get, path = "/v1/listings/{id}/descendants", tag = "listings", operation_id = "getDescendants",
    params(("id" = String, Path, description = "Public id of the listing: `{chainId}-{n}`.", example = "31337-1",
        pattern = "^[1-9][0-9]*-[1-9][0-9]*$"), LineageParams),
    responses(
        (status = 200, description = "A page of descendants.", body = LineageAnswer),
        (status = 304, description = "The data is what `If-None-Match` names."),
        (status = 400, description = "A parameter is not valid.", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such listing.", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The data is not ready, or the server is busy; `Retry-After` says when to ask again.", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn descendants(
    State(app): State<App>,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let question = LineageQuery::parse(path, query.as_deref(), Direction::Descendants)?;
    ask(&app.pool, &question).await?.respond(&headers)
}

/// What is asked.
pub(crate) struct LineageQuery {
    pub(crate) id: PublicId,
    pub(crate) direction: Direction,
    pub(crate) params: LineageParams,
}

impl LineageQuery {
    fn parse(
        path: Result<Path<String>, PathRejection>,
        query: Option<&str>,
        direction: Direction,
    ) -> Result<Self, ApiError> {
        let mut params = Params::parse(query)?;
        let parsed = LineageParams { limit: params.take("limit")?, cursor: params.take("cursor")? };
        params.finish()?;
        Ok(Self { id: named(path)?, direction, params: parsed })
    }
}

impl Question for LineageQuery {
    type Answer = Reply<Vec<Relative>>;

    async fn answer(&self, snapshot: &mut Snapshot<'_>) -> Result<Self::Answer, ApiError> {
        let id = self.id;
        must_exist(id, snapshot).await?;
        let edges = lineage_of(snapshot.connection, id, self.direction, MAX_EDGES + 1).await?;
        if edges.len() as i64 > MAX_EDGES {
            let allowed = format!("a listing whose family has up to {MAX_EDGES} links on this side");
            return Err(ApiError::bad("id", &id.to_string(), allowed));
        }
        let binding = Binding::to(&("lineage", id, self.direction));
        let behind = Cursor::positions(self.params.cursor.as_ref(), binding)?;
        let behind = behind.get(&id.chain_id).map_or((0, 0), |(listing, depth)| (*depth, *listing));
        let Limit(limit) = self.params.limit.unwrap_or_default();

        let mut family = Family::of(id.number, &edges, self.direction);
        let mut page: Vec<(i32, i64)> = family
            .by_depth
            .range((behind.0, behind.1.saturating_add(1))..)
            .take(limit as usize + 1)
            .copied()
            .collect();
        let more = page.len() as i64 > limit;
        page.truncate(limit as usize);
        let last = page.last().filter(|_| more).map(|(depth, listing)| (*listing, *depth));
        let next = last.map(|last| Cursor::new(binding, BTreeMap::from([(id.chain_id, last)])));

        let public = |number| PublicId { number, ..id };
        let ids: Vec<PublicId> = page.iter().map(|(_, listing)| public(*listing)).collect();
        let mut names = listing_names(snapshot.connection, &ids).await?;
        let data = page.into_iter().map(|(depth, listing)| Relative {
            id: public(listing),
            name: names.remove(&public(listing)),
            depth,
            // A fraction of the whole is at most the whole.
            revenue_ppm: (family.flows.get(&listing).copied().unwrap_or(0) / (WHOLE / 1_000_000)) as i64,
            links: family
                .links
                .remove(&listing)
                .unwrap_or_default()
                .into_iter()
                .map(|(other, bps)| Edge { id: public(other), bps })
                .collect(),
        });
        let data = data.collect();
        Ok(Reply { data, meta: snapshot.meta(&[id.chain_id]), next: Some(next) })
    }
}

/// What edges say of each member.
#[derive(Debug)]
struct Family {
    /// Steps and number, the nearest first.
    by_depth: BTreeSet<(i32, i64)>,
    /// What flows between it and the listing, of [`WHOLE`].
    flows: HashMap<i64, u128>,
    /// Towards the listing.
    links: HashMap<i64, Vec<(i64, i32)>>,
}

impl Family {
    /// Parents are older than their children, so that numbers order a family: no member is met before those between it
    /// and the listing.
    fn of(listing: i64, edges: &[LineageRow], direction: Direction) -> Self {
        let towards = |edge: &LineageRow| match direction {
            Direction::Ancestors => (edge.parent, edge.child),
            Direction::Descendants => (edge.child, edge.parent),
        };
        let mut links: BTreeMap<i64, Vec<(i64, i32)>> = BTreeMap::new();
        for edge in edges {
            let (member, nearer) = towards(edge);
            links.entry(member).or_default().push((nearer, edge.bps));
        }
        let mut depths: HashMap<i64, i32> = HashMap::from([(listing, 0)]);
        let mut flows: HashMap<i64, u128> = HashMap::from([(listing, WHOLE)]);
        let mut visit = |member: i64, near: &mut Vec<(i64, i32)>| {
            near.sort_unstable();
            let depth = near.iter().filter_map(|(nearer, _)| depths.get(nearer)).min();
            let depth = depth.map_or(i32::MAX, |depth| depth.saturating_add(1));
            depths.insert(member, depth);
            let part = |(nearer, bps): &(i64, i32)| {
                flows.get(nearer).copied().unwrap_or(0) * u128::try_from(*bps).unwrap_or(0) / BPS
            };
            let flow = near.iter().map(part).sum();
            flows.insert(member, flow);
        };
        match direction {
            Direction::Ancestors => links.iter_mut().rev().for_each(|(member, near)| visit(*member, near)),
            Direction::Descendants => links.iter_mut().for_each(|(member, near)| visit(*member, near)),
        }
        let by_depth = links.keys().filter_map(|member| Some((*depths.get(member)?, *member))).collect();
        Self { by_depth, flows, links: links.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(list: &[(i64, i64, i32)]) -> Vec<LineageRow> {
        list.iter()
            .map(|(child, parent, bps)| LineageRow { child: *child, parent: *parent, bps: *bps })
            .collect()
    }

    #[test]
    fn what_flows_is_added_over_all_ways() {
        // 4 derives from 3 and 2, 3 from 2 and 1, 2 from 1.
        let all = edges(&[(4, 3, 1_000), (4, 2, 500), (3, 2, 2_000), (3, 1, 100), (2, 1, 5_000)]);
        let up = Family::of(4, &all, Direction::Ancestors);
        let ppm = |family: &Family, listing| family.flows[&listing] / (WHOLE / 1_000_000);
        assert_eq!(up.by_depth.iter().copied().collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 1)]);
        assert_eq!([ppm(&up, 3), ppm(&up, 2), ppm(&up, 1)], [100_000, 50_000 + 20_000, 1_000 + 35_000]);
        assert_eq!(up.links[&1], [(2, 5_000), (3, 100)]);
        let down = Family::of(1, &all, Direction::Descendants);
        assert_eq!(down.by_depth.iter().copied().collect::<Vec<_>>(), [(1, 2), (1, 3), (2, 4)]);
        assert_eq!(ppm(&down, 4), ppm(&up, 1), "the same money, seen from the other end");
    }

    #[test]
    fn a_long_line_is_walked_to_its_end() {
        let line: Vec<_> = (2..=20_000).map(|n| (n, n - 1, 5_000)).collect();
        let down = Family::of(1, &edges(&line), Direction::Descendants);
        assert_eq!(down.by_depth.last(), Some(&(19_999, 20_000)));
        assert_eq!(down.flows[&20_000], 0);
    }
}
