//! The vectors of the unified contract's signature, case by case.

use chrono::DateTime;
use providers::{Inbound, Secret, verify_unified};
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
