#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a failed expectation is a failed test"
)]

use chrono::{DateTime, Utc};
use contract::IntegrationId;
use serde_json::{Value, json};

use super::{Custom, SLUG};
use crate::reading::{Context, Reading};
use crate::{Inbound, Provider, Secret, Settings, sign};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_264_800, 0).expect("a time")
}

fn blueprint() -> Value {
    json!({
        "proof": {"scheme": "hmac", "algorithm": "sha256", "encoding": "hex", "header": "x-signature"},
        "event": "type",
        "stageFrom": "status",
        "stages": {"open": "pix_generated", "paid": "purchase_approved"},
        "ignored": ["ping"],
        "amountUnit": "minor",
        "fields": {"externalId": "id", "amount": "cents", "name": "buyer", "phone": "phone", "src": "query('src')"},
    })
}

fn sample() -> Value {
    json!({"name": "open", "body": {"type": "sale", "status": "open", "id": "A-70011", "cents": 19_700, "buyer": "Rita"},
        "expect": {"stage": "pix_generated", "amountMinor": 19_700, "customer": {"name": "Rita", "email": null}}})
}

/// Returns the path and the code of every problem.
fn problems(settings: Value) -> Vec<(String, &'static str)> {
    let problems = Custom.problems(&Settings::new(settings), now());
    problems
        .into_iter()
        .map(|one| (one.path, one.code))
        .collect()
}

/// Changes a blueprint at a pointer; null takes the member away.
fn changed(pointer: &str, value: Value) -> Value {
    let mut blueprint = blueprint();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let parent = blueprint.pointer_mut(parent).expect("a member");
    let members = parent.as_object_mut().expect("an object");
    match value {
        Value::Null => drop(members.remove(name)),
        value => drop(members.insert(name.to_owned(), value)),
    }
    blueprint
}

#[test]
fn names_every_problem_of_a_blueprint_by_path_and_code() {
    assert_eq!(problems(json!({"blueprint": blueprint()})), []);
    assert_eq!(problems(json!({})), [("blueprint".to_owned(), "missing")]);
    let hmac = |member: &str, value: Value| changed(&format!("/proof/{member}"), value);
    for (blueprint, path, code) in [
        (json!([]), "blueprint", "wrong_type"),
        (changed("/event", Value::Null), "blueprint.event", "missing"),
        (
            changed("/evnt", json!("a")),
            "blueprint.evnt",
            "unknown_name",
        ),
        (
            changed("/event", json!("a[")),
            "blueprint.event",
            "bad_expression",
        ),
        (
            changed("/event", json!("sum(a)")),
            "blueprint.event",
            "unknown_function",
        ),
        (changed("/event", json!(5)), "blueprint.event", "wrong_type"),
        (
            changed("/when", json!("x".repeat(600))),
            "blueprint.when",
            "expression_too_long",
        ),
        (changed("/stages", json!({})), "blueprint.stages", "missing"),
        (
            changed("/stages/paid", json!("approved")),
            "blueprint.stages.paid",
            "unknown_stage",
        ),
        (
            changed("/stages/PAID", json!("refunded")),
            "blueprint.stages.paid",
            "contradiction",
        ),
        (
            changed("/stages/ ", json!("refunded")),
            "blueprint.stages",
            "bad_word",
        ),
        (
            changed("/ignored", json!(["Paid"])),
            "blueprint.ignored.Paid",
            "contradiction",
        ),
        (
            changed("/amountUnit", Value::Null),
            "blueprint.amountUnit",
            "missing",
        ),
        (
            changed("/amountUnit", json!("cents")),
            "blueprint.amountUnit",
            "unknown_name",
        ),
        (
            changed("/fields/externalId", Value::Null),
            "blueprint.fields.externalId",
            "missing",
        ),
        (
            changed("/fields/total", json!("a")),
            "blueprint.fields",
            "unknown_name",
        ),
        (
            changed("/fields/itemName", json!("a")),
            "blueprint.fields.items",
            "missing",
        ),
        (
            changed("/zone", json!("Brazil")),
            "blueprint.zone",
            "bad_zone",
        ),
        (
            changed("/paymentMethods", json!({"x": "cash"})),
            "blueprint.paymentMethods.x",
            "unknown_method",
        ),
        (
            hmac("scheme", json!("none")),
            "blueprint.proof.scheme",
            "unknown_name",
        ),
        (
            hmac("algorithm", Value::Null),
            "blueprint.proof.algorithm",
            "missing",
        ),
        (
            hmac("algorithm", json!("md5")),
            "blueprint.proof.algorithm",
            "unknown_name",
        ),
        (
            hmac("header", Value::Null),
            "blueprint.proof.header",
            "missing",
        ),
        (
            hmac("query", json!("s")),
            "blueprint.proof.header",
            "missing",
        ),
        (
            hmac("header", json!("x signature")),
            "blueprint.proof.header",
            "bad_header",
        ),
        (
            hmac("over", json!("{timestamp}.{nonce}")),
            "blueprint.proof.over",
            "body_not_signed",
        ),
        (
            hmac("over", json!("{timestamp}.{body}")),
            "blueprint.proof.timestampHeader",
            "missing",
        ),
        (
            hmac("timestampHeader", json!("x-time")),
            "blueprint.proof.over",
            "timestamp_not_signed",
        ),
        (
            hmac("toleranceSeconds", json!(1)),
            "blueprint.proof.toleranceSeconds",
            "out_of_range",
        ),
        (
            hmac("scheme", json!("address")),
            "blueprint.proof",
            "not_of_scheme",
        ),
    ] {
        let found = problems(json!({"blueprint": blueprint}));
        assert!(
            found.contains(&(path.to_owned(), code)),
            "{path} {code}: {found:?}"
        );
    }
}

#[test]
fn a_blueprint_has_to_read_its_samples() {
    let with = |samples: Value| problems(json!({"blueprint": blueprint(), "samples": samples}));
    let altered = |pointer: &str, value: Value| {
        let mut sample = sample();
        *sample.pointer_mut(pointer).expect("a member") = value;
        json!([sample])
    };
    assert_eq!(with(json!([])), []);
    assert_eq!(with(json!([sample()])), []);
    for (samples, expected) in [
        (
            json!([{"body": "{}"}]),
            vec![("samples", "none_read"), ("samples[0]", "unmapped")],
        ),
        (
            json!([{"body": "{"}]),
            vec![("samples", "none_read"), ("samples[0]", "truncated")],
        ),
        (
            json!([sample(), {"body": {"type": "ping"}, "expect": {"reading": "ignored"}}]),
            vec![],
        ),
        (
            json!([sample(), {"body": {"type": "ping"}, "expect": {"reading": "unmapped"}}]),
            vec![("samples[1].expect.reading", "contradicted")],
        ),
        (
            altered("/expect/stage", json!("purchase_approved")),
            vec![("samples[0].expect.stage", "contradicted")],
        ),
        (
            altered("/expect/amountMinor", json!(197)),
            vec![("samples[0].expect.amountMinor", "contradicted")],
        ),
        (
            altered("/expect/customer", json!({"name": "Rute"})),
            vec![("samples[0].expect.customer.name", "contradicted")],
        ),
        (
            altered("/body/status", json!("settled")),
            vec![
                ("samples[0].expect.reading", "contradicted"),
                ("samples", "none_read"),
            ],
        ),
        (json!({"body": 1}), vec![("samples.", "wrong_type")]),
        (json!(vec![sample(); 21]), vec![("samples", "too_many")]),
    ] {
        let found = with(samples);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(path, code)| (path.as_str(), *code))
            .collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn a_test_event_is_a_sample_with_an_order_of_its_own() {
    let settings = Settings::new(
        json!({"blueprint": blueprint(), "samples": [{"body": {"type": "ping"}}, sample()]}),
    );
    let secret = Secret::new(*b"sample-secret-0001");
    let sent = Custom
        .sample_with(&settings, "9001", now())
        .expect("a sample");
    let signed =
        sign::sign_with(SLUG, &settings, &secret, &sent.body, now(), "nonce-0001").expect("signs");
    let headers = [sent.headers, signed.headers].concat();
    let inbound = Inbound {
        query: "",
        headers: &headers,
        body: &sent.body,
    };
    let context = Context {
        now: now(),
        integration: IntegrationId::from_u128(7),
        settings: &settings,
    };
    Custom.verify(&inbound, &[secret], &context).expect("holds");
    let Ok(Reading::Events(drafts)) = Custom.normalise(&inbound, &context) else {
        panic!("no event");
    };
    assert_eq!(drafts[0].external_id, "9001");
    let bare = Settings::new(json!({"blueprint": blueprint()}));
    assert_eq!(Custom.sample_with(&bare, "9001", now()), None);
}

#[test]
fn keeps_what_reading_anew_needs_and_no_proof() {
    let mut blueprint = changed("/event", json!("header('X-Topic')"));
    blueprint["when"] = json!("header('X-Signature') && header('authorization') && query('shop')");
    let settings = Settings::new(json!({"blueprint": blueprint}));
    assert_eq!(Custom.kept_headers(&settings), ["X-Topic"]);
    assert_eq!(Custom.kept_parameters(&settings), ["shop", "src"]);
}

/// Breaks the blueprint itself in thousands of ways: it compiles, or is refused by path and code.
#[test]
fn broken_blueprints_are_refused_by_name() {
    let whole = blueprint().to_string();
    let body = sample()["body"].to_string();
    let mut state = 11_u64;
    let mut roll = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap_or_default() % below.max(1)
    };
    const PIECES: [&str; 14] = [
        "null",
        "\"\"",
        "{}",
        "[]",
        "true",
        "\"[*]\"",
        "\"@\"",
        "\"a.b.c\"",
        "\"*.*.*\"",
        "\"{body}\"",
        "\"paid\"",
        "-1",
        "\"[@,@]|[@,@]\"",
        "\"status || type\"",
    ];
    let (mut compiled, mut refused) = (0, 0);
    for _ in 0..3_000 {
        let mut text = whole.clone();
        for _ in 0..=roll(3) {
            let colons: Vec<usize> = text.match_indices(':').map(|(at, _)| at + 1).collect();
            let start = colons[roll(colons.len())];
            let length = text[start..].find([',', '}']).unwrap_or_default();
            text.replace_range(start..start + length, PIECES[roll(PIECES.len())]);
        }
        let Ok(told) = serde_json::from_str::<Value>(&text) else {
            continue;
        };
        let settings = Settings::new(json!({"blueprint": told}));
        let problems = Custom.problems(&settings, now());
        let headers = Vec::new();
        let inbound = Inbound {
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let context = Context {
            now: now(),
            integration: IntegrationId::from_u128(7),
            settings: &settings,
        };
        let reading = Custom.normalise(&inbound, &context);
        if problems.is_empty() {
            compiled += 1;
        } else {
            refused += 1;
            assert!(
                problems
                    .iter()
                    .all(|one| one.path.starts_with("blueprint") && !one.detail.is_empty())
            );
            assert_eq!(reading.expect_err("not read with").code, "no_blueprint");
        }
    }
    assert!(
        compiled > 100 && refused > 100,
        "{compiled} compiled, {refused} refused"
    );
}
