//! The vectors of signatures, case by case: the unified contract's, and Meta's form.

use chrono::DateTime;
use contract::IntegrationId;
use providers::{Context, Inbound, Secret, Settings, verify_unified};
use serde_json::Value;

#[test]
fn the_unified_contracts_vectors_hold() {
    let all: Value = serde_json::from_str(include_str!(
        "../../../../fixtures/standards/signatures.json"
    ))
    .expect("JSON");
    let cases = all["unified_contract"]["cases"].as_array().expect("cases");
    assert!(cases.len() >= 14, "only {} cases", cases.len());
    for case in cases {
        let text = |name: &str| case[name].as_str().expect(name).to_owned();
        let header = |name: &str| (format!("x-rekuplead-{name}"), text(name));
        let headers: Vec<_> = ["signature", "timestamp", "nonce"].map(header).into();
        let body = text("body");
        let inbound = Inbound {
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let now = DateTime::from_timestamp(case["now"].as_i64().expect("a time"), 0);
        let secrets = [Secret::new(text("secret"))];
        let proof = verify_unified(&inbound, &secrets, now.expect("a time"));
        // A nonce is used up where events are stored, so a repeat is refused there; here it is only reported.
        let burnt = |nonce: &str| {
            let seen = case["seen_nonces"].as_array();
            seen.is_some_and(|seen| seen.iter().any(|one| one == nonce))
        };
        let holds = proof.is_ok_and(|proof| proof.nonce.is_some_and(|nonce| !burnt(&nonce.value)));
        assert_eq!(Value::from(holds), case["valid"], "{}", case["id"]);
    }
}

/// A source of one's own may sign as Meta does; its blueprint says so.
#[test]
fn the_vectors_of_x_hub_signature_256_hold() {
    let all: Value = serde_json::from_str(include_str!(
        "../../../../fixtures/standards/signatures.json"
    ))
    .expect("JSON");
    let cases = all["x_hub_signature_256"]["cases"]
        .as_array()
        .expect("cases");
    assert!(cases.len() >= 14, "only {} cases", cases.len());
    let settings = Settings::new(serde_json::json!({"blueprint": {
        "proof": {
            "scheme": "hmac", "algorithm": "sha256", "encoding": "hex",
            "header": "x-hub-signature-256", "prefix": "sha256=",
        },
        "event": "object",
        "stages": {"paid": "purchase_approved"},
        "fields": {"externalId": "id"},
    }}));
    let custom = providers::provider("custom").expect("exists");
    let context = Context {
        now: DateTime::UNIX_EPOCH,
        integration: IntegrationId::from_u128(7),
        settings: &settings,
    };
    assert_eq!(custom.problems(&settings, context.now), []);
    for case in cases {
        let header = case["header"].as_str();
        let headers: Vec<_> = header
            .map(|text| ("X-Hub-Signature-256".to_owned(), text.to_owned()))
            .into_iter()
            .collect();
        let inbound = Inbound {
            query: "",
            headers: &headers,
            body: case["body"].as_str().expect("a body").as_bytes(),
        };
        let secrets = [Secret::new(case["app_secret"].as_str().expect("a secret"))];
        let holds = custom.verify(&inbound, &secrets, &context).is_ok();
        assert_eq!(Value::from(holds), case["valid"], "{}", case["id"]);
    }
}
