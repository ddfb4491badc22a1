//! The sources of the service inside the app, asked for and added through its own interface, so that the same rules hold
//! as on a team's server.

use std::time::Duration;

use contract::Problem;
use inbox::Token;
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use ts_rs::TS;

const PATIENCE: Duration = Duration::from_secs(10);

/// Shows one source with the address its platform is told.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, rename = "SourceUrl")]
pub(crate) struct Source {
    /// What people call it.
    name: String,
    /// The platform.
    provider: String,
    /// Where the platform sends to; whoever has it can send.
    #[serde(rename(deserialize = "webhookUrl"))]
    url: String,
    /// The platform signs what it sends.
    signs: bool,
}

/// Describes a source to add.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewSource {
    pub(crate) provider: String,
    pub(crate) name: String,
    pub(crate) secret: String,
}

/// Tells why the service did not do it. Holds no address, since those have keys in them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("the service inside the app did not answer: {0}")]
    Unreachable(#[source] reqwest::Error),
    #[error("the service inside the app refused: {0}")]
    Refused(String),
}

impl From<reqwest::Error> for SourceError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

#[derive(Deserialize)]
struct Listed {
    integrations: Vec<Kept>,
}

#[derive(Deserialize)]
struct Kept {
    slug: String,
    active: bool,
    #[serde(flatten)]
    source: Source,
}

pub(super) async fn list(base: &str, token: &Token) -> Result<Vec<Source>, SourceError> {
    let kept = kept(base, token).await?;
    let active = kept.into_iter().filter(|kept| kept.active);
    Ok(active.map(|kept| kept.source).collect())
}

pub(super) async fn add(base: &str, token: &Token, new: NewSource) -> Result<(), SourceError> {
    let taken = kept(base, token).await?;
    let slug = free_slug(&new.provider, |slug| {
        taken.iter().any(|kept| kept.slug == slug)
    });
    let secret = new.secret.trim();
    let secrets: Vec<&str> = (!secret.is_empty()).then_some(secret).into_iter().collect();
    let body = json!({
        "slug": slug, "provider": new.provider, "name": new.name, "secrets": secrets, "active": true,
    });
    let asked = client()?.post(address(base)).json(&body);
    answer::<serde_json::Value>(asked, token).await?;
    Ok(())
}

async fn kept(base: &str, token: &Token) -> Result<Vec<Kept>, SourceError> {
    let listed: Listed = answer(client()?.get(address(base)), token).await?;
    Ok(listed.integrations)
}

fn address(base: &str) -> String {
    format!("{base}/api/v1/integrations")
}

fn client() -> Result<Client, SourceError> {
    Ok(Client::builder().timeout(PATIENCE).no_proxy().build()?)
}

async fn answer<T: DeserializeOwned>(
    asked: RequestBuilder,
    token: &Token,
) -> Result<T, SourceError> {
    let answer = asked.bearer_auth(token.reveal()).send().await?;
    if answer.status().is_success() {
        return Ok(answer.json().await?);
    }
    let status = answer.status();
    let problem: Option<Problem> = answer.json().await.ok();
    Err(SourceError::Refused(
        problem.map_or_else(|| status.to_string(), |problem| problem.code),
    ))
}

/// Names a source after its platform: `kiwify`, then `kiwify-2`.
fn free_slug(provider: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let plain: String = provider
        .chars()
        .map(|letter| if letter == '_' { '-' } else { letter })
        .collect();
    let numbered = (2_u32..).map(|number| format!("{plain}-{number}"));
    let mut names = std::iter::once(plain.clone()).chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_one_platform_are_numbered() {
        let taken = ["kiwify", "kiwify-2", "cart-abandonment"];
        let free = |provider| free_slug(provider, |slug| taken.contains(&slug));
        assert_eq!(free("kiwify"), "kiwify-3");
        assert_eq!(free("hotmart"), "hotmart");
        assert_eq!(free("cart_abandonment"), "cart-abandonment-2");
    }
}
