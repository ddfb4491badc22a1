//! Whether the time a proof's check takes tells anything of the right proof: Welch's t-test over interleaved measurements.
//!
//! Two classes of wrong proofs are checked in random order: those that are right up to their last byte, and random ones. If the
//! comparison stopped at the first difference, the first would take longer. A comparison that does stop there is measured
//! beside them, so that a small figure means a constant time and not a blunt instrument.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Utc;
use contract::IntegrationId;
use providers::{Context, Inbound, Provider, Secret, Settings};

use crate::report::{Figure, Report};
use crate::torture::Dice;

/// Measurements of each scheme.
const MEASURED: u32 = 2_000_000;
/// Different requests, so that nothing is learnt from meeting the same one again.
const REQUESTS: usize = 512;
/// What the two classes may differ by.
const LIMIT: f64 = 4.5;
/// The measurements that are looked at: all, and without the slowest ones, which are the machine's own.
const CROPS: [f64; 4] = [1.0, 0.99, 0.9, 0.5];

const SECRET: &str = "timing-secret-timing-secret-0123";

/// How a proof is written.
#[derive(Clone, Copy)]
enum Written {
    Hex,
    Base64,
    /// The secret itself.
    Token,
}

const SCHEMES: [(&str, &str, Written); 4] = [
    ("nuvemshop", "x-linkedstore-hmac-sha256", Written::Hex),
    ("shopify", "x-shopify-hmac-sha256", Written::Base64),
    ("unified", "x-rekuplead-signature", Written::Hex),
    ("hotmart", "x-hotmart-hottok", Written::Token),
];

/// Measures every kind of proof, and the comparison that tells.
///
/// # Errors
/// When a request cannot be made, or a wrong proof is taken.
pub fn run(report: &mut Report) -> anyhow::Result<()> {
    for (slug, header, written) in SCHEMES {
        let provider = providers::provider(slug).context("the platform is known")?;
        let requests = requests(slug, header, written)?;
        let secrets = [Secret::new(SECRET)];
        let settings = Settings::default();
        let context = Context {
            now: Utc::now(),
            integration: IntegrationId::from_u128(1),
            settings: &settings,
        };
        let check = |request: &Request| is_taken(provider, request, &secrets, &context);
        ensure!(
            !requests.iter().flatten().any(check),
            "{slug} takes a wrong proof"
        );
        let t = measure(&requests, check);
        let figure = Figure::new(t, "|t|");
        let figure = figure.aiming("below 4.5", t < LIMIT);
        report.add(&format!("trust.timing_{slug}"), figure);
    }
    let tags = tags();
    let t = measure(&tags, |(right, shown)| stops_early(right, shown));
    let figure = Figure::new(t, "|t|").aiming("above 4.5: it is seen", t >= LIMIT);
    report.add("trust.timing_if_it_told", figure);
    Ok(())
}

/// One request with a wrong proof.
struct Request {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

fn is_taken(
    provider: &dyn Provider,
    request: &Request,
    secrets: &[Secret],
    context: &Context<'_>,
) -> bool {
    let inbound = Inbound {
        query: "",
        headers: &request.headers,
        body: &request.body,
    };
    provider.verify(&inbound, secrets, context).is_ok()
}

/// Makes requests whose proofs are right but for their last byte, and as many with random ones.
fn requests(slug: &str, header: &str, written: Written) -> anyhow::Result<[Vec<Request>; 2]> {
    let mut dice = Dice(7);
    let mut classes = [Vec::new(), Vec::new()];
    for number in 0..REQUESTS {
        let body = format!("{{\"n\":\"{number:0>400}\"}}").into_bytes();
        let nonce = format!("timing-{number:08}");
        let signed = providers::sign::sign(slug, &Secret::new(SECRET), &body, Utc::now(), &nonce);
        let signed = signed.context("the platform is known")?;
        let right = signed.headers.iter().find(|(name, _)| name == header);
        let (_, right) = right.context("the proof is in its header")?;
        let near = near(right, written)?;
        let far = far(&near, written, &mut dice);
        for (class, proof) in classes.iter_mut().zip([near, far]) {
            let mut headers = signed.headers.clone();
            for (name, value) in &mut headers {
                if name == header {
                    value.clone_from(&proof);
                }
            }
            let body = body.clone();
            class.push(Request { headers, body });
        }
    }
    Ok(classes)
}

fn near(right: &str, written: Written) -> anyhow::Result<String> {
    let mut bytes = match written {
        Written::Base64 => STANDARD.decode(right)?,
        Written::Hex | Written::Token => right.as_bytes().to_vec(),
    };
    let last = bytes.last_mut().context("the proof is not empty")?;
    *last = match (written, *last) {
        (Written::Base64, last) => last ^ 1,
        (_, b'0') => b'1',
        _ => b'0',
    };
    Ok(match written {
        Written::Base64 => STANDARD.encode(bytes),
        Written::Hex | Written::Token => String::from_utf8(bytes)?,
    })
}

/// Writes random bytes in the same form and length.
fn far(near: &str, written: Written, dice: &mut Dice) -> String {
    let alphabet: &[u8] = match written {
        Written::Hex => b"0123456789abcdef",
        Written::Token => b"abcdefghijklmnopqrstuvwxyz-0123456789",
        Written::Base64 => {
            let bytes: Vec<u8> = (0..32).map(|_| chance(dice, 256) as u8).collect();
            return STANDARD.encode(bytes);
        }
    };
    let drawn = near
        .bytes()
        .filter_map(|_| alphabet.get(chance(dice, alphabet.len())).copied());
    drawn.map(char::from).collect()
}

fn chance(dice: &mut Dice, bound: usize) -> usize {
    usize::try_from(dice.below(bound as u64)).unwrap_or(0)
}

/// Makes pairs of a right tag and a shown one, for the comparison that tells.
fn tags() -> [Vec<([u8; 32], [u8; 32])>; 2] {
    let mut dice = Dice(11);
    let mut random = || std::array::from_fn(|_| dice.below(256) as u8);
    let mut classes = [Vec::new(), Vec::new()];
    let [near, far] = &mut classes;
    for _ in 0..REQUESTS {
        let right: [u8; 32] = random();
        let mut shown = right;
        if let Some(last) = shown.last_mut() {
            *last ^= 1;
        }
        near.push((right, shown));
        far.push((right, random()));
    }
    classes
}

/// Compares as `==` may: byte by byte, until one differs.
fn stops_early(right: &[u8; 32], shown: &[u8; 32]) -> bool {
    right
        .iter()
        .zip(shown)
        .all(|(one, other)| black_box(one) == black_box(other))
}

/// Checks requests of both classes in random order; returns the largest |t| over the crops.
fn measure<T>(classes: &[Vec<T>; 2], check: impl Fn(&T) -> bool) -> f64 {
    let mut dice = Dice(23);
    let mut taken: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
    let warming = MEASURED / 20;
    for round in 0..MEASURED + warming {
        let class = chance(&mut dice, 2);
        let index = chance(&mut dice, REQUESTS);
        let (Some(requests), Some(times)) = (classes.get(class), taken.get_mut(class)) else {
            continue;
        };
        let Some(request) = requests.get(index) else {
            continue;
        };
        let begun = Instant::now();
        black_box(check(black_box(request)));
        let nanos = begun.elapsed().as_nanos();
        if round >= warming {
            times.push(u32::try_from(nanos).unwrap_or(u32::MAX));
        }
    }
    let mut all: Vec<u32> = taken.iter().flatten().copied().collect();
    all.sort_unstable();
    let figures = CROPS.map(|crop| {
        let last = (all.len() as f64 * crop) as usize;
        let most = all.get(last.saturating_sub(1)).copied().unwrap_or(u32::MAX);
        let [near, far] = &taken;
        welch(near, far, most).abs()
    });
    figures.into_iter().fold(0.0, f64::max)
}

/// Returns Welch's t of two samples, of which only what took at most so long counts.
fn welch(one: &[u32], other: &[u32], most: u32) -> f64 {
    let (one, other) = (Moments::of(one, most), Moments::of(other, most));
    let error = (one.variance / one.count + other.variance / other.count).sqrt();
    if error > 0.0 {
        (one.mean - other.mean) / error
    } else {
        0.0
    }
}

struct Moments {
    count: f64,
    mean: f64,
    variance: f64,
}

impl Moments {
    fn of(sample: &[u32], most: u32) -> Self {
        let (mut count, mut mean, mut squares) = (0.0, 0.0, 0.0);
        for value in sample.iter().filter(|value| **value <= most) {
            let value = f64::from(*value);
            count += 1.0;
            let off = value - mean;
            mean += off / count;
            squares += off * (value - mean);
        }
        Self {
            count,
            mean,
            variance: if count > 1.0 {
                squares / (count - 1.0)
            } else {
                0.0
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{SCHEMES, welch};

    #[test]
    fn a_difference_is_told_from_noise() {
        // Means 3 and 6, variances 2.5 and 10, five of each: t = -3 / sqrt(2.5).
        let (one, other) = ([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]);
        let t = welch(&one, &other, u32::MAX);
        assert!((t + 3.0 / 2.5_f64.sqrt()).abs() < 1e-12, "{t}");
        assert!(welch(&one, &one, u32::MAX).abs() < f64::EPSILON);
        // What took longer than the crop does not count.
        let slow = [one.as_slice(), &[90_000]].concat();
        assert!((welch(&slow, &other, 1_000) - t).abs() < f64::EPSILON);
    }

    #[test]
    fn both_classes_are_wrong_and_alike_in_form() {
        for (slug, header, written) in SCHEMES {
            let [near, far] = super::requests(slug, header, written).unwrap();
            for (near, far) in near.iter().zip(&far) {
                let proof = |request: &super::Request| {
                    let found = request.headers.iter().find(|(name, _)| name == header);
                    found.expect("it has its proof").1.clone()
                };
                assert_eq!(proof(near).len(), proof(far).len(), "{slug}");
                assert_ne!(proof(near), proof(far), "{slug}");
            }
        }
    }
}
