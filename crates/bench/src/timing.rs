//! Whether the time a proof's check takes tells anything of the right proof: Welch's t-test over interleaved measurements.
//!
//! Two classes of wrong proofs are checked in random order: those that are right up to their last byte, and those that were so
//! for another request. Both classes show the same proofs and hold the same bodies and secrets, only put together otherwise,
//! and each is checked from the same place in memory: what is left to differ is how far the proof agrees. If the comparison
//! stopped at the first difference, the first class would take longer. A comparison that does stop there is measured beside
//! them, so that a small figure means a constant time and not a blunt instrument.

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
        let settings = Settings::default();
        let context = Context {
            now: Utc::now(),
            integration: IntegrationId::from_u128(1),
            settings: &settings,
        };
        let check = |request: &Request| is_taken(provider, request, &context);
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

/// One request with a wrong proof, and the secret it is checked with.
#[derive(Clone)]
struct Request {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    secrets: [Secret; 1],
}

/// Something that can be laid where another of its kind lies.
trait Lay: Clone {
    fn lay(&mut self, other: &Self);
}

impl Lay for Request {
    fn lay(&mut self, other: &Self) {
        for ((_, kept), (_, laid)) in self.headers.iter_mut().zip(&other.headers) {
            kept.clone_from(laid);
        }
        self.body.clone_from(&other.body);
        self.secrets.clone_from(&other.secrets);
    }
}

/// A right tag and a shown one.
type Tags = ([u8; 32], [u8; 32]);

impl Lay for Tags {
    fn lay(&mut self, other: &Self) {
        *self = *other;
    }
}

fn is_taken(provider: &dyn Provider, request: &Request, context: &Context<'_>) -> bool {
    let inbound = Inbound {
        query: "",
        headers: &request.headers,
        body: &request.body,
    };
    provider.verify(&inbound, &request.secrets, context).is_ok()
}

/// Makes requests whose proofs are right but for their last byte, and the same with each other's proofs.
fn requests(slug: &str, header: &str, written: Written) -> anyhow::Result<[Vec<Request>; 2]> {
    let mut near = Vec::with_capacity(REQUESTS);
    for number in 0..REQUESTS {
        near.push(request(slug, header, written, number)?);
    }
    let mut far = near.clone();
    for (request, other) in far.iter_mut().zip(near.iter().cycle().skip(1)) {
        *proof_mut(request, header)? = proof(other, header)?.to_owned();
    }
    Ok([near, far])
}

fn request(slug: &str, header: &str, written: Written, number: usize) -> anyhow::Result<Request> {
    let body = format!("{{\"n\":\"{number:0>400}\"}}").into_bytes();
    let nonce = format!("timing-{number:08}");
    // Where the proof is the secret itself, each request has its own.
    let mut dice = Dice(u64::try_from(number)?);
    let secret = match written {
        Written::Token => token(&mut dice),
        Written::Hex | Written::Base64 => SECRET.to_owned(),
    };
    let signed = providers::sign::sign(
        slug,
        &Secret::new(secret.as_str()),
        &body,
        Utc::now(),
        &nonce,
    );
    let mut request = Request {
        headers: signed.context("the platform is known")?.headers,
        body,
        secrets: [Secret::new(secret.as_str())],
    };
    let shown = proof_mut(&mut request, header)?;
    *shown = near(shown, written)?;
    Ok(request)
}

fn token(dice: &mut Dice) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyz-0123456789";
    let drawn = SECRET
        .bytes()
        .filter_map(|_| letters.get(chance(dice, letters.len())).copied());
    drawn.map(char::from).collect()
}

fn proof<'a>(request: &'a Request, header: &str) -> anyhow::Result<&'a str> {
    let mut headers = request.headers.iter();
    let found = headers.find(|(name, _)| name == header);
    Ok(&found.context("the proof is in its header")?.1)
}

fn proof_mut<'a>(request: &'a mut Request, header: &str) -> anyhow::Result<&'a mut String> {
    let mut headers = request.headers.iter_mut();
    let found = headers.find(|(name, _)| name == header);
    Ok(&mut found.context("the proof is in its header")?.1)
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

fn chance(dice: &mut Dice, bound: usize) -> usize {
    usize::try_from(dice.below(bound as u64)).unwrap_or(0)
}

/// Makes pairs of a right tag and a shown one, for the comparison that tells.
fn tags() -> [Vec<Tags>; 2] {
    let mut dice = Dice(11);
    let mut random = || std::array::from_fn(|_| dice.below(256) as u8);
    let near: Vec<Tags> = std::iter::repeat_with(|| {
        let right: [u8; 32] = random();
        let mut shown = right;
        if let Some(last) = shown.last_mut() {
            *last ^= 1;
        }
        (right, shown)
    })
    .take(REQUESTS)
    .collect();
    let others = near.iter().cycle().skip(1);
    let far = near.iter().zip(others);
    let far = far
        .map(|((right, _), (_, shown))| (*right, *shown))
        .collect();
    [near, far]
}

/// Compares as `==` may: byte by byte, until one differs.
fn stops_early(right: &[u8; 32], shown: &[u8; 32]) -> bool {
    right
        .iter()
        .zip(shown)
        .all(|(one, other)| black_box(one) == black_box(other))
}

/// Checks requests of both classes in random order; returns the largest |t| over the crops.
fn measure<T: Lay>(classes: &[Vec<T>; 2], check: impl Fn(&T) -> bool) -> f64 {
    let mut dice = Dice(23);
    let Some(mut laid) = classes.iter().flatten().next().cloned() else {
        return f64::INFINITY;
    };
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
        laid.lay(request);
        let begun = Instant::now();
        black_box(check(black_box(&laid)));
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
    use std::collections::BTreeSet;

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
    fn the_classes_differ_only_in_what_is_put_together() {
        for (slug, header, written) in SCHEMES {
            let [near, far] = super::requests(slug, header, written).unwrap();
            let proofs = |class: &[super::Request]| -> BTreeSet<String> {
                let proof = |request| super::proof(request, header).unwrap().to_owned();
                class.iter().map(proof).collect()
            };
            assert_eq!(proofs(&near), proofs(&far), "{slug}");
            for (near, far) in near.iter().zip(&far) {
                let [near_shown, far_shown] =
                    [near, far].map(|one| super::proof(one, header).unwrap());
                assert_eq!(near_shown.len(), far_shown.len(), "{slug}");
                assert_ne!(near_shown, far_shown, "{slug}");
                assert_eq!(near.body, far.body, "{slug}");
            }
        }
    }
}
