//! How errors are told: `extensions.code` for programs, and in words what the REST routes say in their problems.

use std::collections::HashMap;

use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value};

use crate::error::ApiError;

pub(super) const BUSY: &str = "BUSY";
pub(super) const NOT_READY: &str = "NOT_READY";
pub(super) const INTERNAL: &str = "INTERNAL";

/// A request that is refused before it is executed.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Further members of `extensions`.
    pub(super) beside: serde_json::Value,
}

impl Refusal {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), beside: serde_json::Value::Null }
    }

    pub(super) fn told(self) -> ServerError {
        let mut error = ServerError::new(self.message, None);
        set(&mut error, "code", self.code);
        if let serde_json::Value::Object(beside) = self.beside {
            for (name, value) in beside {
                set(&mut error, &name, Value::from_json(value).unwrap_or_default());
            }
        }
        error
    }
}

/// Gives an error its code. What a resolver failed of is told as the REST routes tell it, and faults of ours not at all.
pub(super) fn told(mut error: ServerError, arguments: &HashMap<Pos, String>) -> ServerError {
    if let Some(source) = error.source::<ApiError>() {
        return of_api(source, &error);
    }
    if error.extensions.as_ref().is_some_and(|extensions| extensions.get("code").is_some()) {
        return error;
    }
    let argument = error.locations.iter().find_map(|place| arguments.get(place)).cloned();
    match argument {
        Some(name) => {
            error.message = format!("`{name}`: {}", error.message);
            set(&mut error, "code", "INVALID_ARGUMENT");
            set(&mut error, "argument", name);
        }
        None => set(&mut error, "code", "INVALID_QUERY"),
    }
    error
}

fn of_api(source: &ApiError, error: &ServerError) -> ServerError {
    match source {
        ApiError::Internal(_) => tracing::error!(error = %source, "request failed"),
        ApiError::Unavailable(_) | ApiError::Overtaken(_) => {
            tracing::warn!(error = %source, "request put off")
        }
        _ => {}
    }
    let problem = source.problem();
    let code = match problem.kind.rsplit(':').next().unwrap_or_default() {
        "invalid-parameter" => "INVALID_ARGUMENT",
        "not-found" => "NOT_FOUND",
        "not-ready" => NOT_READY,
        "busy" => BUSY,
        _ => INTERNAL,
    };
    let mut message = problem.detail;
    let mut told = ServerError::new("", None);
    set(&mut told, "code", code);
    if let Some(parameter) = problem.parameter {
        let argument = argument(&parameter);
        message = message.replacen(&format!("`{parameter}`"), &format!("`{argument}`"), 1);
        set(&mut told, "argument", argument);
    }
    told.message = message;
    told.locations.clone_from(&error.locations);
    told.path.clone_from(&error.path);
    told
}

/// What a REST parameter is called here.
fn argument(parameter: &str) -> String {
    match parameter {
        "limit" => "first".to_owned(),
        "cursor" => "after".to_owned(),
        other => {
            let mut words = other.split('_');
            let first = words.next().unwrap_or_default().to_owned();
            words.fold(first, |name, word| {
                let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                name + &head.to_uppercase() + tail
            })
        }
    }
}

fn set(error: &mut ServerError, name: &str, value: impl Into<Value>) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
}

/// The code of an error that was told.
pub(super) fn code(error: &ServerError) -> Option<String> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_of_ours_are_not_told_and_parameters_have_the_names_of_arguments() {
        let tell = |source: ApiError| {
            let error = async_graphql::Error::from(source).into_server_error(Pos::default());
            told(error, &HashMap::new())
        };
        let internal = tell(ApiError::Internal("the password is hunter2".to_owned()));
        assert!(!format!("{internal:?}").contains("hunter2"));
        assert_eq!(code(&internal).as_deref(), Some(INTERNAL));
        let bad = tell(ApiError::bad("price_min", "x", "an amount"));
        assert_eq!(bad.message, "`priceMin` was `x`; expected an amount.");
        assert_eq!(code(&bad).as_deref(), Some("INVALID_ARGUMENT"));
    }
}
