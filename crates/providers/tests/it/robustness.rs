//! Broken bytes end in a named error or a reading, quickly, and no error shows what stood in the body.

use std::time::{Duration, Instant};

use contract::Status;
use providers::{Inbound, Reading, Secret, Unreadable};

use crate::case::{self, Case};

/// How many broken forms of each fixture are tried.
const BREAKAGES: usize = 3000;

/// Longest a single body may take to be refused or read, in a build without optimisation.
const PATIENCE: Duration = Duration::from_secs(2);

/// A small generator of numbers (`SplitMix64`), seeded so that a failure can be had again.
struct Dice(u64);

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

/// Fixtures that read as approved once the right byte breaks, though they did not before. In each the platform itself says
/// approved in one place, and something else in the body kept that from counting; where that breaks, what it says remains.
const SAYS_APPROVED_BENEATH: &[(&str, &str)] = &[
    (
        "cartpanda/order_chargeback_by_state",
        "paid, with a chargeback told beside it",
    ),
    (
        "cartpanda/order_paid_but_pending",
        "the event tells of a payment, the state does not yet",
    ),
    (
        "cartpanda/refund_of_all_lines",
        "paid; how much was given back decides whether all was",
    ),
    (
        "cartpanda/refund_partial_then_rest",
        "paid; how much was given back decides whether all was",
    ),
    (
        "custom/ignored_event",
        "the status says paid; the event's word is listed as ignored",
    ),
    (
        "kiwify/subscription_canceled",
        "the last order was paid; the event tells the end",
    ),
    (
        "nuvemshop/pulled_cancelled_while_paid",
        "paid, and cancelled by a date beside it",
    ),
];

/// A broken body is read, refused by name or left unmapped. It never says approved where the whole one did not: no approval
/// comes of a word nobody knows, a field that is gone or a type that is wrong. Fixtures that cannot be read at all are left out
/// of this, since a break may mend them.
fn break_fixtures_of(slug: &str) {
    let mut tipped = Vec::new();
    for case in case::of(slug) {
        let mut dice = Dice(seed(&case.name));
        let whole = case.normalise(case.body());
        let may_approve = whole.is_err() || approves(&whole);
        for _ in 0..BREAKAGES {
            let body = broken(case.body(), &mut dice);
            let reading = check(&case, &body);
            if approves(&reading) && !may_approve {
                tipped.push((case.label(), body));
            }
        }
    }
    let excused = |label: &str| {
        SAYS_APPROVED_BENEATH
            .iter()
            .any(|(known, _)| *known == label)
    };
    let mut failures: Vec<String> = tipped
        .iter()
        .filter(|(label, _)| !excused(label))
        .map(|(label, body)| {
            format!(
                "{label} reads as approved: {}",
                String::from_utf8_lossy(body)
            )
        })
        .collect();
    let own = SAYS_APPROVED_BENEATH
        .iter()
        .filter(|(label, _)| label.split('/').next() == Some(slug));
    for (label, why) in own {
        if tipped.iter().all(|(known, _)| known != label) {
            failures.push(format!("{label} needs no excuse any more ({why})"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Makes a seed of a fixture's name, so that its breakages stay the same whatever fixtures stand beside it.
fn seed(name: &str) -> u64 {
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
fn broken(body: &[u8], dice: &mut Dice) -> Vec<u8> {
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
