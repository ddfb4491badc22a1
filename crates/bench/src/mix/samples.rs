//! The samples of every platform: the repository's fixtures that a service takes and understands, made new again and again.
//!
//! A sample keeps its shape and its words; what makes two deliveries the same one is changed: the order's id, the platform's
//! number of the delivery, and the proof.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use chrono::Utc;
use contract::IntegrationId;
use providers::{Context, Inbound, Proof, Provider, Reading, Secret, Settings};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::load;
use crate::service::Service;

const SECRET: &str = "bench-secret-bench-secret";
/// Where the numbers of made ids begin, so that all have as many digits.
const FIRST: usize = 1_000_000;

/// All samples of one platform.
pub(super) struct Sampled {
    pub(super) slug: &'static str,
    pub(super) samples: Vec<Sample>,
    made: usize,
}

/// One sample, and where it is sent to.
pub(super) struct Sample {
    provider: &'static dyn Provider,
    settings: Settings,
    secret: Secret,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    /// What is replaced by something new.
    own: Vec<String>,
    path: String,
}

/// A fixture, as far as it is needed here.
#[derive(Deserialize)]
struct Case {
    request: Option<Sent>,
    secrets: Vec<String>,
    #[serde(default)]
    settings: Value,
}

/// A request; in a fixture, or made of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Sent {
    query: String,
    headers: BTreeMap<String, String>,
    body_text: String,
}

/// Tells whether an event asks for a customer's data, for its erasing, or takes the source away: no sale, and of a cost that grows
/// with what the one buyer of all samples has bought.
fn asks_by_law(event: &str) -> bool {
    event.ends_with("/redact") || event.ends_with("/data_request") || event.starts_with("app/")
}

/// Reads every platform's samples, and makes the sources they are sent to.
///
/// # Errors
/// When the service refuses a source, or a platform has no sample.
pub(super) async fn all(service: &Service) -> anyhow::Result<Vec<Sampled>> {
    let mut all = Vec::new();
    for provider in providers::all() {
        let slug = provider.slug();
        let mut paths: BTreeMap<String, String> = BTreeMap::new();
        let mut samples = Vec::new();
        for name in testkit::fixtures::cases(&format!("providers/{slug}")) {
            let case: Case = testkit::fixtures::json(&name);
            let settings = case.settings.clone();
            let Some(mut sample) = Sample::of(*provider, case) else {
                continue;
            };
            let key = settings.to_string();
            if !paths.contains_key(&key) {
                let path = source(service, slug, paths.len(), settings).await?;
                paths.insert(key.clone(), path);
            }
            sample.path = paths.get(&key).cloned().unwrap_or_default();
            samples.push(sample);
        }
        ensure!(!samples.is_empty(), "{slug} has no sample");
        all.push(Sampled {
            slug,
            samples,
            made: 0,
        });
    }
    Ok(all)
}

async fn source(
    service: &Service,
    provider: &str,
    number: usize,
    settings: Value,
) -> anyhow::Result<String> {
    let settings = if settings.is_null() {
        json!({})
    } else {
        settings
    };
    let body = json!({
        "slug": format!("{}-{number}", provider.replace('_', "-")), "provider": provider,
        "name": provider, "secrets": [SECRET], "settings": settings,
    });
    let made = service.post("/api/v1/integrations", &body).await?;
    let key = made.get("key").and_then(Value::as_str);
    let key = key.context("the answer has no key")?;
    Ok(format!("/api/v1/webhooks/{provider}/{key}"))
}

impl Sampled {
    /// Makes requests that are like none before them, of each sample in turn.
    ///
    /// # Errors
    /// When a sample cannot be made new.
    pub(super) fn requests(&mut self, count: usize) -> anyhow::Result<Vec<Bytes>> {
        let mut requests = Vec::with_capacity(count);
        for sample in self.samples.iter().cycle().take(count) {
            self.made += 1;
            requests.push(sample.request(&sample.sent(self.made)?));
        }
        Ok(requests)
    }
}

impl Sample {
    /// Takes a fixture that is an event, a notice or of no interest; none that is refused, unreadable, like the
    /// next one made of it, or that a proof with our secret does not fit.
    fn of(provider: &'static dyn Provider, case: Case) -> Option<Self> {
        let sent = case.request?;
        let theirs = case.secrets.first();
        let ours = |text: &str| match theirs {
            // Some platforms repeat the secret in the body.
            Some(theirs) if !theirs.trim().is_empty() => text.replace(theirs.as_str(), SECRET),
            _ => text.to_owned(),
        };
        let mut sample = Self {
            provider,
            settings: Settings::new(case.settings),
            secret: Secret::new(SECRET),
            query: sent.query,
            headers: sent.headers.into_iter().collect(),
            body: ours(&sent.body_text),
            own: Vec::new(),
            path: String::new(),
        };
        sample.own = sample.found_own()?;
        // What a made one is read as is what counts.
        let made = sample.sent(0).ok()?;
        sample.proof(&made)?;
        let is_told = match sample.reading(&made)? {
            Reading::Unmapped { .. } => false,
            Reading::Ignored { event, .. } => !asks_by_law(&event),
            _ => true,
        };
        // One that nothing but its buyer tells from the next, as a cart without an id, would be measured as a repeat.
        let is_new = sample.told(&made)? != sample.told(&sample.sent(1).ok()?)?;
        (is_told && is_new).then_some(sample)
    }

    /// Returns what makes a request another one than the next: its events' keys, else its text.
    fn told(&self, sent: &Sent) -> Option<Vec<String>> {
        Some(match self.reading(sent)? {
            Reading::Events(drafts) => drafts.into_iter().map(|one| one.business_key).collect(),
            _ => vec![sent.body_text.clone()],
        })
    }

    /// Finds what tells one delivery from another: the order's id, and the platform's number of the delivery.
    fn found_own(&self) -> Option<Vec<String>> {
        let inbound = Inbound {
            query: &self.query,
            headers: &self.headers,
            body: self.body.as_bytes(),
        };
        let context = self.context();
        let ids: Vec<String> = match self.provider.normalise(&inbound, &context).ok()? {
            Reading::Events(drafts) => drafts.into_iter().map(|one| one.external_id).collect(),
            Reading::Notice { order, .. } => vec![order],
            Reading::Ignored { .. } => Vec::new(),
            Reading::Unmapped { .. } => return None,
        };
        let number = self.provider.delivery_key_with(&inbound, &self.settings);
        let mut own: Vec<String> = ids.into_iter().chain(number).collect();
        own.retain(|text| text.len() >= 3);
        own.sort();
        own.dedup();
        Some(own)
    }

    /// Makes the request of a number.
    ///
    /// # Errors
    /// When nobody knows how the platform signs.
    pub(super) fn sent(&self, number: usize) -> anyhow::Result<Sent> {
        let number = FIRST + number;
        let renewed = |text: &str| {
            self.own.iter().fold(text.to_owned(), |text, own| {
                text.replace(own.as_str(), &made_of(own, number))
            })
        };
        let body = with_number(&renewed(&self.body), number);
        let nonce = format!("{}-{number}", self.provider.slug());
        let signed = providers::sign::sign_with(
            self.provider.slug(),
            &self.settings,
            &self.secret,
            body.as_bytes(),
            Utc::now(),
            &nonce,
        );
        let signed = signed.context("nobody knows how the platform signs")?;
        let mut headers: BTreeMap<String, String> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_lowercase(), renewed(value)))
            .collect();
        headers.extend(signed.headers);
        Ok(Sent {
            query: joined(&self.query, &signed.query),
            headers,
            body_text: body,
        })
    }

    /// Checks the proof as the service does; `None` where it does not hold.
    pub(super) fn proof(&self, sent: &Sent) -> Option<Proof> {
        let headers: Vec<(String, String)> = sent.headers.clone().into_iter().collect();
        let secrets = std::slice::from_ref(&self.secret);
        let held = self
            .provider
            .verify(&sent.inbound(&headers), secrets, &self.context());
        held.ok()
    }

    /// Reads it as the service does; `None` where it cannot be read.
    pub(super) fn reading(&self, sent: &Sent) -> Option<Reading> {
        let headers: Vec<(String, String)> = sent.headers.clone().into_iter().collect();
        let read = self
            .provider
            .normalise(&sent.inbound(&headers), &self.context());
        read.ok()
    }

    fn request(&self, sent: &Sent) -> Bytes {
        let headers: Vec<(String, String)> = sent.headers.clone().into_iter().collect();
        let path = format!("{}?{}", self.path, sent.query);
        load::request(&path, &headers, sent.body_text.as_bytes())
    }

    fn context(&self) -> Context<'_> {
        Context {
            now: Utc::now(),
            integration: IntegrationId::from_u128(7),
            settings: &self.settings,
        }
    }
}

impl Sent {
    fn inbound<'a>(&'a self, headers: &'a Vec<(String, String)>) -> Inbound<'a> {
        Inbound {
            query: &self.query,
            headers,
            body: self.body_text.as_bytes(),
        }
    }
}

/// Makes an id of another: digits stay digits, and as many where they are enough.
fn made_of(own: &str, number: usize) -> String {
    let digits = number.to_string();
    let kept = own.len().saturating_sub(digits.len());
    let beginning = own.get(..kept).unwrap_or_default();
    format!("{beginning}{digits}")
}

/// Puts the number where nobody reads it, for bodies that name no order.
fn with_number(body: &str, number: usize) -> String {
    match body.trim_start().strip_prefix('{') {
        Some("}") => body.to_owned(),
        Some(rest) => format!("{{\"benchNumber\":{number},{rest}"),
        None if body.contains('=') => format!("{body}&benchNumber={number}"),
        None => body.to_owned(),
    }
}

/// Takes the parameters of the proof in place of those the fixture was proven with.
fn joined(query: &str, proof: &str) -> String {
    let name = |pair: &str| pair.split('=').next().map(str::to_owned);
    let proven: Vec<_> = proof.split('&').map(name).collect();
    let kept = query
        .split('&')
        .filter(|pair| !proven.contains(&name(pair)));
    let all = kept.chain(proof.split('&')).filter(|pair| !pair.is_empty());
    all.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Case, Sample, joined, made_of};

    #[test]
    fn every_platform_has_samples_that_are_new_each_time() {
        for provider in providers::all() {
            let slug = provider.slug();
            let names = testkit::fixtures::cases(&format!("providers/{slug}"));
            let cases = names
                .iter()
                .map(|name| testkit::fixtures::json::<Case>(name));
            let samples: Vec<Sample> = cases
                .filter_map(|case| Sample::of(*provider, case))
                .collect();
            assert!(samples.len() >= 5, "{slug} has {} samples", samples.len());
            let mut keys = BTreeSet::new();
            for sample in &samples {
                for number in 1..4 {
                    let sent = sample.sent(number).expect("it is signed");
                    assert!(sample.proof(&sent).is_some(), "{slug}");
                    let told = sample.told(&sent).expect("it is read");
                    keys.insert((number, told));
                }
            }
            let first: BTreeSet<&Vec<String>> = keys
                .iter()
                .filter(|one| one.0 == 1)
                .map(|one| &one.1)
                .collect();
            let second: BTreeSet<&Vec<String>> = keys
                .iter()
                .filter(|one| one.0 == 2)
                .map(|one| &one.1)
                .collect();
            assert!(first.is_disjoint(&second), "{slug} repeats itself");
        }
    }

    #[test]
    fn ids_keep_their_kind_and_length() {
        for (own, made) in [
            ("820982911946154508", "820982911941000001"),
            ("902114", "1000001"),
            ("Z-21AAA05RWX101", "Z-21AAA01000001"),
        ] {
            assert_eq!(made_of(own, 1_000_001), made);
        }
        assert_eq!(
            joined("signature=old&event=x", "signature=new"),
            "event=x&signature=new"
        );
    }
}
