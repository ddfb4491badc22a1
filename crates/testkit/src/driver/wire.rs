//! The protocol's envelope: JSON requests, `{"value": …}` answers, errors by name.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

use super::DriverError;

/// Longer than any wait of the page itself, so that a driver that hangs is told from a page that is slow.
const ANSWER: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(super) struct Wire {
    agent: Agent,
    base: String,
}

impl Wire {
    pub(super) fn to(port: u16) -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(ANSWER))
            .http_status_as_error(false)
            .proxy(None)
            .build();
        Self {
            agent: config.into(),
            base: format!("http://127.0.0.1:{port}"),
        }
    }

    pub(super) fn get(&self, path: &str) -> Result<Value, DriverError> {
        read(self.agent.get(self.url(path)).call())
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Result<Value, DriverError> {
        read(self.agent.post(self.url(path)).send_json(body))
    }

    pub(super) fn delete(&self, path: &str) -> Result<Value, DriverError> {
        read(self.agent.delete(self.url(path)).call())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

fn read(answer: Result<Response<Body>, ureq::Error>) -> Result<Value, DriverError> {
    let unreachable = |error: ureq::Error| DriverError::Unreachable(error.to_string());
    let mut response = answer.map_err(unreachable)?;
    let succeeded = response.status().is_success();
    let bytes = response
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_vec()
        .map_err(unreachable)?;
    let mut body: Value = serde_json::from_slice(&bytes).unwrap_or_else(|_| json!({}));
    let value = body["value"].take();
    if succeeded {
        return Ok(value);
    }
    let word = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Err(DriverError::Refused {
        code: word("error"),
        message: word("message"),
    })
}
