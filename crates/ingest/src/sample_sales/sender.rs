//! The sender: makes the sample integrations through the API, then posts signed requests as the platforms would.

use std::collections::HashMap;
use std::time::Duration;

use chrono::Utc;
use contract::{Problem, Stage};
use providers::Secret;
use reqwest::{Client, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::stories::{Happening, PROVIDERS};

/// How often a request is sent again when the service is busy.
const TRIES: u32 = 5;
const TIMEOUT: Duration = Duration::from_secs(15);

/// Tells why sample sales could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum SampleSalesError {
    /// The service did not answer. The address is left out, since it may hold a webhook's key.
    #[error("the service cannot be reached: {0}")]
    Unreachable(#[source] reqwest::Error),
    /// The service does not let the sample integrations be made.
    #[error("the sample integrations cannot be made: {code} ({status})")]
    NotAllowed {
        /// The HTTP status.
        status: u16,
        /// The problem's code.
        code: String,
    },
}

impl From<reqwest::Error> for SampleSalesError {
    fn from(error: reqwest::Error) -> Self {
        Self::Unreachable(error.without_url())
    }
}

/// Tells how one request was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The platform it came from.
    pub provider: &'static str,
    /// What it told.
    pub stage: Stage,
    /// The HTTP status.
    pub status: u16,
    /// `accepted`, `duplicate`, …, or the problem's code.
    pub result: String,
}

impl Answer {
    /// Tells whether the service took it.
    #[must_use]
    pub fn is_taken(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

struct Platform {
    url: String,
    secret: String,
}

/// Holds what is needed to send as each platform.
pub(super) struct Sender {
    client: Client,
    platforms: HashMap<&'static str, Platform>,
}

#[derive(Deserialize)]
struct Integration {
    key: String,
}

#[derive(Deserialize)]
struct Receipt {
    result: String,
}

impl Sender {
    /// Makes one sample integration a platform, or gives the ones that are there a new secret.
    pub(super) async fn prepare(to: &str, admin_token: &str) -> Result<Self, SampleSalesError> {
        let client = Client::builder().timeout(TIMEOUT).no_proxy().build()?;
        let to = to.trim_end_matches('/');
        let mut platforms = HashMap::new();
        for provider in PROVIDERS {
            if !platforms.contains_key(provider) {
                platforms.insert(
                    *provider,
                    integration(&client, to, admin_token, provider).await?,
                );
            }
        }
        Ok(Self { client, platforms })
    }

    /// Sends one happening, again after a while if the service is busy.
    pub(super) async fn send(&self, happening: &Happening) -> Result<Answer, SampleSalesError> {
        let mut tries = 0;
        loop {
            tries += 1;
            let response = self.post(happening).await?;
            let status = response.status();
            let busy = matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            );
            if busy && tries < TRIES {
                tokio::time::sleep(wait(&response)).await;
                continue;
            }
            let body = response.bytes().await?;
            let result = match serde_json::from_slice::<Receipt>(&body) {
                Ok(receipt) => receipt.result,
                Err(_) => problem_code(&body),
            };
            return Ok(Answer {
                provider: happening.provider,
                stage: happening.stage,
                status: status.as_u16(),
                result,
            });
        }
    }

    async fn post(&self, happening: &Happening) -> Result<reqwest::Response, SampleSalesError> {
        let Some(platform) = self.platforms.get(happening.provider) else {
            return Err(SampleSalesError::NotAllowed {
                status: 0,
                code: "unknown_platform".to_owned(),
            });
        };
        let secret = Secret::new(platform.secret.as_str());
        let nonce = random_hex();
        let signed = providers::sign::sign(
            happening.provider,
            &secret,
            happening.body.as_bytes(),
            Utc::now(),
            &nonce,
        );
        let signed = signed.unwrap_or_default();
        let url = match signed.query.as_str() {
            "" => platform.url.clone(),
            query => format!("{}?{query}", platform.url),
        };
        let mut request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::USER_AGENT, "balcao-sample-sales")
            .body(happening.body.clone());
        for (name, value) in signed.headers {
            request = request.header(name, value);
        }
        Ok(request.send().await?)
    }
}

fn wait(response: &reqwest::Response) -> Duration {
    let told = response.headers().get(header::RETRY_AFTER);
    let seconds = told
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

async fn integration(
    client: &Client,
    to: &str,
    token: &str,
    provider: &str,
) -> Result<Platform, SampleSalesError> {
    let secret = random_hex();
    let name = providers::provider(provider).map_or(provider, |known| known.name());
    let body = json!({
        "slug": format!("amostra-{}", provider.replace('_', "-")),
        "provider": provider,
        "name": format!("{name} (amostra)"),
        "secrets": [secret],
        "settings": {},
        "active": true,
    });
    let response = client
        .post(format!("{to}/api/v1/integrations"))
        .bearer_auth(token)
        .json(&body)
        .send()
        .await?;
    let status = response.status();
    let bytes = response.bytes().await?;
    match serde_json::from_slice::<Integration>(&bytes) {
        // The address is made here and not taken from the answer, which may name one for the outside.
        Ok(made) if status.is_success() => Ok(Platform {
            url: format!("{to}/api/v1/webhooks/{provider}/{}", made.key),
            secret,
        }),
        _ => Err(SampleSalesError::NotAllowed {
            status: status.as_u16(),
            code: problem_code(&bytes),
        }),
    }
}

fn problem_code(body: &[u8]) -> String {
    serde_json::from_slice::<Problem>(body)
        .map_or_else(|_| "not_a_problem".to_owned(), |problem| problem.code)
}

fn random_hex() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    hex::encode(bytes)
}
