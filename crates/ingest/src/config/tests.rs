use std::time::Duration;

use super::{Config, DEFAULTS, LogFormat};

fn env(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn defaults_are_acceptable_and_every_key_is_explained() {
    let config = Config::default();
    assert_eq!(config.bind.to_string(), "127.0.0.1:8787");
    assert_eq!(config.body_limit_bytes, 1 << 20);
    let mut comment_before = false;
    for line in DEFAULTS.lines() {
        assert!(
            !line.contains('=') || line.starts_with('#') || comment_before,
            "{line}"
        );
        comment_before = line.starts_with('#') || (comment_before && !line.is_empty());
    }
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let file = "bind = \"127.0.0.1:1\"\nheartbeat_ms = 1000\nlog_format = \"json\"";
    let config = Config::from_layers(
        file,
        env(&[
            ("BALCAO_BIND", "127.0.0.1:2"),
            ("BALCAO_ALLOW_PRIVATE_HOSTS", "true"),
            ("HOME", "/"),
        ]),
    )
    .unwrap();
    assert_eq!(config.bind.port(), 2);
    assert_eq!(config.heartbeat, Duration::from_secs(1));
    assert_eq!(config.log_format, LogFormat::Json);
    assert!(config.allow_private_hosts);
}

#[test]
fn each_fault_is_named() {
    for (file, environment, told) in [
        ("bond = 1", env(&[]), "bond: no such setting"),
        (
            "bind = 5",
            env(&[]),
            "bind: expected a value of type string",
        ),
        (
            "",
            env(&[("BALCAO_RATE_BURST", "many")]),
            "BALCAO_RATE_BURST: expected a value of type integer",
        ),
        ("bind = \"nowhere\"", env(&[]), "socket address"),
        ("database = \"mysql://x\"", env(&[]), "sqlite://PATH"),
        ("body_limit_bytes = 1000", env(&[]), "body_limit_bytes"),
        ("api_timeout_ms = 99", env(&[]), "api_timeout_ms"),
        ("max_feed_readers = 0", env(&[]), "max_feed_readers"),
        ("session_days = 0", env(&[]), "session_days"),
        ("commit_timeout_ms = 10001", env(&[]), "commit_timeout_ms"),
        ("public_url = \"ftp://x\"", env(&[]), "public_url"),
        ("heartbeat_ms = 0", env(&[]), "at least 1 millisecond"),
        ("heartbeat_ms = 70000", env(&[]), "heartbeat_ms"),
        ("feed_poll_ms = 6000", env(&[]), "feed_poll_ms"),
        ("max_connections = 0", env(&[]), "max_connections"),
        ("raw_keep_days = 3651", env(&[]), "raw_keep_days"),
        ("rate_burst = 0", env(&[]), "  rate_burst"),
        ("address_rate_burst = 0", env(&[]), "address_rate_burst"),
        ("rate_burst = -1", env(&[]), "invalid value"),
        ("= 3", env(&[]), "TOML parse error"),
    ] {
        let error = Config::from_layers(file, environment)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(told),
            "{file:?} told {error:?}, not {told:?}"
        );
    }
}

#[test]
fn the_base_address_is_the_public_one_where_there_is_one() {
    let bound = "127.0.0.1:9".parse().unwrap();
    let mut config = Config::default();
    assert_eq!(config.base_url(bound), "http://127.0.0.1:9");
    config.public_url = "https://hooks.example.com/".to_owned();
    assert_eq!(config.base_url(bound), "https://hooks.example.com");
}
