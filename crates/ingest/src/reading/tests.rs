//! What is fetched outranks what a notice told; checkouts are watched where the platform does not tell of abandonment.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Event, EventId, IntegrationId, Order, Stage, WorkspaceId};
use providers::Settings;
use providers::pull::{Kind, Pulled};
use serde_json::{Value, json};

use super::Reader;
use crate::store::{CheckoutStep, Integration, NewEvent, NewReading, SecretText, System, World};

fn integration(provider: &str, settings: Value) -> Integration {
    Integration {
        id: IntegrationId::from_u128(7),
        workspace: WorkspaceId::from_u128(1),
        slug: "loja".to_owned(),
        provider: provider.to_owned(),
        name: "Loja".to_owned(),
        key: SecretText::new("k"),
        secrets: Vec::new(),
        credentials: [("accessToken".to_owned(), SecretText::new("t"))].into(),
        settings: Settings::new(settings),
        active: true,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn fetched(body: &Value, told_at: Option<DateTime<Utc>>) -> Event {
    let integration = integration("nuvemshop", json!({"storeId": "4321987"}));
    let reader = Reader::new(&integration, &System, System.now()).unwrap();
    let pulled = Pulled {
        kind: Kind::Orders,
        body: body.to_string().into_bytes(),
    };
    let read = reader.fetched(&pulled, told_at).unwrap();
    let NewReading::Events(events) = read.reading else {
        panic!("an order is an event");
    };
    let [NewEvent { body, .. }] = events.as_slice() else {
        panic!("one event");
    };
    serde_json::from_str(body).unwrap()
}

#[test]
fn what_is_fetched_outranks_the_notice_of_the_same_time() {
    let order = json!({
        "id": 871, "number": 101, "status": "open", "payment_status": "pending",
        "payment_details": {"method": "pix"}, "total": "10.00", "currency": "BRL",
        "created_at": "2026-08-03T13:15:22+0000", "updated_at": "2026-08-03T13:15:22+0000",
        "contact_name": "Fulana de Teste", "contact_email": "fulana@example.com", "products": [],
    });
    let alone = fetched(&order, None);
    assert_eq!(alone.stage, Stage::PixGenerated);
    // A notice of the same second told a stage of a higher rank.
    let notice = Event {
        id: EventId::from_u128(u128::MAX >> 8),
        stage: Stage::PaymentRefused,
        ..alone.clone()
    };
    for (minutes, wins) in [(0, true), (5, true), (-5, true)] {
        let told_at = alone.occurred_at + TimeDelta::minutes(minutes);
        let notice = Event {
            occurred_at: told_at,
            ..notice.clone()
        };
        let fetched = fetched(&order, Some(told_at));
        let either_way = [
            Order::of([&notice, &fetched]).stage(),
            Order::of([&fetched, &notice]).stage(),
        ];
        let expected = if wins { fetched.stage } else { notice.stage };
        assert_eq!(either_way, [Some(expected); 2], "{minutes}");
        // Its own time stands wherever that is enough.
        assert_eq!(fetched.occurred_at == alone.occurred_at, minutes < 0);
    }
}

#[test]
fn checkouts_are_watched_where_nobody_else_tells() {
    let shop = integration(
        "shopify",
        json!({"shopDomain": "loja-exemplo", "abandonAfterMinutes": 20}),
    );
    let reader = Reader::new(&shop, &System, System.now()).unwrap();
    let event = |stage| {
        let order =
            json!({"id": 871, "status": "open", "payment_status": "paid", "total": "10.00"});
        Event {
            stage,
            ..fetched(&order, None)
        }
    };
    let begun = event(Stage::CheckoutStarted);
    let news = reader.checkout(&begun).unwrap().unwrap();
    let CheckoutStep::Begun { due_at, abandoned } = news.step else {
        panic!("it waits");
    };
    assert_eq!(due_at, begun.occurred_at + TimeDelta::minutes(20));
    let told: Event = serde_json::from_str(&abandoned.body).unwrap();
    assert_eq!(
        (told.stage, told.occurred_at, &told.order_key),
        (Stage::CartAbandoned, due_at, &begun.order_key)
    );
    let step = |stage| reader.checkout(&event(stage)).unwrap().unwrap().step;
    assert!(matches!(
        step(Stage::CartAbandoned),
        CheckoutStep::Abandoned
    ));
    assert!(matches!(step(Stage::PurchaseApproved), CheckoutStep::Over));
    let other = integration("kiwify", json!({}));
    let reader = Reader::new(&other, &System, System.now()).unwrap();
    assert!(reader.checkout(&begun).unwrap().is_none());
}
