//! The one error type of the API's handlers, and what of it leaves the house.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A parameter's value is not allowed.
    #[error("`{name}` was `{read}`; expected {allowed}.")]
    BadParameter { name: String, read: String, allowed: String },
    /// A parameter that the route cannot do without was not given.
    #[error("`{name}` is missing; expected {allowed}.")]
    MissingParameter { name: String, allowed: String },
    /// A parameter that the route does not have.
    #[error("`{name}` is not a parameter here. Known are: {known}.")]
    UnknownParameter { name: String, known: String },
    /// A parameter given more than once.
    #[error("`{name}` was given more than once; give it once.")]
    RepeatedParameter { name: String },
    /// Nothing is at this address.
    #[error("{0}")]
    NotFound(String),
    /// The route does not take this method.
    #[error("`{0}` is not allowed here; the Allow header says what is.")]
    Method(String),
    /// What follows a cursor is kept no more.
    #[error("{0}")]
    Expired(String),
    /// More connections than are allowed.
    #[error("{0}")]
    TooMany(String),
    /// The indexer has not made what the API reads, or made it for another version.
    #[error("{0}")]
    NotReady(String),
    /// A plan or a snapshot was overtaken by a rebuild of the projections. Asking again helps.
    #[error("the projections were rebuilt during the request: {0}")]
    Overtaken(#[source] sqlx::Error),
    /// The database answers too slowly, or is not there.
    #[error("the database does not answer in time: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A problem of one route, told as it stands.
    #[error("{}", .0.detail)]
    Told(Box<Problem>),
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl ApiError {
    /// A parameter's value is not allowed. What was read is cut to a length that is fit to be shown.
    pub fn bad(name: &str, read: &str, allowed: impl Into<String>) -> Self {
        let mut shown: String = read.chars().take(80).collect();
        if shown.len() < read.len() {
            shown.push('…');
        }
        Self::BadParameter { name: name.to_owned(), read: shown, allowed: allowed.into() }
    }

    /// What a request lacks.
    pub fn missing(name: &str, allowed: impl Into<String>) -> Self {
        Self::MissingParameter { name: name.to_owned(), allowed: allowed.into() }
    }

    pub(crate) fn problem(&self) -> Problem {
        let text = self.to_string();
        let bad = |name: &str| {
            let mut problem = Problem::new(
                StatusCode::BAD_REQUEST,
                "invalid-parameter",
                "A parameter is not valid",
                text.clone(),
            );
            problem.parameter = Some(name.to_owned());
            problem
        };
        match self {
            Self::BadParameter { name, .. }
            | Self::MissingParameter { name, .. }
            | Self::UnknownParameter { name, .. }
            | Self::RepeatedParameter { name } => bad(name),
            Self::Told(problem) => (**problem).clone(),
            Self::NotFound(_) => Problem::new(StatusCode::NOT_FOUND, "not-found", "Not found", text),
            Self::Method(_) => Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not allowed",
                text,
            ),
            Self::Expired(_) => Problem::new(StatusCode::GONE, "expired", "The cursor is kept no more", text),
            Self::TooMany(_) => Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too-many-connections",
                "Too many connections",
                text,
            ),
            Self::NotReady(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "The data is not ready", text)
            }
            Self::Overtaken(_) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "not-ready",
                "The data is not ready",
                "The data is being rebuilt. Ask again in a moment.",
            ),
            Self::Unavailable(_) => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "The server is busy",
                "The database does not answer in time. Ask again in a moment.",
            ),
            Self::Internal(_) => Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}

/// Sorts the database's errors by what the caller can do about them.
impl From<sqlx::Error> for ApiError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(database) = &error else {
            return match error {
                sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed => Self::Unavailable(error),
                error => Self::Internal(format!("the database's answer could not be read: {error}")),
            };
        };
        let code = database.code().unwrap_or_default();
        match code.as_ref() {
            "42P01" if database.message().contains("\"api.") => Self::NotReady(NO_TABLES.to_owned()),
            // Undefined table, schema.
            "42P01" | "3F000" => Self::NotReady(NO_PROJECTIONS.to_owned()),
            // Undefined column, type mismatch in an operator: the projections have another shape.
            "42703" | "42883" => Self::NotReady(OTHER_PROJECTIONS.to_owned()),
            // Serialization failure, deadlock.
            "40001" | "40P01" => Self::Overtaken(error),
            "0A000" if database.message().contains("cached plan") => Self::Overtaken(error),
            "XX000" if gone(database.message()) => Self::Overtaken(error),
            // Lock not available, query cancelled by the statement timeout, database or role missing.
            "55P03" | "57014" | "3D000" | "28000" | "28P01" => Self::Unavailable(error),
            // Connection, insufficient resources, operator intervention.
            code if ["08", "53", "57"].iter().any(|class| code.starts_with(class)) => {
                Self::Unavailable(error)
            }
            code => Self::Internal(format!("the database refused a query ({code}): {database}")),
        }
    }
}

/// What `XX000` says when a table vanished between planning and running.
fn gone(message: &str) -> bool {
    message.contains("could not open relation with OID") || message.contains("cache lookup failed")
}

pub(crate) const NO_PROJECTIONS: &str = "The indexer has not prepared the database yet. \
    Start stoa-indexer on the same database, or wait until it has made its tables.";
const NO_TABLES: &str = "The API has not made its own tables yet. It does when it starts, where its user may write; \
    or run `stoa-api migrate`.";
const OTHER_PROJECTIONS: &str = "The indexer's tables have another shape than this API knows. \
    Run stoa-indexer and stoa-api of the same version.";

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        match &self {
            Self::Internal(_) => tracing::error!(error = %self, "request failed"),
            Self::Unavailable(_) | Self::Overtaken(_) => tracing::warn!(error = %self, "request put off"),
            Self::NotReady(_) => tracing::debug!(error = %self, "not ready"),
            _ => {}
        }
        self.problem().into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_parameter_names_itself_what_was_read_and_what_is_allowed() {
        let problem = ApiError::bad("limit", "500", "a whole number from 1 to 100").problem();
        assert_eq!(problem.status, 400);
        assert_eq!(problem.parameter.as_deref(), Some("limit"));
        assert_eq!(problem.detail, "`limit` was `500`; expected a whole number from 1 to 100.");
    }

    #[test]
    fn what_was_read_is_cut_at_a_character() {
        let long = "é".repeat(5_000);
        let problem = ApiError::bad("owner", &long, "an address").problem();
        assert!(problem.detail.len() < 300, "{}", problem.detail);
        assert!(problem.detail.contains('…'));
    }

    #[test]
    fn faults_of_ours_are_not_told() {
        let problem = ApiError::Internal("password of the database is hunter2".to_owned()).problem();
        assert_eq!(problem.status, 500);
        assert!(!problem.detail.contains("hunter2"));
        let problem = ApiError::from(sqlx::Error::PoolTimedOut).problem();
        assert_eq!(problem.status, 503);
        assert!(!problem.detail.contains("pool"), "{}", problem.detail);
    }
}
