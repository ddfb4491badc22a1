//! The one test that every fixture goes through: proof, stripping, reading, and the proofs that must not hold.

use contract::EventId;
use providers::{Draft, Inbound, Proof, Reading, Refusal, Secret};
use serde_json::Value;

use crate::case::{self, Case};

#[test]
fn every_fixture_holds() {
    let failures: Vec<String> = case::all()
        .iter()
        .flat_map(|case| {
            let failures = check(case);
            failures
                .into_iter()
                .map(|failure| format!("{}: {failure}", case.label()))
        })
        .collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn every_fixture_reads_as_it_did() {
    insta::with_settings!({snapshot_path => "../snapshots", prepend_module_to_snapshot => false}, {
        for case in case::all() {
            if let Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) = case.normalise(case.body())
                && !drafts.is_empty()
            {
                let events: Vec<Value> = drafts.into_iter().map(event).collect();
                insta::assert_json_snapshot!(case.label().replace('/', "__"), events);
            }
        }
    });
}

/// A kind of case, and how one is told.
type Kind = (&'static str, fn(&Case) -> bool);

/// What every platform's folder must hold a case of.
const KINDS: &[Kind] = &[
    ("a body that is proven and read", |case| {
        case.expect.proof.is_some() && (case.expect.event.is_some() || case.expect.notice.is_some())
    }),
    ("a proof that is missing", |case| {
        // CartPanda's is recorded as missing, and not demanded.
        let is_recorded = case.expect.proof.as_ref().is_some_and(|proof| {
            proof.scheme == "cartpanda.url" && !proof.signed && !case.secrets.is_empty()
        });
        case.expect.refusal.as_deref() == Some("missing") || is_recorded
    }),
    ("a proof that does not hold", |case| {
        case.expect.refusal.as_deref() == Some("mismatch")
    }),
    ("a secret that is blank or absent", |case| {
        case.expect.refusal.as_deref() == Some("not_ready")
    }),
    ("a proof with the second secret", |case| {
        let proof = case.expect.proof.as_ref();
        proof.is_some_and(|proof| proof.secret_index == 1)
    }),
    ("a body that is cut", |case| {
        let code = case.expect.unreadable.as_ref().map(|told| &*told.code);
        // Where no form is known, nothing tells a cut body from one of another form.
        let is_kept = case.name == "truncated" && case.expect.unmapped.is_some();
        case.pulled.is_none() && (code == Some("truncated") || is_kept)
    }),
    (
        "a body without an id, or with one of a wrong type",
        |case| {
            let code = case.expect.unreadable.as_ref().map(|told| &*told.code);
            matches!(code, Some("missing_id" | "wrong_type"))
        },
    ),
    ("a body with members nobody knows", |case| {
        case.pulled.is_none()
            && case.name.contains("unknown_fields")
            && (case.expect.event.is_some() || case.expect.notice.is_some())
    }),
    ("a body full of nulls", |case| {
        case.pulled.is_none() && case.name.contains("null") && case.expect.refusal.is_none()
    }),
];

#[test]
fn every_platform_has_a_case_of_every_kind() {
    let missing: Vec<String> = providers::all()
        .iter()
        .flat_map(|provider| {
            let cases = case::of(provider.slug());
            let lacking = KINDS.iter().filter(|(_, is_one)| !cases.iter().any(is_one));
            let lacking: Vec<&str> = lacking.map(|(kind, _)| *kind).collect();
            lacking
                .into_iter()
                .map(|kind| format!("{} lacks {kind}", provider.slug()))
        })
        .collect();
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

fn check(case: &Case) -> Vec<String> {
    if case.pulled.is_some() {
        return check_reading(case);
    }
    let headers = case.headers();
    let inbound = Inbound {
        query: &case.request.query,
        headers: &headers,
        body: case.body(),
    };
    let proof = case.verify(&inbound, &case.secrets());
    let mut failures = check_proof(case, &proof);
    if let Ok(proof) = &proof {
        failures.extend(check_forgeries(case, proof));
        failures.extend(check_reading(case));
    }
    failures.extend(check_stripping(case, &inbound));
    if case.expect.delivery_key.is_some() {
        let key = case.provider().delivery_key_with(&inbound, case.settings());
        failures.extend(differs("delivery key", &key, &case.expect.delivery_key));
    }
    failures
}

fn check_proof(case: &Case, proof: &Result<Proof, Refusal>) -> Vec<String> {
    match (proof, &case.expect.proof, &case.expect.refusal) {
        (Ok(proof), Some(expected), None) => {
            let nonce = proof.nonce.as_ref().map(|nonce| nonce.value.clone());
            [
                differs("scheme", &proof.scheme, &expected.scheme.as_str()),
                differs("signed", &proof.signed, &expected.signed),
                differs("secret", &proof.secret_index, &expected.secret_index),
                differs("nonce", &nonce, &expected.nonce),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        (Err(refusal), None, Some(expected)) => {
            differs("refusal", &refusal.code(), &expected.as_str())
                .into_iter()
                .collect()
        }
        (proof, ..) => vec![format!("proof: {proof:?}")],
    }
}

/// Tries what must not pass for a good proof: other secrets, none, altered bytes, an altered token.
fn check_forgeries(case: &Case, proof: &Proof) -> Vec<String> {
    if !proof.signed {
        return Vec::new();
    }
    let mut failures = Vec::new();
    let blank = [Secret::new(*b" ")];
    for (secrets, refusal) in [
        (vec![], Refusal::NotReady),
        (blank.to_vec(), Refusal::NotReady),
        (vec![Secret::new(*b"another-secret")], Refusal::Mismatch),
    ] {
        if secrets.is_empty() && !case.provider().signs() {
            continue;
        }
        let held = verify(
            case,
            &case.request.query,
            &case.headers(),
            case.body(),
            &secrets,
        );
        if passes(&held) || held.is_err() {
            failures.extend(differs("forged", &held.err(), &Some(refusal)));
        }
    }
    let signed_bytes = match proof.scheme {
        scheme if scheme.ends_with(".hmac") => 0..case.body().len(),
        "kiwify.body" | "custom.standard_webhooks" => 0..case.body().len(),
        "kiwify.member" => member(case.body()),
        _ => 0..0,
    };
    let step = (signed_bytes.len() / 97).max(1);
    for at in signed_bytes.step_by(step) {
        let mut body = case.body().to_vec();
        if let Some(byte) = body.get_mut(at) {
            *byte ^= 1;
        }
        let held = verify(
            case,
            &case.request.query,
            &case.headers(),
            &body,
            &case.secrets(),
        );
        if passes(&held) {
            failures.push(format!("altered byte {at} passed"));
        }
    }
    failures.extend(check_altered_tokens(case));
    failures
}

/// Tells whether a proof counts for something; what does not hold is recorded and not refused where no form of it is confirmed.
fn passes(held: &Result<Proof, Refusal>) -> bool {
    let recorded = |proof: &Proof| !proof.signed && proof.scheme == "cartpanda.unproved";
    held.as_ref().is_ok_and(|proof| !recorded(proof))
}

/// Alters every place where the secret itself is sent.
fn check_altered_tokens(case: &Case) -> Option<String> {
    let alter = |text: &str| {
        case.secrets
            .iter()
            .map(|secret| secret.trim())
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| {
                text.replace(secret, &format!("{secret}x"))
            })
    };
    let headers: Vec<(String, String)> = case
        .headers()
        .into_iter()
        .map(|(name, value)| (name, alter(&value)))
        .collect();
    let query = alter(&case.request.query);
    let body = alter(&case.request.body_text);
    let changed =
        headers != case.headers() || query != case.request.query || body.as_bytes() != case.body();
    let held = verify(case, &query, &headers, body.as_bytes(), &case.secrets());
    (changed && passes(&held)).then(|| "altered token passed".to_owned())
}

fn verify(
    case: &Case,
    query: &str,
    headers: &Vec<(String, String)>,
    body: &[u8],
    secrets: &[Secret],
) -> Result<Proof, Refusal> {
    let inbound = Inbound {
        query,
        headers,
        body,
    };
    case.verify(&inbound, secrets)
}

/// Finds the wrapped member of a body that ends with it.
fn member(body: &[u8]) -> std::ops::Range<usize> {
    let text = std::str::from_utf8(body).expect("fixtures are text");
    let start = text.find("\"order\":{").expect("the body is wrapped");
    start + "\"order\":".len()..text.rfind('}').expect("the body is closed")
}

fn check_reading(case: &Case) -> Vec<String> {
    let expect = &case.expect;
    match case.normalise(case.body()) {
        Ok(Reading::Events(drafts)) => {
            let [draft] = drafts.as_slice() else {
                return vec![format!("{} events", drafts.len())];
            };
            check_draft(case, draft)
        }
        Ok(Reading::Notice { order, drafts, .. }) => {
            let mut failures: Vec<String> = differs("notice", &Some(order), &expect.notice)
                .into_iter()
                .collect();
            match (drafts.as_slice(), &expect.event) {
                ([], None) => {}
                ([draft], Some(_)) => failures.extend(check_draft(case, draft)),
                (drafts, _) => failures.push(format!("{} events beside the notice", drafts.len())),
            }
            failures
        }
        Ok(Reading::Ignored { event, .. }) => differs("ignored", &Some(event), &expect.ignored)
            .into_iter()
            .collect(),
        Ok(Reading::Unmapped { event, .. }) => differs("unmapped", &Some(event), &expect.unmapped)
            .into_iter()
            .collect(),
        Err(error) => {
            let expected = expect.unreadable.as_ref();
            let expected = expected.map(|error| (error.code.as_str(), error.path.as_str()));
            let found = Some((error.code, error.path.as_str()));
            differs("unreadable", &found, &expected)
                .into_iter()
                .collect()
        }
    }
}

fn check_draft(case: &Case, draft: &Draft) -> Vec<String> {
    let doubts: Vec<&str> = draft.doubts.iter().map(|doubt| doubt.code).collect();
    let expected: Vec<&str> = case.expect.doubts.iter().map(String::as_str).collect();
    let mut failures: Vec<String> = differs("doubts", &doubts, &expected).into_iter().collect();
    match &case.expect.event {
        Some(expected) => subset("event", &event(draft.clone()), expected, &mut failures),
        None => failures.push("an event, not expected".to_owned()),
    }
    failures
}

/// No secret may be left in what is stored, and nothing but the secret may be missing from it.
fn check_stripping(case: &Case, inbound: &Inbound<'_>) -> Vec<String> {
    let stripped = case.provider().strip(inbound);
    let text = String::from_utf8_lossy(&stripped);
    let mut failures = Vec::new();
    let sent = |secret: &&String| {
        !secret.trim().is_empty() && case.request.body_text.contains(secret.trim())
    };
    for secret in case.secrets.iter().filter(sent) {
        if text.contains(secret.trim()) {
            failures.push("the secret is left in the stripped body".to_owned());
        }
    }
    if case.normalise(&stripped) != case.normalise(case.body()) {
        failures.push("the stripped body reads otherwise".to_owned());
    }
    failures
}

fn event(draft: Draft) -> Value {
    let event = draft.into_event(EventId::from_u128(9));
    serde_json::to_value(event).expect("events serialise")
}

/// Compares what the fixture names; null stands for absent.
fn subset(path: &str, found: &Value, expected: &Value, failures: &mut Vec<String>) {
    match expected {
        Value::Object(members) => {
            for (name, expected) in members {
                let found = found.get(name).unwrap_or(&Value::Null);
                subset(&format!("{path}.{name}"), found, expected, failures);
            }
        }
        _ => failures.extend(differs(path, found, expected)),
    }
}

fn differs<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Option<String> {
    (found != expected).then(|| format!("{what}: found {found:?}, expected {expected:?}"))
}
