//! What a signature is over (RFC 9421 §2): the parts of a request that it names, a line each. Pure.

use axum::http::{HeaderMap, HeaderName};
use sfv::{BareItem, Dictionary, FieldType as _, InnerList, List, ListEntry, Parser};

const SIGNATURE: &str = "Signature";
const SIGNATURE_INPUT: &str = "Signature-Input";

/// More than anybody needs to name.
const MOST_COMPONENTS: usize = 32;
const MOST_SIGNATURES: usize = 4;

/// A request, as whoever sent it wrote it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) method: &'a str,
    /// Host and port as the client named them.
    pub(crate) authority: &'a str,
    pub(crate) path: &'a str,
    pub(crate) query: Option<&'a str>,
    pub(crate) headers: &'a HeaderMap,
}

/// What one signature says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Input {
    pub(crate) components: Vec<String>,
    pub(crate) created: Option<i64>,
    pub(crate) expires: Option<i64>,
    pub(crate) nonce: Option<String>,
    pub(crate) key_id: Option<String>,
    pub(crate) algorithm: Option<String>,
    /// As it is signed itself.
    parameters: String,
    pub(crate) signature: Vec<u8>,
}

/// Why there is no signature to check.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    #[error("`{0}` is not a dictionary of RFC 9651")]
    Field(&'static str),
    #[error(
        "`Signature-Input` has more than {MOST_SIGNATURES} signatures or one of more than {MOST_COMPONENTS} parts"
    )]
    Many,
    #[error("`Signature-Input` and `Signature` do not name the same signatures")]
    Unpaired,
    #[error(
        "`{0}` is not a part that can be signed here: names of headers, @method, @authority, @path, @query"
    )]
    Component(String),
    #[error("the part `{0}` is signed twice")]
    Twice(String),
    #[error("the parameter `{0}` is not of its type")]
    Parameter(&'static str),
    #[error("the request has no `{0}`, which is signed")]
    Missing(String),
}

/// The signatures of a request; none without their headers.
pub(crate) fn inputs(headers: &HeaderMap) -> Result<Vec<Input>, Malformed> {
    let (inputs, signatures) = (dictionary(headers, SIGNATURE_INPUT)?, dictionary(headers, SIGNATURE)?);
    if inputs.len() != signatures.len() {
        return Err(Malformed::Unpaired);
    }
    if inputs.len() > MOST_SIGNATURES {
        return Err(Malformed::Many);
    }
    let mut read = Vec::with_capacity(inputs.len());
    for (label, entry) in &inputs {
        let ListEntry::InnerList(list) = entry else { return Err(Malformed::Field(SIGNATURE_INPUT)) };
        let signature = match signatures.get(label) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
            Some(ListEntry::InnerList(_)) => None,
            None => return Err(Malformed::Unpaired),
        };
        read.push(input(list, signature.ok_or(Malformed::Field(SIGNATURE))?)?);
    }
    Ok(read)
}

fn dictionary(headers: &HeaderMap, name: &'static str) -> Result<Dictionary, Malformed> {
    match field(headers, name) {
        None => Ok(Dictionary::new()),
        Some(text) => Parser::new(text.as_bytes()).parse().map_err(|_| Malformed::Field(name)),
    }
}

fn input(list: &InnerList, signature: &[u8]) -> Result<Input, Malformed> {
    if list.items.len() > MOST_COMPONENTS {
        return Err(Malformed::Many);
    }
    let mut components: Vec<String> = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let name = item.bare_item.as_string().ok_or(Malformed::Field(SIGNATURE_INPUT))?.as_str();
        // Parameters make other parts of the same name; none is taken here.
        let known = match name.strip_prefix('@') {
            Some(derived) => matches!(derived, "method" | "authority" | "path" | "query"),
            None => HeaderName::from_bytes(name.as_bytes()).is_ok() && name == name.to_ascii_lowercase(),
        };
        if !known || !item.params.is_empty() {
            return Err(Malformed::Component(name.chars().take(40).collect()));
        }
        if components.iter().any(|other| other == name) {
            return Err(Malformed::Twice(name.to_owned()));
        }
        components.push(name.to_owned());
    }
    let number = |name: &'static str| match list.params.get(name) {
        None => Ok(None),
        Some(BareItem::Integer(number)) => Ok(Some(i64::from(*number))),
        Some(_) => Err(Malformed::Parameter(name)),
    };
    let text = |name: &'static str| match list.params.get(name) {
        None => Ok(None),
        Some(BareItem::String(text)) => Ok(Some(text.as_str().to_owned())),
        Some(_) => Err(Malformed::Parameter(name)),
    };
    let alone: List = vec![ListEntry::InnerList(list.clone())];
    Ok(Input {
        components,
        created: number("created")?,
        expires: number("expires")?,
        nonce: text("nonce")?,
        key_id: text("keyid")?,
        algorithm: text("alg")?,
        parameters: alone.serialize().ok_or(Malformed::Field(SIGNATURE_INPUT))?,
        signature: signature.to_vec(),
    })
}

/// The text that is signed.
pub(crate) fn base(message: &Message<'_>, input: &Input) -> Result<String, Malformed> {
    let mut base = String::new();
    for name in &input.components {
        let value = match &**name {
            "@method" => message.method.to_owned(),
            "@authority" => authority(message.authority),
            "@path" if message.path.is_empty() => "/".to_owned(),
            "@path" => message.path.to_owned(),
            "@query" => format!("?{}", message.query.unwrap_or_default()),
            header => {
                let value = field(message.headers, header);
                value.ok_or_else(|| Malformed::Missing(name.clone()))?
            }
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    base.push_str(&format!("\"@signature-params\": {}", input.parameters));
    Ok(base)
}

/// In lower case, without the port that goes without saying.
fn authority(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    let short = text.strip_suffix(":443").or_else(|| text.strip_suffix(":80"));
    short.map_or(text.clone(), str::to_owned)
}

/// A header's lines as one; `None` where it is not there, or is no text.
fn field(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(name).into_iter().map(|line| line.to_str().map(str::trim));
    let lines: Vec<&str> = lines.collect::<Result<_, _>>().ok()?;
    (!lines.is_empty()).then(|| lines.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).expect("text"));
        }
        headers
    }

    fn read(input: &str, signature: &str) -> Result<Vec<Input>, Malformed> {
        inputs(&headers(&[("signature-input", input), ("signature", signature)]))
    }

    #[test]
    fn what_is_signed_is_the_parts_in_their_order() {
        let headers = headers(&[
            (
                "signature-input",
                r#"a=("@method" "@authority" "@path" "@query" "x-a");created=5;nonce="n";keyid="k""#,
            ),
            ("signature", "a=:AAEC:"),
            ("x-a", " one "),
            ("x-a", "two"),
        ]);
        let input = inputs(&headers).expect("signatures").remove(0);
        assert_eq!(
            (input.created, input.nonce.as_deref(), &*input.signature),
            (Some(5), Some("n"), &[0, 1, 2][..])
        );
        let message = Message {
            method: "POST",
            authority: "Stoa.Example:443",
            path: "",
            query: Some("a=b&c"),
            headers: &headers,
        };
        let expected = "\"@method\": POST\n\"@authority\": stoa.example\n\"@path\": /\n\"@query\": ?a=b&c\n\
            \"x-a\": one, two\n\"@signature-params\": (\"@method\" \"@authority\" \"@path\" \"@query\" \"x-a\")\
            ;created=5;nonce=\"n\";keyid=\"k\"";
        assert_eq!(base(&message, &input).expect("a base"), expected);
        let without = Message { headers: &HeaderMap::new(), ..message };
        assert_eq!(base(&without, &input), Err(Malformed::Missing("x-a".to_owned())));
    }

    #[test]
    fn what_is_malformed_is_told() {
        assert_eq!(inputs(&HeaderMap::new()), Ok(vec![]));
        assert_eq!(read("a=(", "a=:AA==:"), Err(Malformed::Field(SIGNATURE_INPUT)));
        assert_eq!(read("a=()", "b=:AA==:"), Err(Malformed::Unpaired));
        assert_eq!(read("a=(), b=()", "a=:AA==:"), Err(Malformed::Unpaired));
        assert_eq!(read("a=1", "a=:AA==:"), Err(Malformed::Field(SIGNATURE_INPUT)));
        assert_eq!(read("a=()", "a=1"), Err(Malformed::Field(SIGNATURE)));
        assert_eq!(read(r#"a=("@status")"#, "a=:AA==:"), Err(Malformed::Component("@status".to_owned())));
        assert_eq!(read(r#"a=("x";sf)"#, "a=:AA==:"), Err(Malformed::Component("x".to_owned())));
        assert_eq!(read(r#"a=("X")"#, "a=:AA==:"), Err(Malformed::Component("X".to_owned())));
        assert_eq!(read(r#"a=("x" "x")"#, "a=:AA==:"), Err(Malformed::Twice("x".to_owned())));
        assert_eq!(read("a=();created=\"x\"", "a=:AA==:"), Err(Malformed::Parameter("created")));
        assert_eq!(read("a=();nonce=1", "a=:AA==:"), Err(Malformed::Parameter("nonce")));
    }

    proptest! {
        #[test]
        fn anything_may_be_sent(input in "[ -~]{0,80}", signature in "[ -~]{0,40}") {
            let _ = read(&input, &signature);
        }

        #[test]
        fn anything_like_a_signature_may_be_sent(
            parts in "(\"[@a-z]{1,9}\" ?){0,5}", rest in "(;[a-z]{1,8}=[\"0-9a-z]{0,6}){0,3}"
        ) {
            let _ = read(&format!("a=({parts}){rest}"), "a=:AA==:");
        }
    }
}
