//! A step of a sequence and two desks: one of them gets it, and once it is done it is done everywhere.

use chrono::{DateTime, TimeDelta, Timelike, Utc};
use contract::{Channel, ConversationId};
use follow_up::{Answers, Fill, Locale, SequenceState};
use inbox::asking::HandOverAsked;
use inbox::view::{PageAsked, View};
use inbox::{Inbox, Refusal};

use crate::desk::{Desk, Hand, open_at};
use crate::real::Real;

/// A time soon after now at which it is day in all of Brazil: what is sold now has a step due then.
fn later() -> DateTime<Utc> {
    let soon = Utc::now() + TimeDelta::minutes(90);
    if (14..23).contains(&soon.hour()) {
        return soon;
    }
    let days = i64::from(soon.hour() >= 23);
    let morning = soon.date_naive().and_hms_opt(14, 0, 0).expect("a time");
    morning.and_utc() + TimeDelta::days(days)
}

/// Seats Ana at another desk of hers.
async fn seated_again(real: &Real, clock: &Hand) -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open_at(folder.path(), clock.clone()).await;
    let (session, token) = real.second_session(&real.serving.base_url()).await;
    inbox.sit_down(session, token).await.expect("sits down");
    let desk = Desk { inbox, folder };
    desk.live().await;
    desk
}

async fn seated(real: &Real, clock: &Hand, invited: Option<&str>) -> Desk {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = open_at(folder.path(), clock.clone()).await;
    let server = real.serving.base_url();
    match invited {
        Some(invite) => {
            let joined = inbox.join(&server, invite, "Bia", "outra mesa").await;
            joined.expect("joins");
        }
        None => {
            let (session, token) = real.session(&server);
            inbox.sit_down(session, token).await.expect("sits down");
        }
    }
    let desk = Desk { inbox, folder };
    desk.live().await;
    desk
}

async fn listed(inbox: &Inbox) -> Vec<ConversationId> {
    let asked = PageAsked {
        view: View::Steps,
        saved: None,
        filter: contract::Filter::default(),
        after: None,
        limit: 200,
    };
    let page = inbox.list_page(asked).await.expect("reads");
    assert_eq!(
        page.total,
        page.rows.len() as u64,
        "the count is the list's length"
    );
    page.rows.iter().map(|row| row.id).collect()
}

/// A step that is due, the text of it, and whose it is.
struct Step {
    id: ConversationId,
    order_key: String,
    template: String,
    text: String,
}

/// Finds a step whose text has no hole.
async fn whole_step(inbox: &Inbox) -> Option<Step> {
    for id in listed(inbox).await {
        for order in inbox.conversation(id).await.ok()?.orders {
            let Some(SequenceState::Due { template, .. }) = order.sequence else {
                continue;
            };
            let order_key = order.order_key;
            let answers = Answers::new();
            let fill = inbox
                .fill(
                    id,
                    order_key.clone(),
                    template.clone(),
                    Locale::PtBr,
                    answers,
                )
                .await;
            if let Ok(Fill::Filled { text, .. }) = fill {
                return Some(Step {
                    id,
                    order_key,
                    template,
                    text,
                });
            }
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_desks_one_gets_a_step_and_done_is_done_everywhere() {
    let real = Real::start().await;
    real.sell(60, 5).await;
    let clock = Hand::at(later().timestamp_millis());
    let ana = seated(&real, &clock, None).await;
    let bia = seated(&real, &clock, Some(&real.invite().await)).await;
    let step = ana
        .until("a step", async |inbox| whole_step(inbox).await)
        .await;
    bia.until("the same step", async |inbox| {
        listed(inbox).await.contains(&step.id).then_some(())
    })
    .await;

    let take = |desk: &Desk| {
        let (inbox, order_key) = (desk.inbox.clone(), step.order_key.clone());
        async move { inbox.step_take(step.id, order_key).await }
    };
    let (first, second) = tokio::join!(take(&ana), take(&bia));
    let (winner, loser, told) = match (first, second) {
        (Ok(template), Err(told)) => {
            assert_eq!(template, step.template);
            (&ana, &bia, told)
        }
        (Err(told), Ok(template)) => {
            assert_eq!(template, step.template);
            (&bia, &ana, told)
        }
        both => panic!("one of two gets it: {both:?}"),
    };
    assert_eq!(told, Refusal::AlreadyClaimed);
    loser
        .until("the step to be gone", async |inbox| {
            (!listed(inbox).await.contains(&step.id)).then_some(())
        })
        .await;
    assert!(
        listed(&winner.inbox).await.contains(&step.id),
        "until it is done"
    );

    let asked = HandOverAsked {
        conversation_id: step.id,
        order_key: Some(step.order_key.clone()),
        template_key: Some(step.template.clone()),
        text: step.text.clone(),
        channel: Channel::Clipboard,
        step: false,
    };
    winner.hand_over(asked).await.expect("opens");
    assert!(!listed(&winner.inbox).await.contains(&step.id), "at once");
    assert_eq!(take(winner).await, Err(Refusal::NoStepDue));
    winner
        .until("the service to have it", async |inbox| {
            inbox
                .outbox()
                .await
                .expect("reads")
                .is_empty()
                .then_some(())
        })
        .await;
    assert_eq!(take(winner).await, Err(Refusal::NoStepDue));
    assert_eq!(take(loser).await, Err(Refusal::AlreadyClaimed));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_member_at_two_desks_does_a_step_once() {
    let real = Real::start().await;
    real.sell(60, 5).await;
    let clock = Hand::at(later().timestamp_millis());
    let shop = seated(&real, &clock, None).await;
    let home = seated_again(&real, &clock).await;
    let step = shop
        .until("a step", async |inbox| whole_step(inbox).await)
        .await;
    home.until("the same step", async |inbox| {
        listed(inbox).await.contains(&step.id).then_some(())
    })
    .await;
    // Both prepare it: it is hers at either desk.
    for desk in [&shop, &home] {
        let template = desk.inbox.step_take(step.id, step.order_key.clone()).await;
        assert_eq!(template.as_ref(), Ok(&step.template));
    }
    let asked = || HandOverAsked {
        conversation_id: step.id,
        order_key: Some(step.order_key.clone()),
        template_key: Some(step.template.clone()),
        text: step.text.clone(),
        channel: Channel::Clipboard,
        step: true,
    };
    let hand_over = async |desk: &Desk| desk.hand_over(asked()).await.map(|_| ());
    let (one, other) = tokio::join!(hand_over(&shop), hand_over(&home));
    let (late, refused) = match (one, other) {
        (Ok(()), Err(refused)) => (&home, refused),
        (Err(refused), Ok(())) => (&shop, refused),
        both => panic!("one of two does it: {both:?}"),
    };
    let (Refusal::StepElsewhere(told) | Refusal::StepDone(told)) = &refused else {
        panic!("{refused:?}");
    };
    let by = told.iter().find(|told| told.path == "by");
    assert_eq!(by.map(|by| by.detail.as_str()), Some("Ana"));
    late.until("the step to be gone", async |inbox| {
        (!listed(inbox).await.contains(&step.id)).then_some(())
    })
    .await;
    assert_eq!(hand_over(late).await, Err(Refusal::NoStepDue));
    let entries = real.entries().await;
    let handed = entries
        .iter()
        .filter(|entry| entry.kind == contract::kind::HANDED_OVER);
    assert_eq!(handed.count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lead_turns_a_stage_off_for_everybody() {
    let real = Real::start().await;
    real.sell(60, 5).await;
    let clock = Hand::at(later().timestamp_millis());
    let ana = seated(&real, &clock, None).await;
    let bia = seated(&real, &clock, Some(&real.invite().await)).await;
    bia.until("steps", async |inbox| {
        (!listed(inbox).await.is_empty()).then_some(())
    })
    .await;
    let mut shared = ana.inbox.sequences().await.expect("reads");
    assert_eq!(shared.version, 0);
    for stage in &mut shared.sequences.stages {
        stage.on = false;
    }
    let refused = bia.inbox.sequences_save(shared.clone()).await;
    assert_eq!(refused.err(), Some(Refusal::Forbidden));
    let saved = ana
        .inbox
        .sequences_save(shared.clone())
        .await
        .expect("saved");
    assert_eq!(saved.version, 1);
    shared.sequences.rest_days = true;
    let stale = ana.inbox.sequences_save(shared).await;
    assert_eq!(stale.err(), Some(Refusal::VersionConflict));
    for desk in [&ana, &bia] {
        desk.until("no step", async |inbox| {
            let version = inbox.sequences().await.ok()?.version;
            (version == 1 && listed(inbox).await.is_empty()).then_some(())
        })
        .await;
    }
}
