//! What the signing half writes, the verifying half must accept, and nothing else.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{IntegrationId, Status};
use providers::{Context, Inbound, Reading, Refusal, Secret, Settings, sign};

#[test]
fn signed_requests_are_accepted_by_their_own_secret_only() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secret = Secret::new(*b"sample-secret-0001");
    let body = br#"{"externalId":"1"}"#;
    for provider in providers::all() {
        let slug = provider.slug();
        let settings = settings_of(slug);
        let context = context(now, &settings);
        let signed = sign::sign_with(slug, &settings, &secret, body, now, "nonce-0001");
        let signed = signed.expect(slug);
        let inbound = Inbound {
            query: &signed.query,
            headers: &signed.headers,
            body,
        };
        let both = [Secret::new(*b"old-secret-0000"), secret.clone()];
        let proof = provider.verify(&inbound, &both, &context).expect(slug);
        assert!(proof.signed && proof.secret_index == 1, "{slug}");
        let other = [Secret::new(*b"sample-secret-0002")];
        let refusal = provider.verify(&inbound, &other, &context);
        assert_eq!(refusal, Err(Refusal::Mismatch), "{slug}");
    }
    assert!(sign::sign("nobody", &secret, body, now, "nonce-0001").is_none());
}

#[test]
fn samples_are_taken_and_read_as_one_pending_sale() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secret = Secret::new(*b"sample-secret-0001");
    let settings = Settings::new(serde_json::json!({
        "shopDomain": "outra-loja", "storeId": "4321987",
    }));
    let context = context(now, &settings);
    for provider in providers::all() {
        let slug = provider.slug();
        let Some(sample) = provider.sample_with(&settings, "amostra-1", now) else {
            continue;
        };
        let signed = sign::sign_with(slug, &settings, &secret, &sample.body, now, "nonce-0001");
        let signed = signed.expect(slug);
        let query = [sample.query.as_str(), &signed.query]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("&");
        let headers = [sample.headers, signed.headers].concat();
        let inbound = Inbound {
            query: &query,
            headers: &headers,
            body: &sample.body,
        };
        let proof = provider.verify(&inbound, std::slice::from_ref(&secret), &context);
        assert!(proof.is_ok_and(|proof| proof.signed), "{slug}");
        let reading = providers::normalise(*provider, &inbound, &context);
        let Ok(Reading::Events(drafts)) = reading else {
            panic!("{slug}: {reading:?}");
        };
        let [draft] = drafts.as_slice() else {
            panic!("{slug}: {} events", drafts.len());
        };
        assert_eq!(draft.stage.status(), Status::Pending, "{slug}");
        assert!(draft.doubts.is_empty(), "{slug}: {:?}", draft.doubts);
        assert!(!draft.incomplete && draft.occurred_at == now, "{slug}");
    }
}

#[test]
fn the_window_is_closed_on_both_sides() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secrets = [Secret::new(*b"sample-secret-0001")];
    let [secret] = &secrets;
    let signed = sign::sign("unified", secret, b"{}", now, "nonce-0001").expect("signs");
    let inbound = Inbound {
        query: "",
        headers: &signed.headers,
        body: b"{}",
    };
    for (seconds, held) in [(-301, false), (-300, true), (300, true), (301, false)] {
        let at = now + TimeDelta::seconds(seconds);
        let proof = providers::verify_unified(&inbound, &secrets, at);
        assert_eq!(proof.is_ok(), held, "{seconds}: {proof:?}");
    }
}

#[test]
fn repeated_headers_are_refused() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secrets = [Secret::new(*b"sample-secret-0001")];
    let [secret] = &secrets;
    let settings = Settings::default();
    let context = context(now, &settings);
    for slug in [
        "hotmart",
        "shopify",
        "nuvemshop",
        "zedy",
        "adorei",
        "unified",
        "cart_abandonment",
    ] {
        let provider = providers::provider(slug).expect(slug);
        let signed = sign::sign(slug, secret, b"{}", now, "nonce-0001").expect(slug);
        let doubled: Vec<_> = [signed.headers.clone(), signed.headers].concat();
        let inbound = Inbound {
            query: "",
            headers: &doubled,
            body: b"{}",
        };
        let refusal = provider.verify(&inbound, &secrets, &context);
        assert_eq!(refusal, Err(Refusal::Malformed), "{slug}");
    }
}

#[test]
fn the_unified_form_is_read_on_behalf_of_any_platform() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secret = Secret::new(*b"sample-secret-0001");
    let body =
        br#"{"externalId":"77","status":"approved","amount":"12,50","customer":{"name":"Rita"}}"#;
    let signed = sign::sign("unified", &secret, body, now, "nonce-0001").expect("signs");
    let settings = Settings::default();
    let context = context(now, &settings);
    for provider in providers::all() {
        let inbound = Inbound {
            query: "",
            headers: &signed.headers,
            body,
        };
        let Ok(Reading::Events(drafts)) = providers::normalise(*provider, &inbound, &context)
        else {
            panic!("{} does not read it", provider.slug());
        };
        let [draft] = drafts.as_slice() else {
            panic!("{} reads {} events", provider.slug(), drafts.len());
        };
        assert_eq!(
            (draft.provider, draft.amount_minor),
            (provider.slug(), Some(1250))
        );
        assert!(
            draft.order_key.starts_with(provider.slug()),
            "{}",
            draft.order_key
        );
    }
}

#[test]
fn the_business_key_ignores_arrival_and_nothing_else() {
    let secret = Secret::new(*b"sample-secret-0001");
    let settings = Settings::default();
    let key = |body: &str, seconds: i64| {
        let now = DateTime::<Utc>::from_timestamp(seconds, 0).expect("a time");
        let signed = sign::sign("unified", &secret, body.as_bytes(), now, "nonce-0001");
        let inbound = Inbound {
            query: "",
            headers: &signed.expect("signs").headers,
            body: body.as_bytes(),
        };
        let context = context(now, &settings);
        let provider = providers::provider("unified").expect("exists");
        match provider.normalise(&inbound, &context) {
            Ok(Reading::Events(drafts)) => {
                drafts.into_iter().map(|draft| draft.business_key).next()
            }
            other => panic!("{other:?}"),
        }
    };
    let base = r#"{"externalId":"77","status":"pending","amount":10,"customer":{"name":"Rita"}}"#;
    let first = key(base, 1_795_264_800);
    assert_eq!(first, key(base, 1_795_268_400));
    assert_eq!(
        first,
        key(&base.replace("10,", " \"10,00\" ,"), 1_795_264_800)
    );
    for (from, to) in [
        ("77", "78"),
        ("pending", "approved"),
        ("10", "11"),
        ("Rita", "Rute"),
        (
            "\"amount\"",
            "\"occurredAt\":\"2026-11-01T10:00:00Z\",\"amount\"",
        ),
        ("\"amount\"", "\"coupon\":\"X\",\"amount\""),
    ] {
        assert_ne!(
            first,
            key(&base.replace(from, to), 1_795_264_800),
            "{from} → {to}"
        );
    }
}

fn context(now: DateTime<Utc>, settings: &Settings) -> Context<'_> {
    Context {
        now,
        integration: IntegrationId::from_u128(7),
        settings,
    }
}

/// Returns settings with which a platform's requests can be signed.
fn settings_of(slug: &str) -> Settings {
    match slug {
        "custom" => Settings::new(serde_json::json!({"blueprint": {
            "proof": {
                "scheme": "hmac",
                "algorithm": "sha256",
                "encoding": "hex",
                "header": "x-signature",
            },
            "event": "type",
            "stages": {"paid": "purchase_approved"},
            "fields": {"externalId": "id"},
        }})),
        _ => Settings::default(),
    }
}
