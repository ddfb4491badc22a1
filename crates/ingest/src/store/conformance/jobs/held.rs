//! What is held back until a fetch has its answer.

use contract::{DeliveryId, Stage as OrderStage, Status};

use super::super::script::{Script, Stage, by_phone};
use super::{PHONE, fetched};
use crate::identity::Traces;
use crate::store::{
    DeliveryResult, DeliverySummary, Held, HeldBack, Job, JobState, NewReading, Setback, Sought,
    World,
};

impl Script {
    /// Stores a notice that says by itself that an order was paid.
    async fn hold(&self, order: &str, body: &str) -> (DeliveryId, DeliveryResult) {
        let mut delivery = self.notice(order, body);
        let event = self.event_at(order, OrderStage::PurchaseApproved, by_phone(PHONE));
        if let NewReading::Notice { held, .. } = &mut delivery.reading {
            *held = Some(Box::new(HeldBack {
                status: Status::Approved,
                traces: Traces::of(&event),
            }));
        }
        let accepted = self.store.accept(delivery).await.expect("stored");
        assert!(accepted.seqs.is_empty());
        (accepted.delivery_id, accepted.result)
    }

    async fn held(&self, job: &Job) -> Vec<Held> {
        self.store.held(job.id).await.expect("listed")
    }

    async fn kept(&self, id: DeliveryId) -> DeliverySummary {
        let kept = self.store.delivery(self.workspace.id, id).await;
        kept.expect("found").summary
    }

    fn paid(&self, order: &str) -> NewReading {
        let event = self.event_at(order, OrderStage::PurchaseApproved, by_phone(PHONE));
        self.delivery(&[event]).reading
    }
}

fn given_up(denied: bool) -> Setback {
    Setback {
        problem: "platform_forbidden",
        again_at: None,
        denied,
    }
}

pub(crate) async fn what_is_held_waits_for_the_platforms_word(stage: &impl Stage) {
    for (shown, result, why) in [
        (
            Status::Approved,
            DeliveryResult::Accepted,
            "the platform's API confirms it",
        ),
        (
            Status::Pending,
            DeliveryResult::Ignored,
            "the platform's API shows another state",
        ),
    ] {
        let script = Script::on(stage).await;
        let order = shown.as_str();
        let before = script.commerce_count().await;
        let (id, first) = script.hold(order, order).await;
        assert_eq!(first, DeliveryResult::Accepted);
        let (_, repeat) = script.hold(order, order).await;
        assert_eq!(repeat, DeliveryResult::Duplicate);
        let (other, _) = script.hold(order, &format!("{order} again")).await;
        let job = script.next().await.expect("one is due");
        let told = |delivery| Held {
            delivery,
            status: "approved".to_owned(),
        };
        assert_eq!(script.held(&job).await, [told(id), told(other)]);
        assert_eq!(script.commerce_count().await, before);
        // Where the platform shows nothing, and while another notice came, all waits on.
        for (notices, shown) in [(3, &[][..]), (2, &[shown][..])] {
            let then = fetched(notices, shown);
            let stored = script.store_page(&job, Vec::new(), then).await.unwrap();
            assert_eq!(stored.state, JobState::Waiting);
            assert_eq!(script.held(&job).await.len(), 2);
        }
        let then = fetched(3, &[shown]);
        let stored = script.store_page(&job, Vec::new(), then).await.unwrap();
        assert_eq!(stored.state, JobState::Done);
        assert!(script.held(&job).await.is_empty());
        for id in [id, other] {
            let kept = script.kept(id).await;
            assert_eq!((kept.result, kept.why.as_str()), (result, why));
            assert_eq!(kept.entry_count, 0);
        }
        // The same bytes are a new word once the old one is settled.
        let (_, again) = script.hold(order, order).await;
        assert_eq!(again, DeliveryResult::Accepted);
        let next = script.next().await.expect("one is due");
        assert_eq!(script.held(&next).await.len(), 1);
        let workspace = script.workspace.id;
        script.store.cancel_job(workspace, next.id).await.unwrap();
        script.store.close().await;
    }
}

pub(crate) async fn what_the_platform_denies_is_dropped(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let mut all = Vec::new();
    for n in 0..250 {
        all.push(script.hold("871", &format!("paid {n}")).await.0);
    }
    let job = script.next().await.expect("one is due");
    // Many are settled bit by bit, and the job is open until the last one is.
    let mut rounds = 0;
    while script.job(job.id).await.state.is_open() {
        let ended = script.store.set_back(job.id, given_up(true)).await;
        ended.unwrap();
        rounds += 1;
    }
    assert_eq!(rounds, 2);
    assert_eq!(script.job(job.id).await.state, JobState::Failed);
    for id in all {
        let kept = script.kept(id).await;
        assert_eq!(
            (kept.result, kept.why.as_str()),
            (
                DeliveryResult::Ignored,
                "the platform's API knows no such order"
            )
        );
    }
    assert_eq!(script.commerce_count().await, 0);
}

pub(crate) async fn what_is_held_is_told_when_nobody_can_say(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (id, _) = script.hold("871", "paid").await;
    let job = script.next().await.expect("one is due");
    script
        .store
        .set_back(job.id, given_up(false))
        .await
        .unwrap();
    let open = script.job(job.id).await;
    assert_eq!(
        (open.state, open.due_at),
        (JobState::Waiting, script.world.now())
    );
    let why = || "unconfirmed: platform_forbidden".to_owned();
    for _ in 0..2 {
        let told = script
            .store
            .tell_held(&job, id, script.paid("871"), why())
            .await;
        told.unwrap();
        assert_eq!(script.commerce_count().await, 1);
        let kept = script.kept(id).await;
        assert_eq!((kept.result, kept.why), (DeliveryResult::Accepted, why()));
        assert_eq!((kept.entry_count, kept.first_seq.is_some()), (1, true));
    }
    script
        .store
        .set_back(job.id, given_up(false))
        .await
        .unwrap();
    assert_eq!(script.job(job.id).await.state, JobState::Failed);
}

pub(crate) async fn what_waits_for_an_ended_fetch_is_set_aside(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (cancelled, _) = script.hold("871", "paid").await;
    let job = script.next().await.expect("one is due");
    let workspace = script.workspace.id;
    script.store.cancel_job(workspace, job.id).await.unwrap();
    let (deleted, _) = script.hold("872", "paid too").await;
    let next = script.next().await.expect("one is due");
    script
        .store
        .delete_integration(workspace, script.integration.id, Some(script.actor()))
        .await
        .unwrap();
    for (id, job) in [(cancelled, job), (deleted, next)] {
        assert!(script.held(&job).await.is_empty());
        let kept = script.kept(id).await;
        assert_eq!(
            (kept.result, kept.why.as_str()),
            (
                DeliveryResult::Unmapped,
                "the fetch that was to confirm it was ended"
            )
        );
    }
    assert_eq!(script.commerce_count().await, 0);
}

pub(crate) async fn nothing_is_held_of_an_erased_persons_order(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let home = script.settle(&script.event("871", by_phone(PHONE))).await;
    let sought = Sought {
        conversation: Some(home),
        ..Sought::default()
    };
    let by = Some(script.actor());
    let erased = script.store.erase(script.workspace.id, sought, by).await;
    erased.unwrap();
    let (id, result) = script.hold("871", "paid").await;
    assert_eq!(result, DeliveryResult::Ignored);
    assert_eq!(script.next().await, None);
    let kept = script.store.delivery(script.workspace.id, id).await;
    assert!(kept.unwrap().erased);
}
