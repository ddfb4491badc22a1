//! What an operator can set: commented defaults, an optional file, the environment; validated once, as a whole.
//!
//! Refuses to know where values are used; it only knows what is acceptable.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use serde::Deserialize;
use toml::{Table, Value};

/// The defaults with their explanations, as `balcao-ingest config` prints them.
pub const DEFAULTS: &str = include_str!("config.default.toml");

const PREFIX: &str = "BALCAO_";

/// Holds every setting of the service.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// `sqlite://PATH`.
    pub database: String,
    /// How the outside reaches the service, without a closing slash; empty where that is the bind address.
    pub public_url: String,
    /// The filter of the log.
    pub log: String,
    /// The look of log lines.
    pub log_format: LogFormat,
    /// Whether integrations may name API addresses in private networks.
    pub allow_private_hosts: bool,
    /// Time for a platform's API to answer.
    #[serde(rename = "api_timeout_ms", deserialize_with = "millis")]
    pub api_timeout: Duration,
    /// Largest request body, in bytes.
    pub body_limit_bytes: usize,
    /// Time for a request's head.
    #[serde(rename = "header_timeout_ms", deserialize_with = "millis")]
    pub header_timeout: Duration,
    /// Time for a request's body.
    #[serde(rename = "body_timeout_ms", deserialize_with = "millis")]
    pub body_timeout: Duration,
    /// Time a connection may stay open without a request.
    #[serde(rename = "idle_timeout_ms", deserialize_with = "millis")]
    pub idle_timeout: Duration,
    /// Time a reader may leave what was sent to it untaken.
    #[serde(rename = "write_timeout_ms", deserialize_with = "millis")]
    pub write_timeout: Duration,
    /// Connections served at once.
    pub max_connections: usize,
    /// Time to wait for a durable commit.
    #[serde(rename = "commit_timeout_ms", deserialize_with = "millis")]
    pub commit_timeout: Duration,
    /// Deliveries a second of one integration; 0 sets no limit.
    pub rate_per_second: u32,
    /// Deliveries one integration may send at once.
    pub rate_burst: u32,
    /// Webhooks a second from one address; 0 sets no limit.
    pub address_rate_per_second: u32,
    /// Webhooks one address may send at once.
    pub address_rate_burst: u32,
    /// Proxies whose `X-Forwarded-For` is believed.
    #[serde(deserialize_with = "networks")]
    pub trusted_proxies: Vec<IpNet>,
    /// How long a session may rest, in days, before it ends.
    pub session_days: u32,
    /// How long the raw bodies of deliveries are kept, in days; 0 keeps them for ever.
    pub raw_keep_days: u32,
    /// Sign-ins a minute from one address; 0 sets no limit.
    pub sign_ins_per_minute: u32,
    /// Silence before a heartbeat.
    #[serde(rename = "heartbeat_ms", deserialize_with = "millis")]
    pub heartbeat: Duration,
    /// How often a stream looks without having been woken.
    #[serde(rename = "feed_poll_ms", deserialize_with = "millis")]
    pub feed_poll: Duration,
    /// Streams served at once.
    pub max_feed_readers: usize,
    /// Time to wait for open requests when told to stop.
    #[serde(rename = "shutdown_ms", deserialize_with = "millis")]
    pub shutdown: Duration,
}

/// Lists how log lines can look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// JSON unless standard error is a terminal.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

/// Tells everything that is wrong with the settings, one line each.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the settings are not acceptable:")?;
        self.0.iter().try_for_each(|line| write!(out, "\n  {line}"))
    }
}

impl Config {
    /// Reads the defaults, then the file if one is named, then the environment.
    ///
    /// # Errors
    /// When the file cannot be read, a key is unknown, or a value is not acceptable; all faults of one layer are told together.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let text = match file {
            None => String::new(),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|error| one(format!("{} cannot be read: {error}", path.display())))?,
        };
        Self::from_layers(&text, environment)
    }

    /// Reads settings from a file's text and an environment.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_layers(
        file: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = parse(DEFAULTS)?;
        let mut faults = lay_file(&mut table, parse(file)?);
        faults.extend(lay_environment(&mut table, environment));
        if !faults.is_empty() {
            return Err(ConfigError(faults));
        }
        let config: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| one(error.message().to_owned()))?;
        config.validated()
    }

    /// Returns the address under which the outside reaches the service, without a closing slash.
    #[must_use]
    pub fn base_url(&self, bound: SocketAddr) -> String {
        if self.public_url.is_empty() {
            format!("http://{bound}")
        } else {
            self.public_url.trim_end_matches('/').to_owned()
        }
    }

    fn validated(self) -> Result<Self, ConfigError> {
        let checks = [
            self.reachable().as_slice(),
            self.limits().as_slice(),
            self.times().as_slice(),
        ]
        .concat();
        let faults: Vec<String> = checks
            .iter()
            .filter(|(good, _)| !good)
            .map(|(_, text)| (*text).to_owned())
            .collect();
        if faults.is_empty() {
            Ok(self)
        } else {
            Err(ConfigError(faults))
        }
    }

    /// Whether the service and its database can be reached as they are named.
    fn reachable(&self) -> [Check; 2] {
        let path = self.database.strip_prefix("sqlite://");
        let url_ok = self.public_url.is_empty()
            || reqwest::Url::parse(&self.public_url)
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        [
            (
                path.is_some_and(|path| !path.is_empty()),
                "database: expected sqlite://PATH",
            ),
            (url_ok, "public_url: expected an http(s) address or nothing"),
        ]
    }

    /// Whether sizes and numbers leave room to work.
    fn limits(&self) -> [Check; 5] {
        [
            (
                (1024..=16 << 20).contains(&self.body_limit_bytes),
                "body_limit_bytes: expected 1024 to 16777216",
            ),
            (
                self.max_connections > 0,
                "max_connections: expected at least 1",
            ),
            (
                self.max_feed_readers > 0,
                "max_feed_readers: expected at least 1",
            ),
            (
                self.rate_per_second == 0 || self.rate_burst > 0,
                "rate_burst: expected at least 1 where rate_per_second is set",
            ),
            (
                self.address_rate_per_second == 0 || self.address_rate_burst > 0,
                "address_rate_burst: expected at least 1 where address_rate_per_second is set",
            ),
        ]
    }

    /// Whether times are such that nobody waits in vain.
    fn times(&self) -> [Check; 6] {
        [
            (
                (Duration::from_millis(100)..=Duration::from_secs(120)).contains(&self.api_timeout),
                "api_timeout_ms: expected 100 to 120000",
            ),
            (
                (1..=3650).contains(&self.session_days),
                "session_days: expected 1 to 3650",
            ),
            (
                self.raw_keep_days <= 3650,
                "raw_keep_days: expected 0 to 3650",
            ),
            (
                self.feed_poll <= Duration::from_secs(5),
                "feed_poll_ms: expected at most 5000",
            ),
            (
                self.heartbeat <= Duration::from_secs(60),
                "heartbeat_ms: expected at most 60000",
            ),
            (
                self.commit_timeout <= Duration::from_secs(10),
                "commit_timeout_ms: expected at most 10000",
            ),
        ]
    }
}

/// Whether a setting is acceptable, and what to say where it is not.
type Check = (bool, &'static str);

fn one(line: String) -> ConfigError {
    ConfigError(vec![line])
}

fn millis<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Duration, D::Error> {
    let millis = u64::deserialize(input)?;
    if millis == 0 {
        return Err(serde::de::Error::custom("expected at least 1 millisecond"));
    }
    Ok(Duration::from_millis(millis))
}

/// Reads addresses and networks with commas between them.
fn networks<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<IpNet>, D::Error> {
    let text = String::deserialize(input)?;
    let parts = text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let network = |part: &str| {
        let address = part.parse::<std::net::IpAddr>().map(IpNet::from);
        address.or_else(|_| part.parse::<IpNet>())
    };
    parts
        .map(|part| {
            network(part).map_err(|_| {
                serde::de::Error::custom(
                    "trusted_proxies: expected addresses or networks, as in 10.0.0.1, 10.1.0.0/16",
                )
            })
        })
        .collect()
}

fn parse(text: &str) -> Result<Table, ConfigError> {
    text.parse()
        .map_err(|error: toml::de::Error| one(error.to_string()))
}

fn lay_file(table: &mut Table, file: Table) -> Vec<String> {
    let mut faults = Vec::new();
    for (key, value) in file {
        match table.get_mut(&key) {
            None => faults.push(format!("{key}: no such setting")),
            Some(old) if old.same_type(&value) => *old = value,
            Some(old) => faults.push(format!(
                "{key}: expected a value of type {}",
                old.type_str()
            )),
        }
    }
    faults
}

fn lay_environment(
    table: &mut Table,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, text) in environment {
        let Some(key) = name.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else {
            continue;
        };
        // Other programs of the family have variables of their own, so an unknown name is not a fault here.
        let Some(old) = table.get_mut(&key) else {
            continue;
        };
        match read_like(old, &text) {
            Some(value) => *old = value,
            None => faults.push(format!(
                "{name}: expected a value of type {}",
                old.type_str()
            )),
        }
    }
    faults
}

fn read_like(old: &Value, text: &str) -> Option<Value> {
    match old {
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        _ => Some(Value::String(text.to_owned())),
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::from_layers("", []).expect("the embedded defaults are acceptable; a test reads them")
    }
}

#[cfg(test)]
mod tests;
