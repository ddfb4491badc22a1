use std::collections::BTreeSet;

use chrono::{TimeZone, Utc};
use contract::{IntegrationId, Stage};
use providers::{Context, Inbound, Reading, Secret, Settings};

use super::dice::Dice;
use super::stories::{PROVIDERS, Stories};

/// Every body is signed, verified and read by the platform's own reader, and says what the story says.
#[test]
fn every_platform_reads_what_it_would_have_sent() {
    let now = Utc.with_ymd_and_hms(2026, 3, 10, 15, 30, 20).unwrap();
    let secret = Secret::new("amostra-secreta");
    let settings = Settings::default();
    let mut stories = Stories::new(Dice::new(7));
    let mut seen = BTreeSet::new();
    for serial in 0..4_000 {
        let happening = stories.next(now);
        let body = happening.body.as_bytes();
        let nonce = format!("nonce-{serial:08}");
        let signed = providers::sign::sign(happening.provider, &secret, body, now, &nonce).unwrap();
        let inbound = Inbound {
            query: &signed.query,
            headers: &signed.headers,
            body,
        };
        let provider = providers::provider(happening.provider).unwrap();
        let context = Context {
            now,
            integration: IntegrationId::from_u128(1),
            settings: &settings,
        };
        provider
            .verify(&inbound, std::slice::from_ref(&secret), &context)
            .expect(&happening.body);
        let Ok(Reading::Events(drafts)) = provider.normalise(&inbound, &context) else {
            panic!("{} does not read {}", happening.provider, happening.body);
        };
        let [draft] = drafts.as_slice() else {
            panic!("one event a body: {}", happening.body)
        };
        assert_eq!(draft.stage, happening.stage, "{}", happening.body);
        assert!(
            draft.doubts.is_empty(),
            "{:?} in {}",
            draft.doubts,
            happening.body
        );
        assert!(!draft.is_test, "{}", happening.body);
        assert!(
            draft
                .customer
                .phone
                .as_deref()
                .is_some_and(|phone| phone.contains("90000")),
            "{}",
            happening.body
        );
        assert!(
            draft
                .customer
                .email
                .as_deref()
                .is_some_and(|email| email.ends_with("@example.com"))
        );
        let carries = |stage| happening.stage == stage && happening.provider != "cart_abandonment";
        if carries(Stage::PixGenerated) {
            let pix = draft.payment.pix.as_ref().expect(&happening.body);
            assert!(
                pix.code.is_some() && pix.expires_at.is_some_and(|end| end > now),
                "{}",
                happening.body
            );
        }
        if carries(Stage::BoletoGenerated) {
            assert!(
                draft
                    .payment
                    .boleto
                    .as_ref()
                    .is_some_and(|boleto| boleto.line.is_some()),
                "{}",
                happening.body
            );
        }
        seen.insert((happening.provider, happening.stage));
    }
    let stages: BTreeSet<Stage> = seen.iter().map(|(_, stage)| *stage).collect();
    for stage in [
        Stage::CartAbandoned,
        Stage::PixGenerated,
        Stage::BoletoGenerated,
        Stage::PaymentRefused,
        Stage::PaymentExpired,
        Stage::PurchaseApproved,
        Stage::RefundRequested,
        Stage::Refunded,
        Stage::Chargeback,
    ] {
        assert!(stages.contains(&stage), "{stage:?} was never told");
    }
    assert!(
        PROVIDERS
            .iter()
            .all(|provider| seen.iter().any(|(told, _)| told == provider))
    );
}

#[test]
fn the_same_seed_tells_the_same_stories() {
    let now = Utc.with_ymd_and_hms(2026, 3, 10, 15, 30, 20).unwrap();
    let told = |seed| {
        let mut stories = Stories::new(Dice::new(seed));
        (0..50).map(|_| stories.next(now).body).collect::<Vec<_>>()
    };
    assert_eq!(told(1), told(1));
    assert_ne!(told(1), told(2));
}
