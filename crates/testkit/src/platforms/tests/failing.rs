//! What goes wrong on demand is what a reader is told of it; a listing goes on from its cursor's text alone.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use providers::pull::{Kind, Trouble};

use super::{Plan, Platform, Reader, every, id, window};
use crate::platforms::State;

fn kind(reader: &Reader) -> Kind {
    reader.puller.kinds()[0]
}

fn first(reader: &Reader, plan: &Plan) -> String {
    let first = reader
        .puller
        .first(&reader.account(), kind(reader), window(plan));
    first.expect("all is set up")
}

#[test]
fn every_fault_has_its_trouble() {
    let plan = Plan::default();
    for platform in every(&plan) {
        let slug = platform.slug();
        let mut reader = Reader::of(&platform, plan.time_scale);
        reader.sign_in();
        let (kind, cursor) = (kind(&reader), first(&reader, &plan));
        platform.refuse(Some(401));
        assert_eq!(
            reader.page(kind, &cursor),
            Err(Trouble::Unauthorised),
            "{slug}"
        );
        platform.refuse(Some(403));
        assert_eq!(
            reader.page(kind, &cursor),
            Err(Trouble::Forbidden),
            "{slug}"
        );
        platform.refuse(None);
        platform.fail(2, 503);
        for _ in 0..2 {
            assert_eq!(
                reader.page(kind, &cursor),
                Err(Trouble::Failed(503)),
                "{slug}"
            );
        }
        platform.break_json(1);
        let broken = reader.page(kind, &cursor);
        assert!(
            matches!(broken, Err(Trouble::Unreadable(_))),
            "{slug}: {broken:?}"
        );
        platform.slow_down(Duration::from_millis(60));
        let asked = Instant::now();
        reader.page(kind, &cursor).expect("late, but a page");
        assert!(asked.elapsed() >= Duration::from_millis(60), "{slug}");
    }
}

#[test]
fn wrong_credentials_are_refused() {
    for platform in every(&Plan::default()) {
        let slug = platform.slug();
        let mut reader = Reader::of(&platform, 100);
        for value in reader.credentials.values_mut() {
            value.push('x');
        }
        reader.token = Some("dead".to_owned());
        let signing = reader.puller.sign_in(&reader.account());
        let trouble = match signing.expect("all is set up") {
            Some(request) => {
                let told = reader.send(&request);
                let signed = reader
                    .puller
                    .signed_in(&told.response(), chrono::Utc::now());
                signed.expect_err("nobody is let in")
            }
            None => {
                let cursor = first(&reader, &Plan::default());
                let page = reader.page(kind(&reader), &cursor);
                page.expect_err("nothing is shown")
            }
        };
        assert_eq!(trouble, Trouble::Unauthorised, "{slug}");
    }
}

#[test]
fn a_token_that_died_is_worth_one_more_sign_in() {
    let plan = Plan::default();
    for platform in every(&plan) {
        let mut reader = Reader::of(&platform, plan.time_scale);
        reader.sign_in();
        if reader.token.is_none() {
            continue;
        }
        let (kind, cursor) = (kind(&reader), first(&reader, &plan));
        platform.end_tokens();
        let slug = platform.slug();
        assert_eq!(
            reader.page(kind, &cursor),
            Err(Trouble::Unauthorised),
            "{slug}"
        );
        reader.sign_in();
        reader.page(kind, &cursor).expect("a page");
        assert_eq!(platform.seen().sign_ins, 2, "{slug}");
    }
}

#[test]
fn a_second_token_is_refused_while_the_first_lives() {
    let platform = Platform::iset(Plan::default());
    let mut reader = Reader::of(&platform, 100);
    reader.sign_in();
    let request = reader.puller.sign_in(&reader.account());
    let told = reader.send(&request.expect("all is set up").expect("a sign-in"));
    let signed = reader
        .puller
        .signed_in(&told.response(), chrono::Utc::now());
    assert_eq!(signed.err(), Some(Trouble::Forbidden));
}

#[test]
fn who_comes_too_fast_is_told_how_long_to_wait() {
    let platform = Platform::shopify(Plan {
        time_scale: 1,
        ..Plan::default()
    });
    // A clock so fast that the reader does not wait.
    let mut reader = Reader::of(&platform, 1_000_000);
    let cursor = first(&reader, &Plan::default());
    let refused = (0..60).find_map(|_| reader.page(Kind::Orders, &cursor).err());
    let Some(Trouble::TooFast(Some(wait))) = refused else {
        panic!("not refused: {refused:?}");
    };
    assert!(wait <= Duration::from_secs(2), "{wait:?}");
    let seen = platform.seen();
    assert_eq!((seen.too_fast, seen.allowed), (1, 40));
    assert!(seen.peak > 40, "{seen:?}");
}

#[test]
fn an_order_is_hidden_for_a_while_and_changes() {
    for platform in every(&Plan::default()) {
        let slug = platform.slug();
        let mut reader = Reader::of(&platform, 100);
        reader.sign_in();
        platform.hide(3, 1);
        let mut fetch = || {
            let asked = reader
                .puller
                .order(&reader.account(), &platform.order_id(3));
            let told = reader.send(&asked.expect("all is set up"));
            reader.puller.read_order(&told.response())
        };
        assert_eq!(fetch().err(), Some(Trouble::NotFound), "{slug}");
        let before = fetch().expect("it is there now");
        platform.mark(3, State::Refunded, chrono::Utc::now());
        let after = fetch().expect("it is there still");
        assert!(before.body != after.body, "{slug}");
        assert_eq!(platform.seen().fetches, [3, 3, 3], "{slug}");
    }
}

#[test]
fn a_listing_goes_on_from_its_cursor() {
    let plan = Plan {
        orders: 300,
        time_scale: 1_000,
        ..Plan::default()
    };
    for platform in every(&plan) {
        let slug = platform.slug();
        let mut ids = BTreeSet::new();
        let mut token = None;
        let mut cursor = None;
        loop {
            // Nothing but the cursor's text and the token outlives a page.
            let mut reader = Reader::of(&platform, plan.time_scale);
            reader.token = token.take();
            if reader.token.is_none() {
                reader.sign_in();
            }
            let kind = kind(&reader);
            let at = cursor.unwrap_or_else(|| first(&reader, &plan));
            let page = reader.page(kind, &at).expect("a page");
            ids.extend(page.pulled.iter().map(|pulled| id(slug, &pulled.body)));
            token = reader.token.take();
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        let known: BTreeSet<String> = platform.order_ids().into_iter().collect();
        assert!(ids == known, "{slug}: {} of {}", ids.len(), known.len());
    }
}
