//! Holds the operators' page to the program: every setting with its default, every metric.

use ingest::config::DEFAULTS;
use reqwest::Method;

use crate::api::Api;

const PAGE: &str = include_str!("../../../../docs/service.md");

#[test]
fn every_setting_is_on_the_page_with_its_default() {
    let table: toml::Table = DEFAULTS.parse().unwrap();
    for (key, value) in table {
        let name = format!("| `BALCAO_{}` |", key.to_uppercase());
        let row = PAGE
            .lines()
            .find(|line| line.starts_with(&name))
            .unwrap_or_else(|| panic!("{key} is not on the page"));
        let default = match &value {
            toml::Value::String(text) if text.is_empty() => continue,
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        assert!(
            row.starts_with(&format!("{name} `{default}` |")),
            "{row} does not say {default}"
        );
    }
}

#[tokio::test]
async fn every_metric_is_on_the_page() {
    let api = Api::start().await;
    let metrics = api.send(api.request(Method::GET, "/metrics")).await.ok();
    let text = String::from_utf8(metrics.body).unwrap();
    let named = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE ")?.split_once(' '));
    let mut count = 0;
    for (name, kind) in named {
        let shown = if kind == "counter" {
            format!("{name}_total")
        } else {
            name.to_owned()
        };
        let there = [format!("`{shown}`"), format!("`{shown}{{")]
            .iter()
            .any(|text| PAGE.contains(text));
        assert!(there, "{shown} is not on the page");
        count += 1;
    }
    // Families that have counted nothing yet are not written.
    assert!(count >= 14, "{count}");
}
