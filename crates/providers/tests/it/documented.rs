//! The worked example of docs/providers.md does what the page says.

use chrono::{DateTime, Utc};
use contract::{EventId, IntegrationId};
use providers::{Context, Inbound, Reading, Secret, Settings, sign};
use serde_json::Value;

const PAGE: &str = include_str!("../../../../docs/providers.md");

/// Returns the text of the block with this name.
fn block(name: &str) -> &'static str {
    let (_, rest) = PAGE
        .split_once(&format!("```json {name}\n"))
        .unwrap_or_else(|| panic!("the page has no block {name}"));
    rest.split_once("```").expect("the block is closed").0
}

#[test]
fn the_worked_example_works() {
    let now = DateTime::<Utc>::from_timestamp(1_795_273_200, 0).expect("a time");
    let settings = serde_json::from_str(block("settings")).expect("settings");
    let settings = Settings::new(settings);
    let provider = providers::provider("custom").expect("exists");
    assert_eq!(provider.problems(&settings, now), []);

    let body = block("sample-body").as_bytes();
    let secret = Secret::new(*b"sample-secret-0001");
    let signed = sign::sign_with("custom", &settings, &secret, body, now, "nonce-0001");
    let signed = signed.expect("signs");
    let inbound = Inbound {
        query: &signed.query,
        headers: &signed.headers,
        body,
    };
    let context = Context {
        now,
        integration: IntegrationId::from_u128(7),
        settings: &settings,
    };
    provider
        .verify(&inbound, &[secret], &context)
        .expect("holds");
    let delivery_key = provider.delivery_key_with(&inbound, &settings);
    assert_eq!(delivery_key.as_deref(), Some("evt_5501"));
    let Ok(Reading::Events(drafts)) = provider.normalise(&inbound, &context) else {
        panic!("no event");
    };
    let [draft] = drafts.as_slice() else {
        panic!("{} events", drafts.len());
    };
    assert_eq!(draft.doubts, []);
    assert!(draft.payment.pix.is_some());
    let event = serde_json::to_value(draft.clone().into_event(EventId::from_u128(9)));
    let event = event.expect("events serialise");
    let told: Value = serde_json::from_str(block("event")).expect("an event");
    for (name, value) in told.as_object().expect("an object") {
        assert_eq!(&event[name], value, "{name}");
    }
}

#[test]
fn the_page_names_every_field_and_function() {
    let settings = |fields: &str| {
        let text = format!(
            r#"{{"blueprint":{{"proof":{{"scheme":"address"}},"event":"a","stages":{{"a":"refunded"}},"fields":{fields}}}}}"#
        );
        Settings::new(serde_json::from_str(&text).expect("settings"))
    };
    let provider = providers::provider("custom").expect("exists");
    let details = |fields: &str| -> String {
        let problems = provider.problems(&settings(fields), DateTime::<Utc>::MIN_UTC);
        problems.into_iter().map(|one| one.detail).collect()
    };
    for known in [
        details(r#"{"externalId":"id","nothing":"a"}"#),
        details(r#"{"externalId":"nothing(a)"}"#),
    ] {
        let (_, names) = known.split_once("known are ").expect("lists what is known");
        for name in names.split(", ") {
            let shown = [format!("`{name}`"), format!("`{name}(")];
            assert!(
                shown.iter().any(|one| PAGE.contains(one)),
                "{name} is not on the page"
            );
        }
    }
}
