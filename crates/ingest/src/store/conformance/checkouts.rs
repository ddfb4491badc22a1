//! Checkouts that are begun and left: abandoned once, and only when nothing followed.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{Event, EventId, Stage as OrderStage, kind};

use super::script::{Script, Stage, by_phone};
use crate::store::{CheckoutNews, CheckoutStep, NewDelivery, NewEvent, NewReading};

const PHONE: &str = "+5547900000111";
const IDLE: TimeDelta = TimeDelta::minutes(30);

impl Script {
    /// Starts a delivery of an event of a platform that does not tell of abandoned checkouts.
    fn news(&self, event: &Event) -> NewDelivery {
        let key = |what: &str, at: DateTime<Utc>| {
            format!("{}:{what}:{}", event.order_key, at.timestamp_millis())
        };
        let due_at = event.occurred_at + IDLE;
        let abandoned = || {
            let (millis, random) = self.dyn_world().id_parts();
            let told = Event {
                id: EventId::new(millis, random),
                stage: OrderStage::CartAbandoned,
                occurred_at: due_at,
                ..event.clone()
            };
            NewEvent::new(&told, &key("abandoned", event.occurred_at)).expect("an event is JSON")
        };
        let step = match event.stage {
            OrderStage::CheckoutStarted => CheckoutStep::Begun {
                due_at,
                abandoned: Box::new(abandoned()),
            },
            OrderStage::CartAbandoned => CheckoutStep::Abandoned,
            _ => CheckoutStep::Over,
        };
        let mut new = NewEvent::new(event, &key(event.stage.as_str(), event.occurred_at))
            .expect("an event is JSON");
        new.checkout = Some(CheckoutNews {
            order_key: event.order_key.clone(),
            carts: event.carts.clone(),
            at: event.occurred_at,
            step,
        });
        self.reading(NewReading::Events(vec![new]))
    }

    async fn tell(&self, event: &Event) {
        self.store.accept(self.news(event)).await.expect("stored");
    }

    fn begun(&self, checkout: &str) -> Event {
        self.event_at(checkout, OrderStage::CheckoutStarted, by_phone(PHONE))
    }

    async fn abandoned(&self) -> Vec<Event> {
        let entries = self.log().await;
        entries
            .iter()
            .filter(|entry| entry.kind == kind::COMMERCE)
            .map(|entry| entry.read::<Event>().expect("an event"))
            .filter(|event| event.stage == OrderStage::CartAbandoned)
            .collect()
    }

    async fn abandon(&self) -> u64 {
        self.store.abandon().await.expect("stored")
    }
}

pub(crate) async fn a_checkout_left_is_abandoned_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let begun = script.begun("c1");
    script.tell(&begun).await;
    let due = script.store.next_abandonment().await.unwrap();
    assert_eq!(due, Some(begun.occurred_at + IDLE));
    script.world.pass(IDLE - TimeDelta::seconds(1));
    assert_eq!(script.abandon().await, 0);
    // It is remembered over a restart.
    script.store.close().await;
    let script = Script {
        store: stage.open().await,
        ..script
    };
    script.world.pass(TimeDelta::seconds(1));
    assert_eq!(script.abandon().await, 1);
    assert_eq!(script.abandon().await, 0);
    assert_eq!(script.store.next_abandonment().await.unwrap(), None);
    // The same news again, as when it is fetched once more.
    script.tell(&begun).await;
    script.world.pass(IDLE);
    assert_eq!(script.abandon().await, 0);
    let told = script.abandoned().await;
    let [told] = told.as_slice() else {
        panic!("one: {told:?}");
    };
    assert_eq!(told.order_key, begun.order_key);
    assert_eq!(told.customer, begun.customer);
    assert_eq!(told.occurred_at, begun.occurred_at + IDLE);
    let entries = script.log().await;
    let talks: Vec<_> = entries
        .iter()
        .filter_map(|one| one.conversation_id)
        .collect();
    assert!(talks.windows(2).all(|pair| pair[0] == pair[1]));
}

pub(crate) async fn what_follows_ends_the_wait(stage: &impl Stage) {
    let script = Script::on(stage).await;
    script.tell(&script.begun("c1")).await;
    script.tell(&script.begun("c2")).await;
    script.tell(&script.begun("c3")).await;
    // c1 was finished, c2 became an order of another name.
    let finished = script.event_at("c1", OrderStage::CheckoutCompleted, by_phone(PHONE));
    script.tell(&finished).await;
    let mut order = script.event_at("o2", OrderStage::PixGenerated, by_phone(PHONE));
    order.carts = vec![script.begun("c2").order_key];
    script.tell(&order).await;
    script.world.pass(IDLE);
    assert_eq!(script.abandon().await, 1);
    let told = script.abandoned().await;
    assert_eq!(
        told.first().map(|told| told.external_id.as_str()),
        Some("c3")
    );
}

pub(crate) async fn an_order_that_came_first_leaves_nothing_to_abandon(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let mut order = script.event_at("o1", OrderStage::PurchaseApproved, by_phone(PHONE));
    order.carts = vec![script.begun("c1").order_key];
    script.tell(&order).await;
    script.tell(&script.begun("c1")).await;
    script.world.pass(IDLE);
    assert_eq!(script.abandon().await, 0);
    assert_eq!(script.store.next_abandonment().await.unwrap(), None);
}

pub(crate) async fn a_checkout_taken_up_again_waits_again(stage: &impl Stage) {
    let script = Script::on(stage).await;
    script.tell(&script.begun("c1")).await;
    script.world.pass(IDLE);
    assert_eq!(script.abandon().await, 1);
    script.world.pass(TimeDelta::hours(3));
    script.tell(&script.begun("c1")).await;
    assert_eq!(script.abandon().await, 0);
    script.world.pass(IDLE);
    assert_eq!(script.abandon().await, 1);
    assert_eq!(script.abandoned().await.len(), 2);
}

pub(crate) async fn the_newest_news_of_a_checkout_counts(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let first = script.begun("c1");
    script.world.pass(TimeDelta::minutes(10));
    let mut second = script.begun("c1");
    second.amount_minor = Some(24_900);
    script.tell(&second).await;
    script.tell(&first).await;
    script.world.pass(IDLE - TimeDelta::minutes(1));
    assert_eq!(script.abandon().await, 0, "counted from the newest");
    script.world.pass(TimeDelta::minutes(1));
    assert_eq!(script.abandon().await, 1);
    let told = script.abandoned().await;
    assert_eq!(
        told.first().and_then(|told| told.amount_minor),
        Some(24_900)
    );
}
