//! What the signing half writes, the verifying half must accept, and nothing else.

use chrono::{DateTime, TimeDelta, Utc};
use providers::{Inbound, Refusal, Secret, sign};

#[test]
fn signed_requests_are_accepted_by_their_own_secret_only() {
    let now = DateTime::<Utc>::from_timestamp(1_795_264_800, 0).expect("a time");
    let secret = Secret::new(*b"sample-secret-0001");
    let body = br#"{"externalId":"1"}"#;
    for provider in providers::all() {
        let slug = provider.slug();
        let signed = sign::sign(slug, &secret, body, now, "nonce-0001").expect(slug);
        let inbound = Inbound {
            query: &signed.query,
            headers: &signed.headers,
            body,
        };
        let both = [Secret::new(*b"old-secret-0000"), secret.clone()];
        let proof = provider.verify(&inbound, &both, now).expect(slug);
        assert!(proof.signed && proof.secret_index == 1, "{slug}");
        let other = [Secret::new(*b"sample-secret-0002")];
        let refusal = provider.verify(&inbound, &other, now);
        assert_eq!(refusal, Err(Refusal::Mismatch), "{slug}");
    }
    assert!(sign::sign("nobody", &secret, body, now, "nonce-0001").is_none());
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
    for slug in ["hotmart", "unified", "cart_abandonment"] {
        let provider = providers::provider(slug).expect(slug);
        let signed = sign::sign(slug, secret, b"{}", now, "nonce-0001").expect(slug);
        let doubled: Vec<_> = [signed.headers.clone(), signed.headers].concat();
        let inbound = Inbound {
            query: "",
            headers: &doubled,
            body: b"{}",
        };
        let refusal = provider.verify(&inbound, &secrets, now);
        assert_eq!(refusal, Err(Refusal::Malformed), "{slug}");
    }
}
