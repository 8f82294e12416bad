//! What is sent with a request so that a registry answers.

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::Deserialize;

use crate::{
    Credentials, RegistryError,
    challenge::Challenge,
    client::{Client, is_loopback, said, send},
};

/// Largest answer with a token.
const MAX_TOKEN_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

/// Answers a challenge with the value of an `Authorization` header; none where there is nothing
/// to answer with.
pub(crate) fn answer(
    client: &Client,
    host: &str,
    name: &str,
    challenge: &Challenge,
) -> Result<Option<String>, RegistryError> {
    let credentials = client.config.docker.credentials(host)?;
    match challenge {
        Challenge::Basic => Ok(credentials.and_then(|credentials| match credentials {
            Credentials::Password { username, password } => Some(basic(&username, &password)),
            Credentials::Identity { .. } => None,
        })),
        Challenge::Bearer { realm, service, scope } => {
            let default_scope = format!("repository:{name}:pull");
            let asked = Asked {
                host,
                realm,
                service: service.as_deref(),
                scope: scope.as_deref().unwrap_or(&default_scope),
            };
            token(client, &asked, credentials).map(|token| Some(format!("Bearer {token}")))
        }
    }
}

struct Asked<'a> {
    host: &'a str,
    realm: &'a str,
    service: Option<&'a str>,
    scope: &'a str,
}

fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{username}:{password}")))
}

fn token(
    client: &Client,
    asked: &Asked<'_>,
    credentials: Option<Credentials>,
) -> Result<String, RegistryError> {
    let Asked { host, realm, service, scope } = *asked;
    let wrong = || RegistryError::Challenge { host: host.to_owned(), challenge: realm.to_owned() };
    let mut url = reqwest::Url::parse(realm).map_err(|_| wrong())?;
    let realm_host = url.host_str().ok_or_else(wrong)?.to_owned();
    let is_safe = url.scheme() == "https"
        || is_loopback(&realm_host)
        || client.config.insecure.iter().any(|insecure| insecure == host);
    if !is_safe {
        return Err(RegistryError::PlainRealm { host: host.to_owned(), realm: realm.to_owned() });
    }
    let response = match credentials {
        Some(Credentials::Identity { token }) => {
            let mut form = reqwest::Url::parse("form:/").map_err(|_| wrong())?;
            form.query_pairs_mut()
                .append_pair("grant_type", "refresh_token")
                .append_pair("refresh_token", &token)
                .append_pair("client_id", "sekisho")
                .append_pair("service", service.unwrap_or_default())
                .append_pair("scope", scope);
            let body = form.query().unwrap_or_default().to_owned();
            send(url.as_str(), &|| {
                client
                    .post(url.as_str(), &realm_host)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(body.clone())
            })?
        }
        other => {
            url.query_pairs_mut().extend_pairs(service.map(|service| ("service", service)));
            url.query_pairs_mut().append_pair("scope", scope);
            let header = match other {
                Some(Credentials::Password { username, password }) => {
                    Some(basic(&username, &password))
                }
                Some(Credentials::Identity { .. }) | None => None,
            };
            send(url.as_str(), &|| {
                let request = client.get(url.as_str(), &realm_host);
                match &header {
                    Some(header) => request.header("authorization", header),
                    None => request,
                }
            })?
        }
    };
    let url = realm.to_owned();
    let status = response.status();
    if !status.is_success() {
        return Err(RegistryError::Status {
            url,
            status: status.as_u16(),
            message: said(response),
        });
    }
    let mut body = Vec::new();
    response
        .take(MAX_TOKEN_BYTES)
        .read_to_end(&mut body)
        .map_err(|source| RegistryError::Body { url: url.clone(), source })?;
    let token: Token =
        serde_json::from_slice(&body).map_err(|source| RegistryError::Json { url, source })?;
    Ok(if token.token.is_empty() { token.access_token } else { token.token })
}
