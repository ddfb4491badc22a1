//! Trying settings on samples before they are stored: what is wrong with them, and what each sample would be read into.
//!
//! Nothing is kept of it, and nothing a sample holds gets into a log.

use axum::Json as Answer;
use axum::extract::State;
use contract::{Event, EventId, IntegrationId};
use providers::{
    Context, Draft, Inbound, Problem, Proof, Provider, Reading, Refusal, SampleRequest, Secret,
    Settings, Unreadable,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::Desk;
use super::super::answer::Refused;
use super::super::body::Json;
use super::super::who::Admin;
use super::SECRETS_MOST;
use super::views::{self, Texts};
use crate::reading::UNIFIED_PROOF_HEADER;
use crate::store::NewIntegration;

/// The most samples tried at once.
const SAMPLES_MOST: usize = 20;

/// Asks what settings would do.
#[derive(Deserialize)]
pub(crate) struct Asked {
    provider: String,
    #[serde(default)]
    settings: Map<String, Value>,
    secrets: Option<Texts>,
    #[serde(default)]
    samples: Vec<SampleRequest>,
}

/// Tells what settings would do.
#[derive(Serialize)]
pub(crate) struct Previewed {
    problems: Vec<Shown>,
    results: Vec<Tried>,
}

/// Names one thing that is wrong with settings.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Shown {
    path: String,
    code: &'static str,
    detail: String,
}

impl Shown {
    pub(crate) fn new(path: &str, code: &'static str, detail: &str) -> Self {
        Self {
            path: path.to_owned(),
            code,
            detail: detail.to_owned(),
        }
    }
}

/// Tells what became of one sample.
#[derive(Serialize)]
struct Tried {
    name: String,
    proof: Held,
    reading: &'static str,
    events: Vec<Event>,
    /// The platform's name of the event, where it led to none here.
    event: Option<String>,
    why: Option<String>,
    path: Option<String>,
    code: Option<&'static str>,
    doubts: Vec<Doubted>,
}

/// Tells whether a proof holds.
#[derive(Serialize)]
struct Held {
    holds: bool,
    scheme: Option<&'static str>,
    reason: Option<&'static str>,
}

/// Names a field that could not be used.
#[derive(Serialize)]
struct Doubted {
    code: &'static str,
    path: &'static str,
}

/// `POST /api/v1/integrations/preview`: reads samples with settings that are not stored.
pub(crate) async fn preview(
    State(desk): State<Desk>,
    _admin: Admin,
    Json(asked): Json<Asked>,
) -> Result<Answer<Previewed>, Refused> {
    let provider = providers::provider(&asked.provider).ok_or_else(|| {
        Refused::invalid("provider", "This service reads no platform of that name.")
    })?;
    if asked.samples.len() > SAMPLES_MOST {
        return Err(Refused::invalid("samples", "At most 20 samples at once."));
    }
    let secrets = match asked.secrets {
        Some(Texts(secrets)) => views::checked_secrets(secrets, SECRETS_MOST)?,
        None => Vec::new(),
    };
    let secrets: Vec<Secret> = secrets
        .iter()
        .map(|secret| Secret::new(secret.value.expose()))
        .collect();
    let settings = Settings::new(Value::Object(asked.settings));
    let now = desk.world.now();
    let context = Context {
        now,
        integration: IntegrationId::from_u128(0),
        settings: &settings,
    };
    let problems = providers::problems(provider, &settings, now);
    let results = asked
        .samples
        .iter()
        .map(|sample| tried(&desk, provider, sample, &secrets, &context));
    Ok(Answer(Previewed {
        results: results.collect(),
        problems: shown(problems),
    }))
}

/// Refuses settings that their platform finds something wrong with, naming all of it.
pub(super) fn check(desk: &Desk, integration: &NewIntegration) -> Result<(), Refused> {
    let Some(provider) = providers::provider(&integration.provider) else {
        return Ok(());
    };
    let settings = Settings::new(integration.settings.clone());
    let problems = shown(providers::problems(provider, &settings, desk.world.now()));
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let refused = Refused::invalid(&first.path, "The settings cannot be worked with.")
        .hint("`problems` names each fault; try them with POST /api/v1/integrations/preview.");
    Err(refused.problems(problems))
}

fn shown(problems: Vec<Problem>) -> Vec<Shown> {
    let shown = |problem: Problem| Shown {
        path: format!("settings.{}", problem.path),
        code: problem.code,
        detail: problem.detail,
    };
    problems.into_iter().map(shown).collect()
}

fn tried(
    desk: &Desk,
    provider: &dyn Provider,
    sample: &SampleRequest,
    secrets: &[Secret],
    context: &Context<'_>,
) -> Tried {
    let headers = sample.headers();
    let body = sample.body();
    let inbound = Inbound {
        query: &sample.query,
        headers: &headers,
        body: &body,
    };
    let is_unified = inbound.headers.count(UNIFIED_PROOF_HEADER) > 0;
    let verifier = providers::provider("unified").filter(|_| is_unified);
    let proof = verifier
        .unwrap_or(provider)
        .verify(&inbound, secrets, context);
    let mut tried = Tried {
        name: sample.name.clone(),
        proof: held(proof),
        reading: "unreadable",
        events: Vec::new(),
        event: None,
        why: None,
        path: None,
        code: None,
        doubts: Vec::new(),
    };
    tried.tell(desk, providers::normalise(provider, &inbound, context));
    tried
}

fn held(proof: Result<Proof, Refusal>) -> Held {
    match proof {
        Ok(proof) => Held {
            holds: true,
            scheme: Some(proof.scheme),
            reason: None,
        },
        Err(refusal) => Held {
            holds: false,
            scheme: None,
            reason: Some(refusal.code()),
        },
    }
}

impl Tried {
    fn tell(&mut self, desk: &Desk, reading: Result<Reading, Unreadable>) {
        match reading {
            Ok(Reading::Events(drafts)) => {
                self.reading = "events";
                self.tell_events(desk, drafts);
            }
            Ok(Reading::Notice { event, drafts, .. }) => {
                self.reading = "notice";
                self.event = Some(event);
                self.tell_events(desk, drafts);
            }
            Ok(Reading::Ignored { event, why }) => {
                self.reading = "ignored";
                self.event = Some(event);
                self.why = Some(why.to_owned());
            }
            Ok(Reading::Unmapped { event, why }) => {
                self.reading = "unmapped";
                self.event = Some(event);
                self.why = Some(why.to_owned());
            }
            Err(unreadable) => {
                self.code = Some(unreadable.code);
                self.path = Some(unreadable.path);
                self.why = Some(unreadable.detail);
            }
        }
    }

    fn tell_events(&mut self, desk: &Desk, drafts: Vec<Draft>) {
        for draft in drafts {
            let doubts = draft.doubts.iter().map(|doubt| Doubted {
                code: doubt.code,
                path: doubt.path,
            });
            self.doubts.extend(doubts);
            let (millis, random) = desk.world.id_parts();
            self.events
                .push(draft.into_event(EventId::new(millis, random)));
        }
    }
}
