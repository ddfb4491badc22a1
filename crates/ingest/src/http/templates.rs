//! Templates that the team shares: read by all, written by leads, each change on top of the version it was made from.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use follow_up::lint::stops;
use follow_up::{
    LintCode, Locale, SharedTemplate, SharedTemplates, Template, TemplateError, TemplateHistory,
};
use serde::{Deserialize, Serialize};

use super::Desk;
use super::answer::Refused;
use super::body::{Json, Params, Parts1};
use super::integrations::Shown;
use super::who::{Agent, Lead};
use crate::store::{Refusal, StoreError};

/// `GET /api/v1/templates`.
pub(crate) async fn list(
    State(desk): State<Desk>,
    agent: Agent,
) -> Result<Answer<SharedTemplates>, Refused> {
    let templates = desk.store.templates(agent.workspace()).await?;
    Ok(Answer(SharedTemplates { templates }))
}

/// `GET /api/v1/templates/{key}/{locale}/versions`, newest first.
pub(crate) async fn versions(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1((key, locale)): Parts1<(String, Locale)>,
) -> Result<Answer<TemplateHistory>, Refused> {
    let listing = desk.store.template_versions(lead.workspace(), key, locale);
    Ok(Answer(TemplateHistory {
        versions: listing.await?,
    }))
}

/// Answers a saving.
#[derive(Serialize)]
pub(crate) struct Saved {
    version: u32,
}

/// `PUT /api/v1/templates/{key}/{locale}`; the body's version says what it is based on.
pub(crate) async fn save(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1((key, locale)): Parts1<(String, Locale)>,
    Json(shared): Json<SharedTemplate>,
) -> Result<Answer<Saved>, Refused> {
    let of_path = (&shared.template.key, shared.template.locale) == (&key, locale);
    if !of_path {
        let path = if shared.template.key == key {
            "locale"
        } else {
            "key"
        };
        return Err(Refused::invalid(
            path,
            "The address names another template.",
        ));
    }
    shared.template.check().map_err(|error| fault(&error))?;
    check_tone(&shared.template)?;
    let workspace = lead.workspace();
    let saving = desk.store.save_template(workspace, shared, lead.actor());
    match saving.await {
        Ok(version) => Ok(Answer(Saved { version })),
        Err(error) => Err(with_current(&desk, &lead, (key, locale), error).await),
    }
}

/// The query of a removal.
#[derive(Deserialize)]
pub(crate) struct Removal {
    version: u32,
}

/// `DELETE /api/v1/templates/{key}/{locale}?version=`.
pub(crate) async fn remove(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1((key, locale)): Parts1<(String, Locale)>,
    Params(removal): Params<Removal>,
) -> Result<StatusCode, Refused> {
    let (workspace, version, by) = (lead.workspace(), removal.version, lead.actor());
    let removing = desk
        .store
        .remove_template(workspace, key.clone(), locale, version, by);
    match removing.await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(error) => Err(with_current(&desk, &lead, (key, locale), error).await),
    }
}

/// Shows with a conflict what is there now.
async fn with_current(
    desk: &Desk,
    lead: &Lead,
    (key, locale): (String, Locale),
    error: StoreError,
) -> Refused {
    let refused = Refused::from(error);
    if error != StoreError::Refused(Refusal::VersionConflict) {
        return refused;
    }
    let listing = desk.store.template_versions(lead.workspace(), key, locale);
    let newest = listing.await.ok().and_then(|list| list.into_iter().next());
    match newest.and_then(|change| serde_json::to_value(change).ok()) {
        Some(current) => refused.current(current),
        None => refused,
    }
}

/// Refuses what may not be sent to anybody, whoever wrote it and by whichever way it came.
fn check_tone(template: &Template) -> Result<(), Refused> {
    let found = stops(template);
    let Some(first) = found.first() else {
        return Ok(());
    };
    let refused = Refused::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "template_stopped",
        "The template has something in it that nobody should be sent.",
    )
    .path(first.part.name().to_owned())
    .hint("`problems` names each by its part and code.");
    let shown = found
        .iter()
        .map(|finding| Shown::new(finding.part.name(), finding.code.name(), why(finding.code)));
    Err(refused.problems(shown.collect()))
}

const fn why(code: LintCode) -> &'static str {
    match code {
        LintCode::Threat => "It threatens the customer.",
        LintCode::NoOptOut => "It advertises and does not say how to stop receiving it.",
        _ => "It is not fit to be sent.",
    }
}

fn fault(error: &TemplateError) -> Refused {
    let (path, detail) = match error {
        TemplateError::Field { name } => {
            (*name, "The field is empty, too long, or not of its form.")
        }
        TemplateError::Empty => ("text", "The text is empty."),
        TemplateError::TooLong => ("text", "The text has at most 1,000 characters."),
        TemplateError::CodeNotAlone { .. } => ("text", "A code has to stand alone on its line."),
        _ => ("text", "Something between braces cannot be filled."),
    };
    Refused::invalid(path, detail).hint("/openapi.json describes every body.")
}
