//! Deliveries: kept whole, counted once.

use bytes::Bytes;
use contract::{DeliveryId, IntegrationId, Stage as OrderStage};

use super::script::{Script, Stage, by_email, by_phone, refusal};
use crate::store::{DeliveryQuery, DeliveryResult, NewReading, StoreError, World};

const PHONE: &str = "+5547900000111";

pub(crate) async fn a_delivery_is_kept_whole(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let mut delivery = script.delivery(&[script.event("o1", by_phone(PHONE))]);
    let body: Vec<u8> = (0..70_000_u32).flat_map(|n| n.to_le_bytes()).collect();
    delivery.body = Bytes::from(body.clone());
    let (id, headers, proof) = (
        delivery.id,
        delivery.headers.clone(),
        delivery.proof.clone(),
    );
    let accepted = script.store.accept(delivery).await.unwrap();
    assert_eq!(accepted.result, DeliveryResult::Accepted);
    let detail = script
        .store
        .delivery(script.workspace.id, id)
        .await
        .unwrap();
    assert_eq!(
        (detail.body, detail.headers, detail.proof),
        (body, headers, proof)
    );
    let summary = detail.summary;
    assert_eq!(summary.id, id);
    assert_eq!(summary.integration_id, script.integration.id);
    assert_eq!(summary.received_at, script.world.now());
    assert_eq!(summary.event, "order.updated");
    assert_eq!(summary.first_seq, accepted.seqs.first().copied());
    assert_eq!((summary.entry_count, summary.body_bytes), (1, 280_000));
}

/// Readings that make no entry, with the event, the reason and the path that are listed of each.
fn set_aside() -> [(NewReading, DeliveryResult, [&'static str; 3]); 3] {
    let text = |text: &str| text.to_owned();
    let ignored = NewReading::Ignored {
        event: text("e1"),
        why: text("w1"),
    };
    let unmapped = NewReading::Unmapped {
        event: text("e2"),
        why: text("w2"),
    };
    let rejected = NewReading::Rejected {
        code: text("not_json"),
        path: text("a.b"),
    };
    [
        (ignored, DeliveryResult::Ignored, ["e1", "w1", ""]),
        (unmapped, DeliveryResult::Unmapped, ["e2", "w2", ""]),
        (rejected, DeliveryResult::Rejected, ["", "not_json", "a.b"]),
    ]
}

pub(crate) async fn what_is_set_aside_is_kept_and_listed(stage: &impl Stage) {
    let script = Script::on(stage).await;
    for (reading, result, [event, why, path]) in set_aside() {
        let delivery = script.reading(reading);
        let (id, body) = (delivery.id, delivery.body.clone());
        let accepted = script.store.accept(delivery).await.unwrap();
        assert_eq!((accepted.result, accepted.seqs), (result, vec![]));
        let query = DeliveryQuery {
            limit: 10,
            result: Some(result),
            ..DeliveryQuery::default()
        };
        let page = script
            .store
            .deliveries(script.workspace.id, query)
            .await
            .unwrap();
        let [summary] = page.deliveries.as_slice() else {
            panic!("one of each: {page:?}");
        };
        assert_eq!((summary.id, summary.result), (id, result));
        assert_eq!(
            (
                summary.event.as_str(),
                summary.why.as_str(),
                summary.path.as_str()
            ),
            (event, why, path)
        );
        let detail = script
            .store
            .delivery(script.workspace.id, id)
            .await
            .unwrap();
        assert_eq!(detail.body, body);
    }
    assert_eq!(script.commerce_count().await, 0);
}

pub(crate) async fn equal_deliveries_make_one_entry(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let event = script.event("o1", by_phone(PHONE));
    let first = script.delivery(std::slice::from_ref(&event));
    let (first_id, key, body) = (first.id, first.delivery_key, first.body.clone());
    script.store.accept(first).await.unwrap();
    for _ in 0..3 {
        let mut again = script.delivery(std::slice::from_ref(&event));
        again.delivery_key = key;
        let id = again.id;
        let accepted = script.store.accept(again).await.unwrap();
        assert_eq!(accepted.result, DeliveryResult::Duplicate);
        assert_eq!((accepted.delivery_id, accepted.seqs), (id, vec![]));
        let detail = script
            .store
            .delivery(script.workspace.id, id)
            .await
            .unwrap();
        assert_eq!(detail.summary.duplicate_of, Some(first_id));
        assert_eq!(detail.body, body, "a repeat shows the body it repeats");
    }
    assert_eq!(script.commerce_count().await, 1);
}

pub(crate) async fn equal_events_make_one_entry(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let event = script.event("o1", by_phone(PHONE));
    let first = script.accept(std::slice::from_ref(&event)).await;
    let again = script.delivery(&[event.clone(), event]);
    let (id, body) = (again.id, again.body.clone());
    let accepted = script.store.accept(again).await.unwrap();
    assert_eq!(accepted.result, DeliveryResult::Duplicate);
    let detail = script
        .store
        .delivery(script.workspace.id, id)
        .await
        .unwrap();
    assert_eq!(detail.summary.duplicate_of, Some(first.delivery_id));
    assert_eq!(detail.body, body, "another request keeps its own body");
    assert_eq!(script.commerce_count().await, 1);
}

pub(crate) async fn a_partly_new_delivery_adds_what_is_new(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let pix = script.event("o1", by_phone(PHONE));
    let paid = script.event_at("o1", OrderStage::PurchaseApproved, by_phone(PHONE));
    script.accept(std::slice::from_ref(&pix)).await;
    let both = script.accept(&[pix, paid.clone()]).await;
    assert_eq!(
        (both.result, both.seqs.len()),
        (DeliveryResult::Accepted, 1)
    );
    let log = script.log().await;
    let last = log.last().unwrap().event().unwrap().unwrap();
    assert_eq!(last, paid);
}

pub(crate) async fn keys_are_scoped_to_the_integration(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let other = script.integrate("loja-2", "kiwify").await;
    let event = script.event("o1", by_phone(PHONE));
    let first = script.delivery(std::slice::from_ref(&event));
    let mut second = script.delivery(&[event]);
    second.integration = other.id;
    second.delivery_key = first.delivery_key;
    script.store.accept(first).await.unwrap();
    let accepted = script.store.accept(second).await.unwrap();
    assert_eq!(accepted.result, DeliveryResult::Accepted);
}

pub(crate) async fn a_nonce_is_burnt_once_per_platform(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let same_platform = script.integrate("loja-2", "kiwify").await;
    let other_platform = script.integrate("loja-3", "unified").await;
    for (integration, expected) in [
        (script.integration.id, "Ok"),
        (script.integration.id, "nonce_reused"),
        (same_platform.id, "nonce_reused"),
        (other_platform.id, "Ok"),
    ] {
        let mut delivery = script.delivery(&[script.event("o1", by_phone(PHONE))]);
        delivery.integration = integration;
        delivery.nonce = Some(script.nonce("nonce-0001"));
        let id = delivery.id;
        let outcome = script.store.accept(delivery).await.map(|_| ());
        if expected == "Ok" {
            assert_eq!(outcome, Ok(()));
        } else {
            assert_eq!(refusal(outcome), expected);
            let kept = script.store.delivery(script.workspace.id, id).await;
            assert_eq!(kept, Err(StoreError::NotFound), "a replay leaves nothing");
        }
    }
}

pub(crate) async fn a_nonce_is_burnt_only_with_its_delivery(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let mut lost = script.delivery(&[script.event("o1", by_phone(PHONE))]);
    lost.nonce = Some(script.nonce("nonce-0002"));
    lost.integration = IntegrationId::new(1, [1; 10]);
    assert_eq!(script.store.accept(lost).await, Err(StoreError::NotFound));
    let mut good = script.delivery(&[script.event("o1", by_phone(PHONE))]);
    good.nonce = Some(script.nonce("nonce-0002"));
    let accepted = script.store.accept(good).await.unwrap();
    assert_eq!(accepted.result, DeliveryResult::Accepted);
    // A repeat with a nonce of its own is a duplicate, and its nonce is burnt all the same.
    for expected in ["duplicate", "nonce_reused"] {
        let mut repeat = script.delivery(&[script.event("o1", by_phone(PHONE))]);
        repeat.nonce = Some(script.nonce("nonce-0003"));
        let outcome = script.store.accept(repeat).await;
        let told = match &outcome {
            Ok(accepted) => accepted.result.as_str().to_owned(),
            Err(_) => refusal(outcome),
        };
        assert_eq!(told, expected);
    }
}

pub(crate) async fn a_rejected_delivery_may_come_again(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let first = |script: &Script| {
        let told = script.delivery(&[script.event("o2", by_phone(PHONE))]);
        told.reading.set_aside()
    };
    let rejected = NewReading::Rejected {
        code: "not_json".to_owned(),
        path: String::new(),
    };
    for (order, reading, expected) in [
        ("o1", rejected, DeliveryResult::Rejected),
        ("o2", first(&script), DeliveryResult::Ignored),
    ] {
        let kept = script.reading(reading);
        let key = kept.delivery_key;
        let kept = script.store.accept(kept).await.unwrap();
        assert_eq!((kept.result, kept.seqs), (expected, vec![]));
        let mut mended = script.delivery(&[script.event(order, by_phone(PHONE))]);
        mended.delivery_key = key;
        let accepted = script.store.accept(mended).await.unwrap();
        assert_eq!(accepted.result, DeliveryResult::Accepted, "{order}");
    }
}

pub(crate) async fn lists_page_without_gaps_or_twins(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let other = script.integrate("loja-2", "kiwify").await;
    let mut ids: Vec<(DeliveryId, bool, DeliveryResult)> = Vec::new();
    for n in 0..30 {
        let mut delivery = if n % 7 == 0 {
            script.reading(NewReading::Ignored {
                event: "e".to_owned(),
                why: String::new(),
            })
        } else {
            script.delivery(&[script.event(&format!("o{n}"), by_email("a@example.com"))])
        };
        let elsewhere = n % 3 == 0;
        if elsewhere {
            delivery.integration = other.id;
        }
        let id = delivery.id;
        let accepted = script.store.accept(delivery).await.unwrap();
        ids.push((id, elsewhere, accepted.result));
    }
    ids.sort_unstable_by_key(|(id, ..)| std::cmp::Reverse(*id));
    for integration in [None, Some(other.id)] {
        for result in [
            None,
            Some(DeliveryResult::Accepted),
            Some(DeliveryResult::Ignored),
        ] {
            let expected: Vec<DeliveryId> = ids
                .iter()
                .filter(|(_, elsewhere, _)| integration.is_none() || *elsewhere)
                .filter(|(_, _, found)| result.is_none_or(|result| result == *found))
                .map(|(id, ..)| *id)
                .collect();
            for limit in [1, 4, 200] {
                let query = DeliveryQuery {
                    before: None,
                    limit,
                    integration,
                    result,
                };
                assert_eq!(
                    walk(&script, query).await,
                    expected,
                    "{integration:?} {result:?}"
                );
            }
        }
    }
}

async fn walk(script: &Script, mut query: DeliveryQuery) -> Vec<DeliveryId> {
    let mut found = Vec::new();
    loop {
        let page = script
            .store
            .deliveries(script.workspace.id, query.clone())
            .await
            .unwrap();
        assert!(page.deliveries.len() <= query.limit as usize);
        found.extend(page.deliveries.iter().map(|summary| summary.id));
        match page.next_before {
            Some(next) => query.before = Some(next),
            None => return found,
        }
    }
}

pub(crate) async fn other_workspaces_see_nothing(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let accepted = script.accept(&[script.event("o1", by_phone(PHONE))]).await;
    let detail = script.store.delivery(other.id, accepted.delivery_id).await;
    assert_eq!(detail, Err(StoreError::NotFound));
    let query = DeliveryQuery {
        limit: 10,
        ..DeliveryQuery::default()
    };
    let page = script
        .store
        .deliveries(other.id, query.clone())
        .await
        .unwrap();
    assert_eq!(page.deliveries, vec![]);
    let elsewhere = DeliveryQuery {
        integration: Some(script.integration.id),
        ..query
    };
    let page = script.store.deliveries(other.id, elsewhere).await.unwrap();
    assert_eq!(page.deliveries, vec![]);
    assert_eq!(script.store.head(other.id).await.unwrap().seq, 0);
    let mut stray = script.delivery(&[script.event("o2", by_phone(PHONE))]);
    stray.workspace = other.id;
    assert_eq!(script.store.accept(stray).await, Err(StoreError::NotFound));
}

pub(crate) async fn an_unknown_integration_is_not_found(stage: &impl Stage) {
    let script = Script::on(stage).await;
    assert!(script.store.integration_by_key("unknown").is_none());
    assert!(
        script
            .store
            .integration(IntegrationId::new(1, [1; 10]))
            .is_none()
    );
    let missing = DeliveryId::new(1, [1; 10]);
    let found = script.store.delivery(script.workspace.id, missing).await;
    assert_eq!(found, Err(StoreError::NotFound));
}

pub(crate) async fn a_delivery_can_be_read_anew(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let workspace = script.workspace.id;
    let unmapped = || NewReading::Unmapped {
        event: "order.new".to_owned(),
        why: "w".to_owned(),
    };
    let delivery = script.reading(unmapped());
    let (id, body) = (delivery.id, delivery.body.clone());
    script.store.accept(delivery).await.unwrap();
    let event = script.event("o1", by_phone(PHONE));
    let events = |event| match script.delivery(std::slice::from_ref(event)).reading {
        NewReading::Events(events) => NewReading::Events(events),
        _ => panic!("events were given"),
    };
    let first = script
        .store
        .reprocess(workspace, id, unmapped())
        .await
        .unwrap();
    assert_eq!(
        (first.result, first.seqs),
        (DeliveryResult::Unmapped, vec![])
    );
    let mended = script
        .store
        .reprocess(workspace, id, events(&event))
        .await
        .unwrap();
    assert_eq!(
        (mended.result, mended.seqs.len()),
        (DeliveryResult::Accepted, 1)
    );
    for reading in [events(&event), unmapped()] {
        let again = script
            .store
            .reprocess(workspace, id, reading)
            .await
            .unwrap();
        assert!(again.seqs.is_empty());
        assert_ne!(again.result, DeliveryResult::Accepted);
        let detail = script.store.delivery(workspace, id).await.unwrap();
        assert_eq!(
            detail.summary.result,
            DeliveryResult::Accepted,
            "what is in the feed stays"
        );
        assert_eq!(detail.summary.first_seq, mended.seqs.first().copied());
        assert_eq!(
            (detail.summary.entry_count, detail.summary.duplicate_of),
            (1, None)
        );
        assert_eq!(detail.body, body);
    }
    assert_eq!(script.commerce_count().await, 1);
    let other = script.store.ensure_workspace("Outra loja").await.unwrap();
    let elsewhere = script.store.reprocess(other.id, id, unmapped()).await;
    assert_eq!(elsewhere, Err(StoreError::NotFound));
}
