//! Samples kept beside a blueprint: requests the source is known to send, and what is expected of each.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use contract::{EventId, IntegrationId};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::blueprint::problem;
use super::{blueprint_of, read};
use crate::reading::{Context, Draft, Reading, Unreadable};
use crate::{Inbound, Problem, Sample, Settings};

/// Most samples kept with a blueprint.
const MAX_SAMPLES: usize = 20;
/// Shortest id that is looked for in a body to be replaced; shorter ones stand in it by chance.
const MIN_ID: usize = 4;

/// Holds a request to try settings on, as people write one down.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SampleRequest {
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// The URL's query, without its question mark.
    #[serde(default)]
    pub query: String,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body: a text is taken as it stands, anything else as the JSON it is.
    #[serde(default)]
    pub body: Value,
    /// What it has to be read into, for samples kept in settings.
    #[serde(default)]
    pub expect: Option<Map<String, Value>>,
}

impl SampleRequest {
    /// Returns the headers as a request holds them.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        self.headers.clone().into_iter().collect()
    }

    /// Returns the body's bytes.
    #[must_use]
    pub fn body(&self) -> Vec<u8> {
        match &self.body {
            Value::Null => Vec::new(),
            Value::String(text) => text.as_bytes().to_vec(),
            other => other.to_string().into_bytes(),
        }
    }
}

impl std::fmt::Debug for SampleRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "SampleRequest({:?})", self.name)
    }
}

/// Names what is wrong between a sound blueprint and its samples.
pub(super) fn problems(settings: &Settings, now: DateTime<Utc>) -> Vec<Problem> {
    let samples = match told(settings) {
        Ok(samples) => samples,
        Err(problem) => return vec![problem],
    };
    if samples.len() > MAX_SAMPLES {
        let detail = format!("at most {MAX_SAMPLES} samples");
        return vec![problem("samples", "too_many", detail)];
    }
    let mut problems = Vec::new();
    let mut refused = Vec::new();
    let mut any_read = samples.is_empty();
    for (index, sample) in samples.iter().enumerate() {
        let path = format!("samples[{index}]");
        let reading = reading_of(settings, sample, now);
        any_read |= matches!(reading, Ok(Reading::Events(_)));
        match &sample.expect {
            Some(expected) => compare(&reading, expected, &path, &mut problems),
            None => refused.extend(why_not(&reading, path)),
        }
    }
    if !any_read {
        let detail = "the blueprint reads an event out of none of its samples";
        problems.push(problem("samples", "none_read", detail));
        problems.append(&mut refused);
    }
    problems
}

/// Makes a request that tries the source out: the first sample that reads as an event, with a new order id where that can be.
pub(super) fn fresh(settings: &Settings, id: &str, now: DateTime<Utc>) -> Option<Sample> {
    let blueprint = settings.blueprint().ok()?;
    let of_proof = blueprint.plan.headers();
    let samples = told(settings).ok()?;
    let (sample, draft) = samples
        .iter()
        .find_map(|sample| Some((sample, event(reading_of(settings, sample, now))?)))?;
    let mut headers = sample.headers();
    headers.retain(|(name, _)| {
        !of_proof
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    });
    let as_sent = Sample {
        query: sample.query.clone(),
        headers,
        body: sample.body(),
    };
    let renamed = with_id(&as_sent, &draft.external_id, id);
    let holds = renamed.as_ref().is_some_and(|renamed| {
        let reading = reading_with(settings, renamed, now);
        event(reading).is_some_and(|draft| draft.external_id == id)
    });
    Some(renamed.filter(|_| holds).unwrap_or(as_sent))
}

fn with_id(sample: &Sample, old: &str, new: &str) -> Option<Sample> {
    let body = std::str::from_utf8(&sample.body).ok()?;
    (old.len() >= MIN_ID).then(|| Sample {
        body: body.replace(old, new).into_bytes(),
        ..sample.clone()
    })
}

fn told(settings: &Settings) -> Result<Vec<SampleRequest>, Problem> {
    let Some(told) = settings.as_json().get("samples") else {
        return Ok(Vec::new());
    };
    serde_path_to_error::deserialize(told).map_err(|error| {
        let path = format!("samples{}", error.path());
        problem(
            path,
            "wrong_type",
            "expected {name, query?, headers?, body, expect?}",
        )
    })
}

fn reading_of(
    settings: &Settings,
    sample: &SampleRequest,
    now: DateTime<Utc>,
) -> Result<Reading, Unreadable> {
    let sample = Sample {
        query: sample.query.clone(),
        headers: sample.headers(),
        body: sample.body(),
    };
    reading_with(settings, &sample, now)
}

fn reading_with(
    settings: &Settings,
    sample: &Sample,
    now: DateTime<Utc>,
) -> Result<Reading, Unreadable> {
    let inbound = Inbound {
        query: &sample.query,
        headers: &sample.headers,
        body: &sample.body,
    };
    let context = Context {
        now,
        integration: IntegrationId::from_u128(0),
        settings,
    };
    read::read(blueprint_of(settings)?, &inbound, &context)
}

fn event(reading: Result<Reading, Unreadable>) -> Option<Draft> {
    match reading {
        Ok(Reading::Events(drafts)) => drafts.into_iter().next(),
        _ => None,
    }
}

fn why_not(reading: &Result<Reading, Unreadable>, path: String) -> Option<Problem> {
    match reading {
        Ok(Reading::Events(_) | Reading::Notice { .. }) => None,
        Ok(Reading::Ignored { why, .. }) => Some(problem(path, "ignored", *why)),
        Ok(Reading::Unmapped { why, .. }) => Some(problem(path, "unmapped", *why)),
        Err(error) => Some(problem(
            path,
            error.code,
            format!("at {}: {}", error.path, error.detail),
        )),
    }
}

const fn word(reading: &Result<Reading, Unreadable>) -> &'static str {
    match reading {
        Ok(Reading::Events(_)) => "events",
        Ok(Reading::Notice { .. }) => "notice",
        Ok(Reading::Ignored { .. }) => "ignored",
        Ok(Reading::Unmapped { .. }) => "unmapped",
        Err(_) => "unreadable",
    }
}

/// Compares what a sample reads into with what is expected: `reading`, and any member of the event.
fn compare(
    reading: &Result<Reading, Unreadable>,
    expected: &Map<String, Value>,
    path: &str,
    problems: &mut Vec<Problem>,
) {
    let wanted = expected.get("reading").and_then(Value::as_str);
    let found = word(reading);
    if wanted.unwrap_or("events") != found {
        let path = format!("{path}.expect.reading");
        let detail = match why_not(reading, String::new()) {
            Some(why) => format!("it reads as {found}: {}", why.detail),
            None => format!("it reads as {found}"),
        };
        problems.push(problem(path, "contradicted", detail));
        return;
    }
    let Ok(Reading::Events(drafts)) = reading else {
        return;
    };
    let Some(draft) = drafts.first() else { return };
    let event = draft.clone().into_event(EventId::from_u128(0));
    let event = serde_json::to_value(event).unwrap_or_default();
    for (name, expected) in expected.iter().filter(|(name, _)| *name != "reading") {
        let path = format!("{path}.expect.{name}");
        compare_value(event.get(name), expected, path, problems);
    }
}

/// Compares what is named; null stands for absent.
fn compare_value(
    found: Option<&Value>,
    expected: &Value,
    path: String,
    problems: &mut Vec<Problem>,
) {
    let found = found.unwrap_or(&Value::Null);
    match expected {
        Value::Object(members) => {
            for (name, expected) in members {
                compare_value(
                    found.get(name),
                    expected,
                    format!("{path}.{name}"),
                    problems,
                );
            }
        }
        _ if found != expected => {
            let shown: String = found.to_string().chars().take(120).collect();
            problems.push(problem(
                path,
                "contradicted",
                format!("it reads as {shown}"),
            ));
        }
        _ => {}
    }
}
