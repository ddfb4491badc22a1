//! What is stored of a body, and relations in every shape they come in.

use serde::Deserialize;

use super::{Yampi, relation};
use crate::{Inbound, Provider};

#[test]
fn keeps_nothing_that_signs_the_buyer_in() {
    for (body, left) in [
        (
            r#"{"resource":{"customer":{"data":{"id":1,"login_url":"https://x.example.com?token=s","token":"s"}},"token":"cart"}}"#,
            r#"{"resource":{"customer":{"data":{"id":1}},"token":"cart"}}"#,
        ),
        (
            r#"{"resource":{"login_url":"s","id":1}}"#,
            r#"{"resource":{"id":1}}"#,
        ),
        (
            r#"{"resource":{"customer":{"data":{"token":"s"#,
            r#"{"resource":{"customer":{"data":{"#,
        ),
        (
            r#"{"resource":{"token":"cart"}}"#,
            r#"{"resource":{"token":"cart"}}"#,
        ),
    ] {
        let headers: Vec<(String, String)> = Vec::new();
        let inbound = Inbound {
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let stripped = Yampi.strip(&inbound);
        assert_eq!(String::from_utf8_lossy(&stripped), left, "{body}");
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Holder {
    #[serde(deserialize_with = "relation::many")]
    related: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    id: u32,
}

#[test]
fn reads_relations_in_every_shape() {
    for (body, ids) in [
        (r#"{"related":{"data":[]}}"#, vec![]),
        (r#"{"related":{"data":{"id":1}}}"#, vec![1]),
        (r#"{"related":{"data":[{"id":1},{"id":2}]}}"#, vec![1, 2]),
        (
            r#"{"related":{"data":[[3],{"id":2},null,{"id":"x"}]}}"#,
            vec![2],
        ),
        (r#"{"related":{"id":1}}"#, vec![1]),
        (r#"{"related":[{"id":1},{"id":2}]}"#, vec![1, 2]),
        (r#"{"related":{"data":null}}"#, vec![]),
        (r#"{"related":null}"#, vec![]),
        (r#"{"related":"none"}"#, vec![]),
        (r#"{"related":[]}"#, vec![]),
        (r#"{}"#, vec![]),
    ] {
        let holder: Holder = serde_json::from_str(body).expect(body);
        let found: Vec<u32> = holder.related.iter().map(|entry| entry.id).collect();
        assert_eq!(found, ids, "{body}");
    }
}
