//! Whether the time a proof's check takes tells anything of the right proof: Welch's t-test over interleaved measurements.
//!
//! Two classes of wrong proofs are checked in random order: those that are right up to their last byte, and those that were so
//! for another request. Both classes are put together from the same bodies, secrets and proofs, in the same place in memory:
//! what is left to differ is how far the proof agrees. If the comparison
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
            !put_together(&requests).any(|request| check(&request)),
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
    /// Which header the proof is in.
    proof: usize,
    body: Vec<u8>,
    secrets: [Secret; 1],
}

/// Something that can be laid where another of its kind lies, with the proof that a third one shows.
trait Lay: Clone {
    fn lay(&mut self, own: &Self, shown: &Self);
}

impl Lay for Request {
    fn lay(&mut self, own: &Self, shown: &Self) {
        for (place, (_, kept)) in self.headers.iter_mut().enumerate() {
            let from = if place == own.proof { shown } else { own };
            if let Some((_, laid)) = from.headers.get(place) {
                kept.clone_from(laid);
            }
        }
        self.body.clone_from(&own.body);
        self.secrets.clone_from(&own.secrets);
    }
}

/// A right tag and a shown one.
type Tags = ([u8; 32], [u8; 32]);

impl Lay for Tags {
    fn lay(&mut self, own: &Self, shown: &Self) {
        *self = (own.0, shown.1);
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

/// Makes requests whose proofs are right but for their last byte.
fn requests(slug: &str, header: &str, written: Written) -> anyhow::Result<Vec<Request>> {
    (0..REQUESTS)
        .map(|number| request(slug, header, written, number))
        .collect()
}

/// Puts both classes together: each with its own proof and with its neighbour's.
fn put_together<T: Lay>(all: &[T]) -> impl Iterator<Item = T> {
    all.iter()
        .zip(all.iter().cycle().skip(1))
        .flat_map(|(own, next)| {
            [own, next].map(|shown| {
                let mut laid = own.clone();
                laid.lay(own, shown);
                laid
            })
        })
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
    let headers = signed.context("the platform is known")?.headers;
    let proof = headers.iter().position(|(name, _)| name == header);
    let mut request = Request {
        headers,
        proof: proof.context("the proof is in its header")?,
        body,
        secrets: [Secret::new(secret.as_str())],
    };
    if let Some((_, shown)) = request.headers.get_mut(request.proof) {
        *shown = near(shown, written)?;
    }
    Ok(request)
}

fn token(dice: &mut Dice) -> String {
    let letters = b"abcdefghijklmnopqrstuvwxyz-0123456789";
    let drawn = SECRET
        .bytes()
        .filter_map(|_| letters.get(chance(dice, letters.len())).copied());
    drawn.map(char::from).collect()
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
fn tags() -> Vec<Tags> {
    let mut dice = Dice(11);
    std::iter::repeat_with(|| {
        let right: [u8; 32] = std::array::from_fn(|_| dice.below(256) as u8);
        let mut shown = right;
        if let Some(last) = shown.last_mut() {
            *last ^= 1;
        }
        (right, shown)
    })
    .take(REQUESTS)
    .collect()
}

/// Compares as `==` may: byte by byte, until one differs.
fn stops_early(right: &[u8; 32], shown: &[u8; 32]) -> bool {
    right
        .iter()
        .zip(shown)
        .all(|(one, other)| black_box(one) == black_box(other))
}

/// Checks requests of both classes in random order; returns the largest |t| over the crops.
fn measure<T: Lay>(all: &[T], check: impl Fn(&T) -> bool) -> f64 {
    let mut dice = Dice(23);
    let Some(mut laid) = all.first().cloned() else {
        return f64::INFINITY;
    };
    let mut taken: [Vec<u32>; 2] = [Vec::new(), Vec::new()];
    let warming = MEASURED / 20;
    for round in 0..MEASURED + warming {
        let class = chance(&mut dice, 2);
        let index = chance(&mut dice, REQUESTS);
        let pair = [index, (index + 1) % REQUESTS].map(|index| all.get(index));
        let (&[Some(own), Some(next)], Some(times)) = (&pair, taken.get_mut(class)) else {
            continue;
        };
        // Both proofs are touched, whichever is shown, and no branch tells the processor which it is.
        let [last, first] = [[own, next], [next, own]].map(|shown| shown.into_iter().nth(class));
        let (Some(first), Some(last)) = (first, last) else {
            continue;
        };
        laid.lay(own, first);
        laid.lay(own, last);
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
            let all = super::requests(slug, header, written).unwrap();
            let all: Vec<super::Request> = super::put_together(&all).collect();
            let shown = |one: &super::Request| one.headers[one.proof].1.clone();
            let proofs = |class: usize| -> BTreeSet<String> {
                all.iter().skip(class).step_by(2).map(shown).collect()
            };
            assert_eq!(proofs(0), proofs(1), "{slug}");
            for pair in all.chunks(2) {
                let [near, far] = pair else {
                    panic!("an odd number")
                };
                let (near_shown, far_shown) = (shown(near), shown(far));
                assert_eq!(near_shown.len(), far_shown.len(), "{slug}");
                assert_ne!(near_shown, far_shown, "{slug}");
                assert_eq!(near.body, far.body, "{slug}");
            }
        }
    }
}
