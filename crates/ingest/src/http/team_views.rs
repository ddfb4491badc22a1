//! Views that leads save for the team.

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use contract::{Filter, Period, TeamView, ViewId};
use serde::Serialize;

use super::Desk;
use super::answer::Refused;
use super::body::{Json, Parts1};
use super::who::{Agent, Lead};

/// Longest name, in characters.
const LONGEST_NAME: usize = 60;

/// Most values of one condition.
const MOST_VALUES: usize = 100;

/// Longest value, in characters.
const LONGEST_VALUE: usize = 300;

/// What an amount may be: what every desk can tell apart, in minor units.
const AMOUNTS: std::ops::RangeInclusive<i64> = -9_007_199_254_740_991..=9_007_199_254_740_991;

/// Lists the team's views.
#[derive(Serialize)]
pub(crate) struct Views {
    views: Vec<TeamView>,
}

/// `GET /api/v1/views`, by name.
pub(crate) async fn list(State(desk): State<Desk>, agent: Agent) -> Result<Answer<Views>, Refused> {
    let views = desk.store.team_views(agent.workspace()).await?;
    Ok(Answer(Views { views }))
}

/// `PUT /api/v1/views/{id}`: a new view, or a change of one; the id is made by the desk.
pub(crate) async fn save(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<ViewId>,
    Json(view): Json<TeamView>,
) -> Result<Answer<TeamView>, Refused> {
    if view.id != id {
        return Err(Refused::invalid("id", "The address names another view."));
    }
    let name = view.name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count());
    if !fits || name.chars().any(char::is_control) {
        return Err(Refused::invalid(
            "name",
            "A name is one line of 1 to 60 characters.",
        ));
    }
    if let Some(path) = fault(&view.filter) {
        return Err(Refused::invalid(
            path,
            "A condition has at most 100 values of 300 characters, amounts of 15 digits, and spans that end after they begin.",
        ));
    }
    let view = TeamView {
        name: name.to_owned(),
        ..view
    };
    let saving = desk.store.save_view(lead.workspace(), view, lead.actor());
    Ok(Answer(saving.await?))
}

/// `DELETE /api/v1/views/{id}`.
pub(crate) async fn remove(
    State(desk): State<Desk>,
    lead: Lead,
    Parts1(id): Parts1<ViewId>,
) -> Result<StatusCode, Refused> {
    let removing = desk.store.remove_view(lead.workspace(), id, lead.actor());
    removing.await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Names the first condition that nothing could meet, or that is too long to keep.
fn fault(filter: &Filter) -> Option<&'static str> {
    for (path, values) in [
        ("filter.platforms", &filter.platforms),
        ("filter.products", &filter.products),
        ("filter.labels", &filter.labels),
        ("filter.utmSources", &filter.utm_sources),
        ("filter.utmMediums", &filter.utm_mediums),
        ("filter.utmCampaigns", &filter.utm_campaigns),
    ] {
        let long = |value: &String| value.chars().count() > LONGEST_VALUE;
        if values.len() > MOST_VALUES || values.iter().any(long) {
            return Some(path);
        }
    }
    for (path, count) in [
        ("filter.stages", filter.stages.len()),
        ("filter.sources", filter.sources.len()),
        ("filter.owners", filter.owners.len()),
    ] {
        if count > MOST_VALUES {
            return Some(path);
        }
    }
    for (path, amount) in [
        ("filter.amountFrom", filter.amount_from),
        ("filter.amountTo", filter.amount_to),
    ] {
        if amount.is_some_and(|amount| !AMOUNTS.contains(&amount)) {
            return Some(path);
        }
    }
    let upside_down =
        matches!((filter.amount_from, filter.amount_to), (Some(from), Some(to)) if from > to);
    if upside_down {
        return Some("filter.amountTo");
    }
    let sound = match filter.period {
        None => true,
        Some(Period::Days { count }) => (1..=366).contains(&count),
        Some(Period::Between { from, to }) => from < to,
    };
    (!sound).then_some("filter.period")
}
