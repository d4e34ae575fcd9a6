//! Connections as Relay describes them. Cursors are those of the REST routes.

use std::sync::Arc;

use async_graphql::SimpleObject;

use crate::cursor::{Binding, Cursor, Position};
use crate::error::ApiError;
use crate::params::{FromParam, Limit};

/// Whether there is more.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct PageInfo {
    /// Whether there is a page behind this one.
    has_next_page: bool,
    /// Whether this page was asked for by a cursor. Pages are read forward only.
    has_previous_page: bool,
    /// Cursor of the first edge; null without one.
    start_cursor: Option<String>,
    /// Cursor of the last edge: the `after` of the next page. Null without one.
    end_cursor: Option<String>,
}

/// A page's nodes with their cursors.
#[derive(Debug)]
pub(super) struct Page<N> {
    pub(super) edges: Vec<(Cursor, Arc<N>)>,
    pub(super) more: bool,
    pub(super) began: bool,
}

impl<N> Page<N> {
    pub(super) fn info(&self) -> PageInfo {
        let cursor = |edge: Option<&(Cursor, Arc<N>)>| edge.map(|(cursor, _)| cursor.encode());
        PageInfo {
            has_next_page: self.more,
            has_previous_page: !self.began,
            start_cursor: cursor(self.edges.first()),
            end_cursor: cursor(self.edges.last()),
        }
    }

    /// A page of a REST route: `next` tells whether there is another.
    pub(super) fn of(
        rows: Vec<N>,
        next: bool,
        after: Option<&Cursor>,
        binding: Binding,
        place: impl Fn(&N) -> (i64, Position),
    ) -> Result<Self, ApiError> {
        let positions = Cursor::positions(after, binding)?;
        let cursors = Cursor::behind(&rows, binding, positions, place);
        let edges = cursors.into_iter().zip(rows.into_iter().map(Arc::new)).collect();
        Ok(Self { edges, more: next, began: after.is_none() })
    }
}

/// Declares a connection, its edge, and how its total is counted.
macro_rules! connection {
    ($connection:ident, $edge:ident, $node:ty, $counted:ty) => {
        #[derive(Debug)]
        pub(super) struct $connection {
            pub(super) page: $crate::graphql::connection::Page<$node>,
            pub(super) counted: $counted,
        }

        #[derive(Debug)]
        pub(super) struct $edge(crate::cursor::Cursor, std::sync::Arc<$node>);

        #[async_graphql::Object]
        impl $edge {
            /// Where it stands: the `after` of a page that goes on behind it.
            async fn cursor(&self) -> String {
                self.0.encode()
            }

            /// What stands there.
            async fn node(&self) -> &$node {
                &self.1
            }
        }

        #[async_graphql::Object]
        impl $connection {
            /// The page with its cursors.
            async fn edges(&self) -> Vec<$edge> {
                self.page.edges.iter().map(|(cursor, node)| $edge(cursor.clone(), node.clone())).collect()
            }

            /// The page without its cursors.
            async fn nodes(&self) -> Vec<&$node> {
                self.page.edges.iter().map(|(_, node)| &**node).collect()
            }

            /// Whether there is more, and how to go on.
            async fn page_info(&self) -> $crate::graphql::connection::PageInfo {
                self.page.info()
            }

            /// How many there are in all, exactly. Counted only where it is asked for.
            async fn total_count(&self, context: &async_graphql::Context<'_>) -> async_graphql::Result<i64> {
                Ok(self.counted.count(context).await?)
            }
        }
    };
}
pub(super) use connection;

/// The size of a page.
pub(super) fn limit(first: Option<i64>) -> Result<Limit, ApiError> {
    let Some(first) = first else { return Ok(Limit::default()) };
    let text = first.to_string();
    Limit::from_param(&text).ok_or_else(|| ApiError::bad("first", &text, Limit::allowed()))
}

/// Where a page goes on.
pub(super) fn cursor(after: Option<&str>) -> Result<Option<Cursor>, ApiError> {
    let read = |text| {
        let allowed = "the `cursor` or `endCursor` of an earlier answer, unchanged";
        Cursor::from_param(text).ok_or_else(|| ApiError::bad("after", text, allowed))
    };
    after.map(read).transpose()
}
