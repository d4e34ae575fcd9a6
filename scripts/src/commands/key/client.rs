//! A session at an API, by the wallet's signature.

use anyhow::{Context as _, bail};
use reqwest::{Method, RequestBuilder, Response, header};
use serde_json::{Value, json};
use stoa_scripts::key::Key;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

/// Signed in.
pub(super) struct Client {
    http: reqwest::Client,
    api: Url,
    cookie: String,
}

impl Client {
    /// Signs the message that the API asks for.
    pub(super) async fn sign_in(api: &Url, signer: &Key, chain_id: u64) -> anyhow::Result<Self> {
        let http = reqwest::Client::new();
        let nonce = answer(http.post(at(api, "auth/nonce")?)).await?.1;
        let domain = match (api.host_str().context("--api has no host")?, api.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let known = nonce["data"]["domains"].as_array().into_iter().flatten().any(|known| *known == domain);
        if !known {
            bail!(
                "the API at {domain} says that it is {}: give --api as its page's address has it",
                nonce["data"]["domains"]
            );
        }
        let message = format!(
            "{domain} wants you to sign in with your Ethereum account:\n{}\n\nManage API keys.\n\nURI: {}\n\
             Version: 1\nChain ID: {chain_id}\nNonce: {}\nIssued At: {}",
            signer.address(),
            api.origin().ascii_serialization(),
            nonce["data"]["nonce"].as_str().context("the API gave no nonce")?,
            OffsetDateTime::now_utc().format(&Rfc3339)?,
        );
        let signature = signer.sign_message(message.as_bytes()).await?.to_string();
        let body = json!({ "message": message, "signature": signature });
        let (response, _) = answer(http.post(at(api, "auth/session")?).json(&body)).await?;
        let cookie = response.get(header::SET_COOKIE).and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).context("the API set no cookie")?;
        Ok(Self { cookie: cookie.to_owned(), api: api.clone(), http })
    }

    /// Asks for something under `/v1`.
    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> anyhow::Result<Value> {
        let mut request = self.request(method, path)?;
        if let Some(body) = body {
            request = request.json(&body);
        }
        Ok(answer(request).await?.1)
    }

    /// Ends the session. One that could not be ended ends by itself.
    pub(super) async fn sign_out(&self) {
        if let Ok(request) = self.request(Method::DELETE, "auth/session") {
            let _ = request.send().await;
        }
    }

    fn request(&self, method: Method, path: &str) -> anyhow::Result<RequestBuilder> {
        let request = self.http.request(method, at(&self.api, path)?);
        let origin = self.api.origin().ascii_serialization();
        Ok(request
            .header(header::COOKIE, &self.cookie)
            .header(header::ORIGIN, origin)
            .header("x-stoa-csrf", "1"))
    }
}

/// An access token for a key (RFC 6749 §4.4).
pub(super) async fn exchange(api: &Url, key: &str, scopes: &[String]) -> anyhow::Result<Value> {
    // The public id follows the prefix.
    let id = key.get(10..22).context("that is no API key: one begins with stoa_live_ or stoa_test_")?;
    let mut form = vec![("grant_type", "client_credentials".to_owned())];
    form.extend((!scopes.is_empty()).then(|| ("scope", scopes.join(" "))));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = reqwest::Client::new()
        .post(at(api, "oauth/token")?)
        .basic_auth(id, Some(key))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(body);
    Ok(answer(request).await?.1)
}

fn at(api: &Url, path: &str) -> anyhow::Result<Url> {
    Ok(api.join(&format!("/v1/{path}"))?)
}

/// The answer's headers and document; a problem's sentence where it is one.
async fn answer(request: RequestBuilder) -> anyhow::Result<(header::HeaderMap, Value)> {
    let response: Response = request
        .send()
        .await
        .map_err(reqwest::Error::without_url)
        .context("the API does not answer; check --api")?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body: Value =
        response.json().await.map_err(reqwest::Error::without_url).context("the API answers no JSON")?;
    if !status.is_success() {
        // A problem's sentence, or OAuth's.
        let told = body["detail"].as_str().or(body["error_description"].as_str()).unwrap_or_default();
        bail!("the API refuses ({}): {told}", status.as_u16());
    }
    Ok((headers, body))
}
