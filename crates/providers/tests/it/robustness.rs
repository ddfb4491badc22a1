//! Broken bytes end in a named error or a reading, quickly, and no error shows what stood in the body.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use contract::Status;
use providers::{Inbound, Reading, Secret, Unreadable};

use crate::case::{self, Case};

/// How many broken forms of each fixture are tried.
const BREAKAGES: usize = 3000;

/// Longest a single body may take to be refused or read, in a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(2);

/// A small generator of numbers (`SplitMix64`), seeded so that a failure can be had again.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll()).unwrap_or(usize::MAX) % limit.max(1)
    }
}

/// One test a platform, so that they run side by side.
macro_rules! broken_fixtures_never_panic_nor_approve {
    ($($slug:ident)*) => {
        mod broken_fixtures {
            $(#[test]
            fn $slug() {
                super::break_fixtures_of(stringify!($slug));
            })*
        }

        /// The platforms whose fixtures are broken.
        const BROKEN: &[&str] = &[$(stringify!($slug)),*];
    };
}

broken_fixtures_never_panic_nor_approve! {
    kiwify hotmart shopify nuvemshop yampi cartpanda vega luna zedy adorei iset cart_abandonment unified custom
}

#[test]
fn every_platform_has_its_fixtures_broken() {
    let all: Vec<&str> = providers::all().iter().map(|one| one.slug()).collect();
    assert_eq!(BROKEN, all);
}

/// Fixtures in which the platform itself says approved in one place, and something beside it keeps that from counting, or the whole
/// from being read: as long as these texts are whole, no break makes an approval of them.
const OUTWEIGHED: &[(&str, &[&str], &str)] = &[
    (
        "cartpanda/order_chargeback_by_state",
        &[r#""chargeback_received":1"#],
        "paid, with a chargeback told beside it",
    ),
    (
        "cartpanda/order_paid_but_pending",
        &[r#""payment_status":1,"#],
        "the event tells of a payment, the state does not yet",
    ),
    (
        "cartpanda/refund_of_all_lines",
        &[
            r#""event":"order.refunded""#,
            r#""total_price":"147,50""#,
            r#""price":97,"quantity":1,"is_refunded":1}"#,
            r#""price":50.5,"quantity":2,"refunded_quantity":2}"#,
        ],
        "paid; how much was given back decides whether all was",
    ),
    (
        "cartpanda/refund_partial_then_rest",
        &[
            r#""event":"order.refunded""#,
            r#""total_price":"147,50""#,
            r#""total_amount":"47,50","status_id":"Refunded"},{"id":2,"total_amount":100}"#,
        ],
        "paid; how much was given back decides whether all was",
    ),
    (
        "cartpanda/other_shop",
        &[r#""shop":{"id":900001,"slug":"loja-exemplo","#],
        "paid at another shop; a body that names none is taken for the account's",
    ),
    (
        "custom/member_twice",
        &[r#""status": "paid", "status": "waiting_pix""#],
        "two statuses, of which one is paid",
    ),
    (
        "hotmart/pulled_transaction_absent",
        &[r#""transaction": null"#],
        "approved, of a sale without a number",
    ),
    (
        "kiwify/customer_wrong_type",
        &[r#""Customer": "Rita""#],
        "paid, by a customer of the wrong type",
    ),
    (
        "custom/ignored_event",
        &[r#""type": "shipment.posted""#],
        "the status says paid; the event's word is listed as ignored",
    ),
    (
        "kiwify/subscription_canceled",
        &[r#""webhook_event_type": "subscription_canceled""#],
        "the last order was paid; the event tells the end",
    ),
    (
        "nuvemshop/pulled_cancelled_while_paid",
        &[r#""status": "cancelled""#],
        "paid, and cancelled by another word beside it",
    ),
    (
        "yampi/other_shop",
        &[r#""merchant":{"id":98765,"alias":"loja-exemplo"}"#],
        "paid at another shop; a body that names none is taken for the account's",
    ),
];

/// A broken body is read, refused by name or left unmapped. It never says approved where the whole one did not: no approval
/// comes of a word nobody knows, a field that is gone or a type that is wrong.
fn break_fixtures_of(slug: &str) {
    let (mut failures, mut tipped) = (Vec::new(), BTreeSet::new());
    for case in case::of(slug) {
        let mut dice = Dice(seed(&case.name));
        let may_approve = approves(&case.normalise(case.body()));
        let label = case.label();
        let excuse = OUTWEIGHED.iter().find(|(known, ..)| *known == label);
        for _ in 0..BREAKAGES {
            let body = broken(case.body(), &mut dice);
            if !approves(&check(&case, &body)) || may_approve {
                continue;
            }
            tipped.insert(label.clone());
            let text = String::from_utf8_lossy(&body);
            let is_outweighed =
                excuse.is_none_or(|(_, by, _)| by.iter().all(|by| text.contains(by)));
            if is_outweighed {
                failures.push(format!("{label} reads as approved: {text}"));
            }
        }
    }
    let own = OUTWEIGHED
        .iter()
        .filter(|(label, ..)| label.split('/').next() == Some(slug));
    for (label, _, why) in own {
        if !tipped.contains(*label) {
            failures.push(format!("{label} needs no excuse any more ({why})"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Makes a seed of a fixture's name, so that its breakages stay the same whatever fixtures stand beside it.
pub(crate) fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn approves(reading: &Result<Reading, Unreadable>) -> bool {
    let drafts = match reading {
        Ok(Reading::Events(drafts) | Reading::Notice { drafts, .. }) => drafts.as_slice(),
        _ => &[],
    };
    drafts
        .iter()
        .any(|draft| draft.stage.status() == Status::Approved)
}

#[test]
fn hostile_bodies_are_refused_by_name() {
    let nested = |open: &str, count: usize| open.repeat(count).into_bytes();
    let mib = 1 << 20;
    let bodies = [
        Vec::new(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"{}".to_vec(),
        b"\xff\xfe".to_vec(),
        b"{\"order\":\"\xed\xa0\x80\"}".to_vec(),
        nested("[", mib),
        nested("{\"data\":", mib / 8),
        nested("{\"order\":[", mib / 10),
        nested("[],", mib / 3),
        nested("\\", mib),
        nested("\"", mib),
        nested("\"a\\", mib / 3),
        nested("&hottok=", mib / 8),
        vec![b' '; mib + 1],
        br#"{"order_id":1e999,"externalId":1e999,"id":1e999}"#.to_vec(),
        br#"{"externalId":"1","externalId":"2","status":"approved"}"#.to_vec(),
    ];
    let cases = case::all();
    for provider in providers::all() {
        let case = cases
            .iter()
            .find(|case| case.slug == provider.slug())
            .expect("every platform has fixtures");
        for body in &bodies {
            drop(check(case, body));
        }
    }
}

/// Reads, verifies and strips; judges the time taken and the error's text.
fn check(case: &Case, body: &[u8]) -> Result<Reading, Unreadable> {
    let started = Instant::now();
    let headers = case.headers();
    let inbound = Inbound {
        query: &case.request.query,
        headers: &headers,
        body,
    };
    let provider = case.provider();
    let stripped = provider.strip(&inbound).into_owned();
    assert!(stripped.len() <= body.len(), "{}", case.label());
    drop(provider.delivery_key_with(&inbound, case.settings()));
    drop(case.verify(&inbound, &[Secret::new(*b"another")]));
    let reading = case.normalise(body);
    if let Err(error) = &reading {
        check_error(case, error);
    }
    let taken = started.elapsed();
    assert!(taken < PATIENCE, "{}: {taken:?}", case.label());
    reading
}

fn check_error(case: &Case, error: &Unreadable) {
    assert!(!error.code.is_empty() && !error.path.is_empty(), "{error}");
    let shown = error.to_string();
    for marker in [
        "Rita",
        "Mariana",
        "Renato",
        "Beatriz",
        "example.com",
        "90000",
        "00020101",
    ] {
        assert!(!shown.contains(marker), "{}: {shown}", case.label());
    }
}

/// Breaks a body in one of the ways networks, proxies and strangers do.
pub(crate) fn broken(body: &[u8], dice: &mut Dice) -> Vec<u8> {
    const PIECES: [&[u8]; 16] = [
        b"null",
        b"{}",
        b"[]",
        b"\"\"",
        b"true",
        b"-1",
        b"1e400",
        b"99999999999999999999",
        b"\\u0000",
        b"\\ud800",
        b"\xff",
        b"\"",
        b"{",
        b"}",
        b",",
        b"[[[[[[[[",
    ];
    let mut body = body.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(body.len());
        let length = dice.below(40).min(body.len().saturating_sub(at));
        match dice.below(6) {
            0 => body.truncate(at),
            1 => drop(body.drain(at..at + length)),
            2 => {
                if let Some(byte) = body.get_mut(at) {
                    *byte = u8::try_from(dice.below(256)).unwrap_or_default();
                }
            }
            3 => {
                let piece: Vec<u8> = body.iter().skip(at).take(length).copied().collect();
                let to = dice.below(body.len());
                drop(body.splice(to..to, piece));
            }
            4 => {
                let piece = PIECES
                    .get(dice.below(PIECES.len()))
                    .copied()
                    .unwrap_or_default();
                drop(body.splice(at..at, piece.iter().copied()));
            }
            _ => replace_value(
                &mut body,
                at,
                PIECES
                    .get(dice.below(PIECES.len()))
                    .copied()
                    .unwrap_or_default(),
            ),
        }
    }
    body
}

/// Puts other bytes in the place of the value behind the next colon, so that types change and the rest stays sound.
fn replace_value(body: &mut Vec<u8>, from: usize, piece: &[u8]) {
    let colon = body.iter().skip(from).position(|byte| *byte == b':');
    let Some(start) = colon.map(|colon| from + colon + 1) else {
        return;
    };
    let length = body
        .iter()
        .skip(start)
        .position(|byte| matches!(byte, b',' | b'}'))
        .unwrap_or_default();
    drop(body.splice(start..start + length, piece.iter().copied()));
}
