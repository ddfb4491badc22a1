//! What a seller can connect, and how: told from what the platforms' readers say of themselves.

use axum::Json;
use axum::extract::State;
use providers::pull::Kind;
use providers::{Field, Form, Provider, SecretUse, Shown, pull, register};
use serde::Serialize;
use std::collections::BTreeMap;

use super::super::Desk;
use super::super::who::Lead;

/// The languages of the steps.
const LOCALES: [&str; 2] = ["pt-BR", "en"];

/// Lists platforms in the order people see them.
#[derive(Serialize)]
pub(crate) struct Listed {
    platforms: Vec<Platform>,
}

#[derive(Serialize)]
struct Platform {
    slug: &'static str,
    name: &'static str,
    /// Whether it signs; if not, its address alone vouches for what it sends.
    signs: bool,
    secret: &'static str,
    /// What its API asks for.
    credentials: Vec<Entered>,
    settings: Vec<Entered>,
    /// What can be read back from its API.
    pulls: Vec<&'static str>,
    /// Whether its webhook can be registered from here.
    registers: bool,
    /// Whether a test event can be made.
    sample: bool,
    /// Whether webhooks hold PIX codes, boleto lines, a link to pay or to return: `yes`, `partly`, `no`.
    pix: &'static str,
    boleto: &'static str,
    link: &'static str,
    /// Where to paste the address and find the secret, by language.
    steps: BTreeMap<&'static str, Vec<String>>,
}

/// Something a seller enters.
#[derive(Serialize)]
struct Entered {
    name: &'static str,
    required: bool,
    secret: bool,
    /// How it is entered: `text`, `number`, `currency`, `link`, or as a table, `stages` or `links`.
    form: &'static str,
}

/// `GET /api/v1/platforms`.
pub(crate) async fn list(State(desk): State<Desk>, _lead: Lead) -> Json<Listed> {
    let now = desk.world.now();
    let platforms = providers::all().iter().map(|known| {
        let has_sample = known.sample("1", now).is_some();
        platform(*known, has_sample)
    });
    Json(Listed {
        platforms: platforms.collect(),
    })
}

fn platform(known: &dyn Provider, sample: bool) -> Platform {
    let slug = known.slug();
    let puller = pull::puller(slug);
    let mut settings: Vec<Entered> = known.about().settings.iter().map(entered).collect();
    let of_api = puller.map_or_else(Vec::new, |puller| puller.settings().to_vec());
    for field in of_api {
        if settings.iter().all(|known| known.name != field.name) {
            settings.push(entered(&field));
        }
    }
    Platform {
        slug,
        name: known.name(),
        signs: known.signs(),
        secret: match known.about().secret {
            SecretUse::Required => "required",
            SecretUse::Optional => "optional",
            SecretUse::None => "none",
        },
        credentials: puller.map_or_else(Vec::new, |puller| {
            puller.credentials().iter().map(entered).collect()
        }),
        settings,
        pulls: puller.map_or_else(Vec::new, |puller| {
            puller
                .kinds()
                .iter()
                .map(|kind: &Kind| kind.as_str())
                .collect()
        }),
        registers: register::registrar(slug).is_some(),
        sample,
        pix: shown(known.about().pix),
        boleto: shown(known.about().boleto),
        link: shown(known.about().link),
        steps: LOCALES
            .into_iter()
            .map(|locale| (locale, providers::panel_steps(slug, locale).to_vec()))
            .collect(),
    }
}

const fn shown(shown: Shown) -> &'static str {
    match shown {
        Shown::Yes => "yes",
        Shown::Partly(_) => "partly",
        Shown::No => "no",
    }
}

fn entered(field: &Field) -> Entered {
    Entered {
        name: field.name,
        required: field.required,
        secret: field.secret,
        form: Form::of(field.name).as_str(),
    }
}
