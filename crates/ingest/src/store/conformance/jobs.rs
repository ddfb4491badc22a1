//! Jobs: one fetch however many notices, progress that agrees with what is stored.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta};
use contract::{Event, JobId, Stage as OrderStage, Status};

use super::script::{Script, Stage, by_phone, refusal};
use crate::store::{
    ApiToken, DeliveryQuery, DeliveryResult, Job, JobKind, JobQuery, JobState, Key16, NewDelivery,
    NewJob, NewReading, PageStored, Place, ProofSummary, PulledPage, SecretText, Setback, Span,
    StoreError, Then, World,
};

mod held;

pub(crate) use held::{
    nothing_is_held_of_an_erased_persons_order, what_is_held_is_told_when_nobody_can_say,
    what_is_held_waits_for_the_platforms_word, what_the_platform_denies_is_dropped,
    what_waits_for_an_ended_fetch_is_set_aside,
};

const PHONE: &str = "+5547900000111";

impl Script {
    /// Starts a delivery that tells of a change of an order, in these bytes.
    fn notice(&self, order: &str, body: &str) -> NewDelivery {
        let mut delivery = self.reading(NewReading::Notice {
            event: "order/updated".to_owned(),
            why: "fetched".to_owned(),
            order: order.to_owned(),
            events: Vec::new(),
            held: None,
            told_at: None,
        });
        delivery.body = Bytes::from(body.to_owned());
        delivery.delivery_key = Key16::of(&[body.as_bytes()]);
        delivery
    }

    async fn notify(&self, order: &str, body: &str) -> DeliveryResult {
        let accepted = self.store.accept(self.notice(order, body)).await;
        accepted.expect("stored").result
    }

    async fn next(&self) -> Option<Job> {
        let next = self
            .store
            .next_job(self.integration.id, self.world.now())
            .await;
        next.expect("read")
    }

    /// Starts a delivery that was fetched.
    fn pulled(&self, events: &[Event]) -> NewDelivery {
        let mut delivery = self.delivery(events);
        delivery.proof = ProofSummary::pulled();
        delivery
    }

    async fn listing(&self, kind: JobKind) -> Job {
        let (millis, random) = self.dyn_world().id_parts();
        let now = self.world.now();
        let new = NewJob {
            id: JobId::new(millis, random),
            workspace: self.workspace.id,
            integration: self.integration.id,
            kind,
            kinds: vec!["orders".to_owned(), "abandoned".to_owned()],
            span: (kind == JobKind::Sync).then_some(Span {
                since: now - TimeDelta::days(30),
                until: now,
            }),
            due_at: now,
        };
        self.store.create_job(new).await.expect("stored")
    }

    async fn store_page(
        &self,
        job: &Job,
        deliveries: Vec<NewDelivery>,
        then: Then,
    ) -> Result<PageStored, StoreError> {
        let page = PulledPage {
            job: job.id,
            integration: self.integration.id,
            deliveries,
            then,
        };
        self.store.store_pulled(page).await
    }

    async fn job(&self, id: JobId) -> Job {
        self.store.job(self.workspace.id, id).await.expect("found")
    }

    async fn delivery_count(&self) -> usize {
        let query = DeliveryQuery {
            limit: 200,
            ..DeliveryQuery::default()
        };
        let page = self.store.deliveries(self.workspace.id, query).await;
        page.expect("listed").deliveries.len()
    }
}

fn fetched(notices: u64, shown: &[Status]) -> Then {
    let shown = shown.to_vec();
    Then::Fetched {
        notices,
        shown,
        shown_at: None,
    }
}

pub(crate) async fn fifty_notices_are_one_fetch(stage: &impl Stage) {
    let script = Script::on(stage).await;
    assert_eq!(script.next().await, None);
    assert_eq!(script.notify("871", "a").await, DeliveryResult::Accepted);
    for _ in 0..24 {
        assert_eq!(script.notify("871", "a").await, DeliveryResult::Duplicate);
    }
    for n in 0..25 {
        // Other bytes, the same order: it waits already.
        let result = script.notify("871", &format!("b{n}")).await;
        assert_eq!(result, DeliveryResult::Accepted);
    }
    let job = script.next().await.expect("one is due");
    assert_eq!(
        (job.kind, job.order.as_str(), job.notices),
        (JobKind::Fetch, "871", 50)
    );
    let then = fetched(50, &[]);
    let pulled = vec![script.pulled(&[script.event("871", by_phone(PHONE))])];
    let stored = script.store_page(&job, pulled, then).await.unwrap();
    assert_eq!(stored.results, [DeliveryResult::Accepted]);
    assert_eq!(stored.state, JobState::Done);
    assert_eq!(script.next().await, None);
    assert_eq!(script.commerce_count().await, 1);
    // The same bytes may tell of another change.
    assert_eq!(script.notify("871", "a").await, DeliveryResult::Accepted);
    let again = script.next().await.expect("one is due");
    assert_ne!(again.id, job.id);
    assert_eq!(script.job(job.id).await.state, JobState::Done);
}

pub(crate) async fn a_fetch_knows_what_was_told_and_shown(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let notify = async |name: &str, body: &str| {
        let mut delivery = script.notice("871", body);
        if let NewReading::Notice { event, .. } = &mut delivery.reading {
            name.clone_into(event);
        }
        script.store.accept(delivery).await.expect("stored");
    };
    for (name, body) in [
        ("order/created", "a"),
        ("order/paid", "b"),
        ("order/created", "c"),
    ] {
        notify(name, body).await;
    }
    let job = script.next().await.expect("one is due");
    assert_eq!(job.told, ["order/created", "order/paid"]);
    assert_eq!(job.known_at, None);
    let shown_at = Some(DateTime::from_timestamp_millis(1_787_313_600_123).expect("a time"));
    let then = |notices, shown_at| Then::Fetched {
        notices,
        shown: Vec::new(),
        shown_at,
    };
    let stored = script.store_page(&job, Vec::new(), then(3, shown_at)).await;
    assert_eq!(stored.unwrap().state, JobState::Done);
    script.notify("872", "d").await;
    let other = script.next().await.expect("one is due");
    assert_eq!(other.known_at, None, "another order");
    script
        .store_page(&other, Vec::new(), then(1, None))
        .await
        .unwrap();
    script.notify("871", "e").await;
    let again = script.next().await.expect("one is due");
    assert_eq!(
        (again.told, again.known_at),
        (vec!["order/updated".to_owned()], shown_at)
    );
}

pub(crate) async fn a_notice_during_a_fetch_makes_another(stage: &impl Stage) {
    let script = Script::on(stage).await;
    script.notify("871", "a").await;
    let job = script.next().await.expect("one is due");
    script.notify("871", "a").await;
    script.notify("872", "c").await;
    let then = fetched(job.notices, &[]);
    let stored = script.store_page(&job, Vec::new(), then).await.unwrap();
    assert_eq!(stored.state, JobState::Waiting);
    let mut open = Vec::new();
    while let Some(job) = script.next().await {
        open.push((job.id, job.order.clone(), job.notices));
        let then = fetched(job.notices, &[]);
        script.store_page(&job, Vec::new(), then).await.unwrap();
    }
    assert_eq!(open.len(), 2);
    assert!(open.contains(&(job.id, "871".to_owned(), 2)), "{open:?}");
}

pub(crate) async fn what_is_fetched_is_told_once(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let events = [
        script.event("o1", by_phone(PHONE)),
        script.event_at("o1", OrderStage::PurchaseApproved, by_phone(PHONE)),
        script.event("o2", by_phone(PHONE)),
    ];
    script.accept(&events[..1]).await;
    for (round, expected) in [
        (DeliveryResult::Accepted, [1, 1, 0]),
        (DeliveryResult::Duplicate, [0, 0, 2]),
    ]
    .into_iter()
    .enumerate()
    {
        let (second, [_, _, duplicates]) = expected;
        let job = script.listing(JobKind::Sync).await;
        let page = vec![script.pulled(&events[..2]), script.pulled(&events[2..])];
        let span = job.span.expect("given");
        let stored = script.store_page(&job, page, Then::Listed { span }).await;
        assert_eq!(stored.unwrap().results, [second, second], "{round}");
        let progress = script.job(job.id).await.progress;
        assert_eq!((progress.read, progress.duplicate), (2, duplicates));
        assert_eq!(script.commerce_count().await, 3);
        assert_eq!(script.delivery_count().await, 3, "no row for what is known");
    }
}

pub(crate) async fn what_is_set_aside_leaves_one_row(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let readings = || {
        [
            NewReading::Unmapped {
                event: "status".to_owned(),
                why: "unknown_word".to_owned(),
            },
            NewReading::Rejected {
                code: "missing_id".to_owned(),
                path: "id".to_owned(),
            },
            NewReading::Ignored {
                event: "draft".to_owned(),
                why: "no sale".to_owned(),
            },
        ]
    };
    for _ in 0..3 {
        let job = script.listing(JobKind::Sync).await;
        let page = readings().map(|reading| {
            let mut delivery = script.reading(reading);
            delivery.proof = ProofSummary::pulled();
            delivery.delivery_key = Key16::of(&[b"the same"]);
            delivery
        });
        // The keys of the two that are kept differ.
        let mut page = Vec::from(page);
        page[1].delivery_key = Key16::of(&[b"another"]);
        let span = job.span.expect("given");
        let then = Then::Listed { span };
        script.store_page(&job, page, then).await.unwrap();
        let progress = script.job(job.id).await.progress;
        assert_eq!(
            (progress.read, progress.unmapped, progress.rejected),
            (3, 1, 1)
        );
        assert_eq!(script.delivery_count().await, 2);
    }
}

pub(crate) async fn a_listing_goes_on_where_it_stopped(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let job = script.listing(JobKind::Sync).await;
    assert_eq!((job.state, job.place.clone()), (JobState::Waiting, None));
    let span = job.span.expect("given");
    let place = Place {
        listing: 1,
        cursor: "página 7, \"x\"".to_owned(),
    };
    let then = Then::Next {
        place: place.clone(),
        span,
        total: Some(1_000),
    };
    let page = vec![script.pulled(&[script.event("o1", by_phone(PHONE))])];
    script.store_page(&job, page, then).await.unwrap();
    script.store.close().await;
    let (id, integration) = (job.id, script.integration.id);
    let store = stage.open().await;
    let again = store.next_job(integration, script.world.now()).await;
    let again = again.unwrap().expect("it goes on");
    assert_eq!((again.id, again.state), (id, JobState::Running));
    assert_eq!((again.place, again.span), (Some(place), Some(span)));
    assert_eq!(again.kinds, ["orders", "abandoned"]);
    let progress = again.progress;
    assert_eq!(
        (progress.read, progress.accepted, progress.total),
        (1, 1, Some(1_000))
    );
}

pub(crate) async fn an_ended_job_takes_nothing(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let job = script.listing(JobKind::Sync).await;
    let ended = script.store.cancel_job(script.workspace.id, job.id).await;
    let ended = ended.unwrap();
    assert_eq!(ended.state, JobState::Cancelled);
    assert_eq!(ended.finished_at, Some(script.world.now()));
    assert_eq!(script.next().await, None);
    let page = vec![script.pulled(&[script.event("o1", by_phone(PHONE))])];
    let then = Then::Listed {
        span: job.span.expect("given"),
    };
    assert_eq!(
        refusal(script.store_page(&job, page, then).await),
        "job_over"
    );
    let setback = Setback {
        problem: "platform_failed",
        again_at: None,
        denied: false,
    };
    assert_eq!(
        refusal(script.store.set_back(job.id, setback).await),
        "job_over"
    );
    assert_eq!(script.commerce_count().await, 0);
    let twice = script.store.cancel_job(script.workspace.id, job.id).await;
    assert_eq!(twice.unwrap(), ended);
}

pub(crate) async fn a_setback_waits_or_ends(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let job = script.listing(JobKind::Sync).await;
    let later = script.world.now() + TimeDelta::minutes(2);
    let setback = |again_at| Setback {
        problem: "platform_failed",
        again_at,
        denied: false,
    };
    script
        .store
        .set_back(job.id, setback(Some(later)))
        .await
        .unwrap();
    assert_eq!(script.next().await, None);
    let open = script.store.open_jobs().await.unwrap();
    let [open] = open.as_slice() else {
        panic!("one account waits: {open:?}");
    };
    assert_eq!((open.due_at, open.reconcile_at), (later, None));
    script.world.pass(TimeDelta::minutes(2));
    let again = script.next().await.expect("its time has come");
    assert_eq!(
        (again.attempts, again.problem.as_str()),
        (1, "platform_failed")
    );
    let page = Then::Next {
        place: Place {
            listing: 0,
            cursor: "2".to_owned(),
        },
        span: job.span.expect("given"),
        total: None,
    };
    script.store_page(&again, Vec::new(), page).await.unwrap();
    let well = script.job(job.id).await;
    assert_eq!((well.attempts, well.problem.as_str()), (0, ""));
    script.store.set_back(job.id, setback(None)).await.unwrap();
    let failed = script.job(job.id).await;
    assert_eq!(
        (failed.state, failed.problem.as_str()),
        (JobState::Failed, "platform_failed")
    );
    assert!(script.store.open_jobs().await.unwrap().is_empty());
}

pub(crate) async fn fetches_come_first(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let reconcile = script.listing(JobKind::Reconcile).await;
    let sync = script.listing(JobKind::Sync).await;
    script.world.pass(TimeDelta::seconds(1));
    script.notify("871", "a").await;
    script.world.pass(TimeDelta::seconds(1));
    script.notify("872", "b").await;
    let mut order = Vec::new();
    while let Some(job) = script.next().await {
        order.push((job.kind, job.order.clone()));
        script
            .store
            .cancel_job(script.workspace.id, job.id)
            .await
            .unwrap();
    }
    let text = str::to_owned;
    let expected = [
        (JobKind::Fetch, text("871")),
        (JobKind::Fetch, text("872")),
        (JobKind::Sync, text("")),
        (JobKind::Reconcile, text("")),
    ];
    assert_eq!(order, expected);
    assert_ne!(reconcile.id, sync.id);
}

pub(crate) async fn jobs_belong_to_their_workspace(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let first = script.listing(JobKind::Sync).await;
    let second = script.listing(JobKind::Reconcile).await;
    let other = script.store.ensure_workspace("Outra").await.unwrap();
    let query = |integration, limit| JobQuery { integration, limit };
    let ids = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.id).collect::<Vec<_>>();
    let ours = script.workspace.id;
    for integration in [None, Some(script.integration.id)] {
        let listed = script.store.jobs(ours, query(integration, 10)).await;
        assert_eq!(ids(listed.unwrap()), [second.id, first.id]);
    }
    let listed = script.store.jobs(ours, query(None, 1)).await.unwrap();
    assert_eq!(ids(listed), [second.id]);
    let theirs = script.store.jobs(other.id, query(None, 10)).await.unwrap();
    assert!(theirs.is_empty());
    let foreign = query(Some(script.integration.id), 10);
    assert_eq!(
        script.store.jobs(other.id, foreign).await,
        Err(StoreError::NotFound)
    );
    assert_eq!(
        script.store.job(other.id, first.id).await,
        Err(StoreError::NotFound)
    );
    assert_eq!(
        script.store.cancel_job(other.id, first.id).await,
        Err(StoreError::NotFound)
    );
    assert!(script.job(first.id).await.state.is_open());
}

pub(crate) async fn reconciliations_note_how_far_they_came(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let id = script.integration.id;
    let now = script.world.now();
    let sync = script.listing(JobKind::Sync).await;
    let span = sync.span.expect("given");
    let then = Then::Listed { span };
    script.store_page(&sync, Vec::new(), then).await.unwrap();
    assert_eq!(script.store.listed_to(id).await.unwrap(), None);

    let planned = script.listing(JobKind::Reconcile).await;
    assert_eq!(planned.span, None);
    let later = now + TimeDelta::hours(1);
    script.store.move_reconcile(id, Some(later)).await.unwrap();
    assert_eq!(script.next().await, None);
    let open = script.store.open_jobs().await.unwrap();
    assert_eq!(open.first().and_then(|open| open.reconcile_at), Some(later));
    script.world.pass(TimeDelta::hours(1));
    let due = script.next().await.expect("its time has come");
    let then = Then::Listed { span };
    script.store_page(&due, Vec::new(), then).await.unwrap();
    assert_eq!(script.store.listed_to(id).await.unwrap(), Some(span.until));

    let third = script.listing(JobKind::Reconcile).await;
    script.store.move_reconcile(id, None).await.unwrap();
    assert_eq!(script.job(third.id).await.state, JobState::Cancelled);
}

pub(crate) async fn tokens_are_kept_sealed(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let id = script.integration.id;
    assert!(script.store.api_token(id).await.unwrap().is_none());
    let token = |value: &str| ApiToken {
        value: SecretText::new(value),
        expires_at: script.world.now() + TimeDelta::hours(1),
        got_with: "these".to_owned(),
    };
    for value in ["token-secreto-1", "token-secreto-2"] {
        script
            .store
            .keep_api_token(id, Some(token(value)))
            .await
            .unwrap();
        let kept = script.store.api_token(id).await.unwrap().expect("kept");
        assert_eq!(kept.value.expose(), value);
        assert_eq!(kept.got_with, "these");
        assert!(!format!("{kept:?}").contains("secreto"));
    }
    script.store.keep_api_token(id, None).await.unwrap();
    assert!(script.store.api_token(id).await.unwrap().is_none());
}

pub(crate) async fn a_notice_read_anew_is_fetched(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let unmapped = script.reading(NewReading::Unmapped {
        event: "order/updated".to_owned(),
        why: "API credentials are missing".to_owned(),
    });
    let (id, workspace) = (unmapped.id, script.workspace.id);
    script.store.accept(unmapped).await.unwrap();
    assert_eq!(script.next().await, None);
    for _ in 0..2 {
        let reading = script.notice("871", "a").reading;
        let again = script.store.reprocess(workspace, id, reading).await;
        let again = again.unwrap();
        assert_eq!(
            (again.result, again.seqs.len()),
            (DeliveryResult::Accepted, 0)
        );
    }
    let job = script.next().await.expect("it is to be fetched");
    assert_eq!((job.order.as_str(), job.notices), ("871", 2));
    let detail = script.store.delivery(workspace, id).await.unwrap();
    assert_eq!(detail.summary.result, DeliveryResult::Accepted);
    assert_eq!(detail.summary.why, "fetched");
}

pub(crate) async fn old_jobs_go(stage: &impl Stage) {
    let script = Script::on(stage).await;
    let (old, open) = (
        script.listing(JobKind::Sync).await,
        script.listing(JobKind::Sync).await,
    );
    let workspace = script.workspace.id;
    script.store.cancel_job(workspace, old.id).await.unwrap();
    script.world.pass(TimeDelta::days(8));
    let newer = script.listing(JobKind::Sync).await;
    script.store.cancel_job(workspace, newer.id).await.unwrap();
    let before = script.world.now() - TimeDelta::days(7);
    assert_eq!(script.store.forget_jobs(before).await.unwrap(), 1);
    assert_eq!(
        script.store.job(workspace, old.id).await,
        Err(StoreError::NotFound)
    );
    for kept in [open.id, newer.id] {
        script.job(kept).await;
    }
}
