//! Holds the pages to the program: every setting with its default, every metric, every proof of a promise.

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

/// A proof that is named is there: the file, and the test in it.
#[test]
fn every_named_proof_of_security_is_there() {
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let page = include_str!("../../../../docs/security.md");
    let mut sources = String::new();
    let journeys = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests");
    let mut folders = vec![
        std::path::PathBuf::from(crates),
        std::path::PathBuf::from(journeys),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("---"));
    let mut seen = 0;
    for row in rows {
        let proofs = row.rsplit('|').nth(1).unwrap();
        for name in proofs.split('`').skip(1).step_by(2) {
            let is_test = name.contains('_')
                && name
                    .bytes()
                    .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
            if is_test {
                assert!(sources.contains(&format!("fn {name}")), "{name}");
                seen += 1;
            } else if let Some(file) = name.strip_prefix("it/") {
                let path = format!("{crates}/ingest/tests/it/{file}");
                assert!(std::path::Path::new(&path).exists(), "{name}");
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "{seen}");
}
