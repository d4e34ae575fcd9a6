//! The query's parameters: each known, each given at most once.

use url::form_urlencoded;

use super::FromParam;
use crate::error::ApiError;

/// The parameters of a request that are not taken yet, and the names that were asked for.
#[derive(Debug)]
pub struct Params {
    pairs: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl Params {
    /// Splits the part of the address behind `?`.
    pub fn parse(query: Option<&str>) -> Result<Self, ApiError> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            if pairs.iter().any(|(seen, _)| *seen == name) {
                return Err(ApiError::RepeatedParameter { name: name.chars().take(80).collect() });
            }
            pairs.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self { pairs, known: Vec::new() })
    }

    /// Takes a parameter out and reads it; `None` when it was not given.
    pub fn take<T: FromParam>(&mut self, name: &'static str) -> Result<Option<T>, ApiError> {
        self.known.push(name);
        let Some(at) = self.pairs.iter().position(|(given, _)| given == name) else { return Ok(None) };
        let (_, text) = self.pairs.swap_remove(at);
        T::from_param(&text).map(Some).ok_or_else(|| ApiError::bad(name, &text, T::allowed()))
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> Result<(), ApiError> {
        let Some((name, _)) = self.pairs.into_iter().next() else { return Ok(()) };
        let known = if self.known.is_empty() { "none".to_owned() } else { self.known.join(", ") };
        Err(ApiError::UnknownParameter { name: name.chars().take(80).collect(), known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PublicId;
    use crate::params::Limit;

    #[test]
    fn parameters_are_read_once_each() {
        let mut params = Params::parse(Some("limit=7&listing=31337-2")).expect("parses");
        assert_eq!(params.take::<Limit>("limit").expect("valid"), Some(Limit(7)));
        assert_eq!(params.take::<Limit>("limit").expect("taken"), None);
        let id = params.take::<PublicId>("listing").expect("valid");
        assert_eq!(id, Some(PublicId { chain_id: 31337, number: 2 }));
        params.finish().expect("nothing is left");
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        let mut params = Params::parse(Some("limt=7")).expect("parses");
        params.take::<Limit>("limit").expect("absent");
        let error = params.finish().expect_err("a typing mistake");
        assert_eq!(error.to_string(), "`limt` is not a parameter here. Known are: limit.");
        let error = Params::parse(Some("a=1&a=1")).expect_err("twice");
        assert_eq!(error.to_string(), "`a` was given more than once; give it once.");
    }
}
