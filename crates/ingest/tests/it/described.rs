//! Holds answers against the description of the interface: the status is named there, and the body has the form it promises,
//! without a field it does not know.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use reqwest::Method;
use serde_json::{Map, Value};

use crate::api::{Answer, Api};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(ingest::openapi_document()).unwrap());

fn resolved(value: &Value) -> &Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolved(DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap()),
        None => value,
    }
}

/// Finds the path of the document that a request's path fits; fixed parts win over variable ones.
fn described_path(path: &str) -> Option<&'static Value> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |known: &str| {
        let known: Vec<&str> = known.split('/').collect();
        known.len() == parts.len()
            && known
                .iter()
                .zip(&parts)
                .all(|(known, part)| known.starts_with('{') || known == part)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let mut found: Vec<_> = paths.iter().filter(|(known, _)| fits(known)).collect();
    found.sort_by_key(|(known, _)| known.matches('{').count());
    found.first().map(|(_, methods)| *methods)
}

/// Checks an answer; a route or method the document does not have must be refused as such.
pub(crate) fn check(method: &Method, path: &str, answer: &Answer) {
    let what = format!(
        "{method} {path}: {} {}",
        answer.status,
        String::from_utf8_lossy(&answer.body)
    );
    let operation = described_path(path).map(|methods| &methods[method.as_str().to_lowercase()]);
    let operation = match operation {
        None => return assert_eq!(answer.status, 404, "not described: {what}"),
        Some(Value::Null) => return assert_eq!(answer.status, 405, "not described: {what}"),
        Some(operation) => operation,
    };
    let described = &operation["responses"][answer.status.to_string()];
    assert!(!described.is_null(), "the status is not described: {what}");
    let Some(content) = resolved(described).get("content") else {
        return assert!(answer.body.is_empty(), "no body is described: {what}");
    };
    let kind = answer.headers["content-type"].to_str().unwrap();
    let (_, media) = content
        .as_object()
        .unwrap()
        .iter()
        .find(|(known, _)| kind.starts_with(known.as_str()))
        .unwrap_or_else(|| panic!("{kind} is not described: {what}"));
    if kind.contains("json") {
        let body: Value = serde_json::from_slice(&answer.body).expect(&what);
        let faults = faults(&media["schema"], &body, "$");
        assert!(faults.is_empty(), "{faults:?} in {what}");
    }
}

/// Lists where a value departs from a schema. Knows the words that the document uses.
fn faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = form_faults(schema, value, at);
    if let (Some(known), Some(map)) = (properties(schema), value.as_object()) {
        let unknown = map.keys().filter(|key| !known.contains(key.as_str()));
        found.extend(unknown.map(|key| format!("{at}.{key} is not described")));
    }
    found
}

/// Returns every property a closed object may have; `None` where anything goes.
fn properties(schema: &Value) -> Option<BTreeSet<String>> {
    let schema = resolved(schema);
    if schema.get("additionalProperties").is_some() {
        return None;
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut any = false;
    if let Some(own) = schema.get("properties").and_then(Value::as_object) {
        known.extend(own.keys().cloned());
        any = true;
    }
    for word in ["allOf", "oneOf", "anyOf"] {
        for part in schema
            .get(word)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            if let Some(more) = properties(part) {
                known.extend(more);
                any = true;
            }
        }
    }
    any.then_some(known)
}

fn form_faults(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let schema = resolved(schema);
    let mut found = Vec::new();
    for part in schema
        .get("allOf")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        found.extend(form_faults(part, value, at));
    }
    for word in ["oneOf", "anyOf"] {
        if let Some(parts) = schema.get(word).and_then(Value::as_array)
            && !parts
                .iter()
                .any(|part| form_faults(part, value, at).is_empty())
        {
            found.push(format!("{at} fits none of {word}"));
        }
    }
    if !is_of_type(schema, value) {
        found.push(format!("{at} is not {}", schema["type"]));
    }
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        found.push(format!("{at} is not one of {allowed:?}"));
    }
    if let Some(map) = value.as_object() {
        found.extend(object_faults(schema, map, at));
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        found.extend(
            list.iter()
                .enumerate()
                .flat_map(|(place, item)| faults(items, item, &format!("{at}[{place}]"))),
        );
    }
    found
}

fn object_faults(schema: &Value, map: &Map<String, Value>, at: &str) -> Vec<String> {
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    let mut found: Vec<String> = required
        .filter(|key| !map.contains_key(*key))
        .map(|key| format!("{at}.{key} is missing"))
        .collect();
    for (key, part) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        if let Some(value) = map.get(key) {
            found.extend(faults(part, value, &format!("{at}.{key}")));
        }
    }
    found
}

fn is_of_type(schema: &Value, value: &Value) -> bool {
    let fits = |name: &str| match name {
        "null" => value.is_null(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("{other} is no type"),
    };
    match &schema["type"] {
        Value::String(name) => fits(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(fits),
        _ => true,
    }
}

/// Every described route is there with exactly the described methods.
#[tokio::test]
async fn the_document_and_the_routes_agree() {
    let api = Api::start().await;
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        let described: BTreeSet<String> = methods
            .as_object()
            .unwrap()
            .keys()
            .map(|name| name.to_uppercase())
            .collect();
        let filled = path
            .replace("{provider}", "unified")
            .replace("{key}", "k")
            .replace("{id}", "x");
        let request = api.request(Method::from_bytes(b"PURGE").unwrap(), &filled);
        let answer = api.send(request).await;
        answer.refuses(405, "method_not_allowed");
        let allowed = answer.headers["allow"].to_str().unwrap();
        let mut allowed: BTreeSet<String> = allowed
            .split(',')
            .map(|name| name.trim().to_owned())
            .collect();
        allowed.remove("HEAD");
        assert_eq!(allowed, described, "{path}");
    }
}

/// Every feed entry's event has the form the document promises.
#[tokio::test]
async fn events_are_as_described() {
    let api = Api::start().await;
    let path = api.integration("loja", "unified").await;
    for (serial, status) in ["abandoned", "pending", "approved", "refunded"]
        .iter()
        .enumerate()
    {
        api.deliver(
            &path,
            "unified",
            &crate::api::order(&format!("p{serial}"), status),
        )
        .await
        .ok();
    }
    let mut seen = 0;
    for entry in api
        .entries()
        .await
        .iter()
        .filter(|entry| entry.kind == contract::kind::COMMERCE)
    {
        let body: Value = serde_json::from_str(entry.body.get()).unwrap();
        let faults = faults(&DOCUMENT["components"]["schemas"]["Event"], &body, "$");
        assert!(faults.is_empty(), "{faults:?} in {body}");
        seen += 1;
    }
    assert_eq!(seen, 4);
}

/// Returns every operation with its path, its method and the least role that may ask for it.
fn operations() -> Vec<(&'static str, Method, &'static Value, &'static str)> {
    let mut found = Vec::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let told = operation["description"].as_str().unwrap_or_default();
            let who = told.rsplit_once("Who: ").map_or("anyone", |(_, who)| who);
            let who = who.split('.').next().unwrap();
            let method = method.to_uppercase().parse().unwrap();
            found.push((path.as_str(), method, operation, who));
        }
    }
    found
}

/// A route that is described as somebody's is nobody else's, whatever else is wrong with the request.
#[tokio::test]
async fn every_described_route_asks_for_its_role() {
    let api = Api::start().await;
    let (agent, lead) = (
        api.member(contract::Role::Agent).await,
        api.member(contract::Role::Lead).await,
    );
    let ranks = ["agent", "lead", "admin"];
    let (mut walked, mut refused) = (0, 0);
    for (path, method, operation, who) in operations() {
        let Some(least) = ranks.iter().position(|rank| *rank == who) else {
            assert_eq!(
                operation["security"],
                serde_json::json!([]),
                "{method} {path}"
            );
            continue;
        };
        assert_eq!(
            operation["security"],
            serde_json::json!([{"token": []}]),
            "{method} {path}"
        );
        let filled = path.replace("{id}", "x");
        let ask = |token: Option<&str>| {
            let request = api.request(method.clone(), &filled).body("{");
            match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            }
        };
        for token in [None, Some("balcao_nobody"), Some("")] {
            api.send(ask(token)).await.refuses(401, "unauthorized");
        }
        for (rank, token) in [&agent, &lead].into_iter().enumerate() {
            if rank < least {
                api.send(ask(Some(token))).await.refuses(403, "forbidden");
                refused += 1;
            }
        }
        walked += 1;
    }
    assert!(walked >= 25 && refused >= 25, "{walked} {refused}");
}

/// Every body that is described is shown by an example, and the example is as described.
#[test]
fn every_body_has_an_example_that_fits() {
    let mut seen = 0;
    for (path, method, operation, _) in operations() {
        let answers = operation["responses"].as_object().unwrap().iter();
        let answers = answers
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, answer)| resolved(answer));
        for body in answers.chain([&operation["requestBody"]]) {
            let media = &body["content"]["application/json"];
            if media.is_null() || media["schema"].as_object().is_some_and(Map::is_empty) {
                continue;
            }
            let example = media.get("example");
            let example = example.unwrap_or_else(|| panic!("{method} {path} has no example"));
            let faults = faults(&media["schema"], example, "$");
            assert!(faults.is_empty(), "{method} {path}: {faults:?}");
            seen += 1;
        }
    }
    assert!(seen >= 30, "{seen}");
}
